import { useRef, useState } from 'preact/hooks';
import type { Opportunity } from '../../../src/api.js';
import { apiPath } from '../api-client.js';
import { useHold } from '../hold.js';
import { Money } from '../parts/money.js';
import { Panel, Pill, pendingLabel } from '../parts/panel.js';
import { useResource } from '../resource.js';
import { formatRoute, type Route, toScreen, windowQuery } from '../route.js';
import { plural } from '../text.js';

const FIRST_LINKS = 3;

/** Where money can be saved. Without any there is no panel: an empty tile says nothing. */
export function OpportunitiesPanel({ route }: { route: Route }) {
  const box = useRef<HTMLDivElement>(null);
  const isHeld = useHold(box);
  const found = useResource<Opportunity[]>(apiPath('/api/opportunities', windowQuery(route)), isHeld);
  const { data, pending, error, isLoading } = found;
  const isEmpty = data === undefined || data.length === 0;
  return (
    <div ref={box} class="holds">
      {(!isEmpty || error !== undefined) && (
        <Panel title="Opportunities" class="opportunities" error={error} isLoading={isLoading}>
          <Pill label={pendingLabel(data, pending, keyOf)} onApply={found.apply} />
          {(data?.length ?? 0) > 1 && <p class="muted pad">They overlap: do not add them up.</p>}
          <ul>
            {data?.map((opportunity) => (
              <Item key={keyOf(opportunity)} opportunity={opportunity} route={route} />
            ))}
          </ul>
        </Panel>
      )}
    </div>
  );
}

function keyOf({ kind, subject }: Opportunity): string {
  return `${kind} ${subject}`;
}

function Item({ opportunity, route }: { opportunity: Opportunity; route: Route }) {
  const { amountPico, amountIs, message, fix, kind, subject } = opportunity;
  return (
    <li>
      <p class="amount">
        <Money
          pico={amountPico}
          notes={[amountIs === 'saving' ? 'An estimate of what can be saved' : 'Spent']}
        />
        <small>{amountIs === 'saving' ? 'could be saved' : 'spent'}</small>
      </p>
      <div class="body">
        <p title={`${kind}: ${subject}`}>{message}</p>
        <p class="fix">{fix}</p>
        <Evidence opportunity={opportunity} route={route} />
      </div>
    </li>
  );
}

function Evidence({ opportunity, route }: { opportunity: Opportunity; route: Route }) {
  const [isOpen, setOpen] = useState(false);
  const { evidence, count } = opportunity;
  if (evidence.length === 0) return null;
  const links = isOpen ? evidence : evidence.slice(0, FIRST_LINKS);
  return (
    <p class="evidence">
      <span>
        {plural(count, 'time')}
        {evidence.length < count && `, the ${plural(evidence.length, 'most expensive', 'most expensive')}`}:
      </span>{' '}
      {links.map(({ traceId, spanId, taskId }) => (
        <span key={`${traceId}${spanId}`}>
          {taskId === null ? (
            <span class="id" title={`Trace ${traceId}, span ${spanId}`}>
              {spanId.slice(0, 8)}
            </span>
          ) : (
            <a
              class="id"
              href={formatRoute(toScreen(route, 'task', taskId, { span: spanId, trace: traceId }))}
              title={`Task ${taskId}, span ${spanId}`}
            >
              {spanId.slice(0, 8)}
            </a>
          )}{' '}
        </span>
      ))}
      {evidence.length > FIRST_LINKS && (
        <button type="button" class="link" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          {isOpen ? 'fewer' : `${evidence.length - FIRST_LINKS} more`}
        </button>
      )}
    </p>
  );
}
