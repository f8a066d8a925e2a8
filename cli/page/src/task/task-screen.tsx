import { useRef } from 'preact/hooks';
import type { TaskDetail } from '../../../src/task-answers.js';
import { apiPath } from '../api-client.js';
import { useHold } from '../hold.js';
import { Panel, Pill, pendingLabel } from '../parts/panel.js';
import { useResource } from '../resource.js';
import { formatRoute, go, type Route, toScreen, withQuery } from '../route.js';
import { count } from '../text.js';
import { Budgets } from './budgets.js';
import { Provenance } from './provenance.js';
import { TaskHead } from './task-head.js';
import { nodeKey } from './tree-model.js';
import { TreeTable } from './tree-table.js';

export function TaskScreen({ route }: { route: Route }) {
  const box = useRef<HTMLDivElement>(null);
  const isHeld = useHold(box);
  const answer = useResource<TaskDetail>(
    apiPath('/api/task', { id: route.taskId }),
    isHeld || route.query.span !== undefined,
  );
  const { data, pending, error, isLoading } = answer;
  const selected = selectedKey(route, data);
  const select = (key: string | undefined) => {
    const [trace, span] = key?.split('/') ?? [];
    go(withQuery(route, { trace, span }), { replace: true });
  };
  return (
    <div class="task">
      <p class="crumbs">
        <a href={formatRoute(toScreen(route, 'overview'))}>← Tasks</a>
      </p>
      {data === undefined && <h1>Task {route.taskId}</h1>}
      {data === undefined && error !== undefined && (
        <p class="notice trouble" role="alert">
          {error}
        </p>
      )}
      {data !== undefined && <TaskHead detail={data} />}
      {data !== undefined && <Budgets budgets={data.budgets} route={route} />}
      <div class={selected === undefined ? 'tree-and-panel' : 'tree-and-panel with-panel'}>
        <Panel
          title="Spans"
          class="tree-panel"
          note={data === undefined ? undefined : count(data.nodes.length)}
          error={data === undefined ? undefined : error}
          isLoading={isLoading}
        >
          <div ref={box} class="holds">
            <Pill label={pendingLabel(data?.nodes, pending?.nodes, nodeKey)} onApply={answer.apply} />
            <TreeTable detail={data} selected={selected} onSelect={select} />
          </div>
          {data !== undefined && data.hiddenNodes > 0 && (
            <p class="muted pad">
              {count(data.hiddenNodes)} more spans are not shown. They are in the figures above.
            </p>
          )}
        </Panel>
        {selected !== undefined && data !== undefined && (
          <Provenance detail={data} nodeKey={selected} onClose={() => select(undefined)} />
        )}
      </div>
    </div>
  );
}

/** A link may name the span alone; its trace is then the one that has it. */
function selectedKey(route: Route, detail: TaskDetail | undefined): string | undefined {
  const { span, trace } = route.query;
  if (span === undefined) return undefined;
  const node = detail?.nodes.find(
    (one) => one.spanId === span && (trace === undefined || one.traceId === trace),
  );
  return node === undefined ? undefined : nodeKey(node);
}
