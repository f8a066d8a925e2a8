import type { ComponentChildren } from 'preact';
import type { SumCheck, TaskDetail, TaskRow } from '../../../src/task-answers.js';
import { fullUsd } from '../../../src/usd-text.js';
import { isZero } from '../money.js';
import { Outcome } from '../overview/task-row.js';
import { Money, partMarks, TotalMoney } from '../parts/money.js';
import { count, duration, exactTime, plural, timeOfDay } from '../text.js';

export function TaskHead({ detail }: { detail: TaskDetail }) {
  const { task } = detail;
  const isRunning = task.state === 'running';
  return (
    <header class="task-head">
      <div class="title-line">
        <h1>{task.name === '' ? '(no name)' : task.name}</h1>
        <span class="id">{task.id}</span>
        <Outcome row={task} />
        {task.isPricedHere && (
          <span class="mark" title="Some of its spans had no cost keys and were priced in the viewer">
            priced in the viewer
          </span>
        )}
      </div>
      {task.outlier !== null && <p class="reason">▲ {task.outlier}</p>}
      <dl class="figures">
        <Fact label={isRunning ? 'Total so far' : 'Total'} isMain>
          <TotalMoney total={task.total} isSoFar={isRunning} />
        </Fact>
        <Fact label="LLM">
          <Money pico={task.llmPico} {...partMarks(task, 'llm')} />{' '}
          <small>{plural(task.llmCalls, 'call')}</small>
        </Fact>
        <Fact label="Tools">
          <Money pico={task.toolPico} {...partMarks(task, 'tool')} />{' '}
          <small>{plural(task.toolCalls, 'call')}</small>
        </Fact>
        {!isZero(task.otherPico) && (
          <Fact label="Other">
            <Money pico={task.otherPico} />
          </Fact>
        )}
        {!isZero(task.wastedPico) && (
          <Fact label="Wasted">
            <Money pico={task.wastedPico} /> <small>{wasteWords(task)}</small>
          </Fact>
        )}
        <Fact label="Tokens">
          {count(task.inputTokens)} <small>in</small> {count(task.outputTokens)} <small>out</small>
        </Fact>
        <Fact label="Steps">{count(task.steps)}</Fact>
        <Fact label="Started">
          <span title={exactTime(task.startMillis)}>{timeOfDay(task.startMillis)}</span>
          {task.endMillis !== null && <small> took {duration(task.endMillis - task.startMillis)}</small>}
        </Fact>
      </dl>
      <div class="check-line">
        <CheckLine check={detail.check} />
        <Labels task={task} />
      </div>
    </header>
  );
}

function Fact(props: { label: string; isMain?: boolean; children: ComponentChildren }) {
  return (
    <div class={props.isMain ? 'figure main' : 'figure'}>
      <dt>{props.label}</dt>
      <dd>{props.children}</dd>
    </div>
  );
}

function wasteWords(task: TaskRow): string {
  const parts = [];
  if (task.failedCalls > 0) parts.push(plural(task.failedCalls, 'failed call'));
  if (task.retries > 0) parts.push(plural(task.retries, 'retry', 'retries'));
  return parts.join(', ');
}

/** Whether the costs of the single spans add up to the total that the task states. */
function CheckLine({ check }: { check: SumCheck }) {
  const { state, ownPico, remotePico, rollUpPico } = check;
  const remote = isZero(remotePico) ? null : (
    <>
      {' '}
      + remote <Money pico={remotePico} />
    </>
  );
  const sum = (
    <>
      Own costs <Money pico={ownPico} />
      {remote}
    </>
  );
  if (state === 'waiting' || rollUpPico === null) {
    return (
      <p class="check waiting">◌ {sum} so far. Waiting for the rest of the spans before it is checked.</p>
    );
  }
  const total = <Money pico={rollUpPico} />;
  if (state === 'equal') {
    return (
      <p class="check equal">
        ✓ {sum} = roll-up {total}
      </p>
    );
  }
  const difference = (BigInt(rollUpPico) - BigInt(ownPico) - BigInt(remotePico)).toString();
  if (state === 'spans_missing') {
    return (
      <p class="check missing">
        ◌ Spans missing: {sum}, roll-up {total}. {fullUsd(difference)} is on spans that were sampled out or
        dropped.
      </p>
    );
  }
  return (
    <p class="check differs">
      ✕ {sum} ≠ roll-up {total}: a difference of <Money pico={difference} />
    </p>
  );
}

function Labels({ task }: { task: TaskRow }) {
  const labels = Object.entries(task.attribution);
  if (task.sessionId !== null) labels.unshift(['session', task.sessionId]);
  if (task.service !== null) labels.push(['service', task.service]);
  if (labels.length === 0) return null;
  return (
    <ul class="labels" aria-label="Belongs to">
      {labels.map(([key, value]) => (
        <li key={key} title={`${key}: ${value}`}>
          <span class="muted">{key}</span> <span class="value">{value}</span>
        </li>
      ))}
    </ul>
  );
}
