import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import type { Arithmetic, OwnCost, RollUp, TaskDetail, TreeNode } from '../../../src/task-answers.js';
import { apiPath } from '../api-client.js';
import { columnDecimals, isZero, sumPico, timesMillion } from '../money.js';
import { Money, TotalMoney, totalNotes } from '../parts/money.js';
import { useResource } from '../resource.js';
import { count, duration, exactTime, plural, timeOfDay, words } from '../text.js';
import { nodeKey as keyOf } from './tree-model.js';

interface ProvenanceProps {
  detail: TaskDetail;
  nodeKey: string;
  onClose(): void;
}

/** Where a figure is from: tokens × rate = dollars, the source of the price and its date, and what is in doubt. */
export function Provenance({ detail, nodeKey, onClose }: ProvenanceProps) {
  const node = detail.nodes.find((one) => keyOf(one) === nodeKey);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key === 'Escape') onClose();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, [onClose]);
  if (node === undefined) return null;
  return (
    <aside class="panel provenance" aria-label="Where the figures are from">
      <header class="panel-head">
        <h2 title={node.name}>{node.name === '' ? '(no name)' : node.name}</h2>
        <button type="button" class="button icon" aria-label="Close" title="Close (Escape)" onClick={onClose}>
          ×
        </button>
      </header>
      <Place node={node} />
      {node.own !== null && <Own node={node} own={node.own} />}
      {node.rollUp !== null && <RollUpFigures rollUp={node.rollUp} />}
      {node.own === null && node.rollUp === null && (
        <p class="muted pad">This span has no cost of its own.</p>
      )}
    </aside>
  );
}

function Place({ node }: { node: TreeNode }) {
  const { refusedBy } = node;
  return (
    <dl class="facts">
      <Row label="Kind">{node.kind === 'llm' ? 'LLM call' : node.kind}</Row>
      {node.own?.model != null && <Row label="Model">{node.own.model}</Row>}
      {node.own?.provider != null && <Row label="Provider">{node.own.provider}</Row>}
      {node.service !== null && <Row label="Service">{node.service}</Row>}
      <Row label="Started">
        <span title={exactTime(node.startMillis)}>{timeOfDay(node.startMillis)}</span>, took{' '}
        {duration(node.endMillis - node.startMillis)}
      </Row>
      {node.attempt !== null && <Row label="Attempt">{count(node.attempt)}</Row>}
      {node.isFailed && (
        <Row label="Status">
          <span class="reason">✕ failed</span> {node.statusMessage}
        </Row>
      )}
      {refusedBy !== null && (
        <Row label="Refused">
          by the budget of the {refusedBy.scope} ({words(refusedBy.measure)})
        </Row>
      )}
      <Row label="Span">
        <span class="id">{node.spanId}</span>
      </Row>
    </dl>
  );
}

function Row({ label, children }: { label: string; children: ComponentChildren }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Own({ node, own }: { node: TreeNode; own: OwnCost }) {
  const path = apiPath('/api/arithmetic', { trace: node.traceId, span: node.spanId });
  const { data, error, isLoading } = useResource<Arithmetic>(path);
  const shown = data?.own ?? own;
  return (
    <section class={isLoading ? 'own stale' : 'own'} aria-label="Own cost" aria-live="polite">
      <h3>
        Own cost <Money pico={shown.pico} isEstimated={shown.status === 'estimated'} />
      </h3>
      {error !== undefined && <p class="trouble">{error}</p>}
      {data !== undefined && !isLoading && <Lines arithmetic={data} />}
      <dl class="facts">
        {shown.status !== null && (
          <Row label="Status">
            {words(shown.status)}
            {shown.reason !== null && `: ${words(shown.reason)}`}
          </Row>
        )}
        <Row label="Price from">{shown.source ?? 'none'}</Row>
        {shown.rateMatch !== null && <Row label="Matched by">{shown.rateMatch}</Row>}
        {shown.anomaly !== null && <Row label="Repaired">{shown.anomaly}</Row>}
        {shown.savedPico !== null && !isZero(shown.savedPico) && (
          <Row label="Saved">
            <Money pico={shown.savedPico} />
          </Row>
        )}
        {node.isPricedHere && <Row label="Priced">in the viewer: the span had no cost of its own</Row>}
      </dl>
      {data !== undefined && data.notes.length > 0 && (
        <ul class="notes-list">
          {data.notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
    </section>
  );
}

function Lines({ arithmetic: { lines, addsUp, own } }: { arithmetic: Arithmetic }) {
  if (lines.length === 0) return null;
  const align = columnDecimals([...lines.map((line) => line.pico), own.pico]);
  return (
    <table class="arithmetic">
      <caption class="sr-only">Quantity times rate is the cost</caption>
      <thead>
        <tr>
          <th scope="col">What</th>
          <th scope="col" class="number">
            Quantity
          </th>
          <th scope="col" class="number">
            × Rate
          </th>
          <th scope="col" class="number">
            = Cost
          </th>
        </tr>
      </thead>
      <tbody>
        {lines.map((line, index) => (
          <tr key={`${index} ${line.label}`}>
            <th scope="row">{line.label}</th>
            <td class="number">
              {/^\d{1,15}$/.test(line.quantity) ? count(Number(line.quantity)) : line.quantity}
            </td>
            <td class="number" title={rateTitle(line.usdPerUnit, line.unit)}>
              <Rate usdPerUnit={line.usdPerUnit} unit={line.unit} isNamed={line.label.includes(line.unit)} />
            </td>
            <td class="number">
              <Money pico={line.pico} align={align} />
            </td>
          </tr>
        ))}
      </tbody>
      <tfoot>
        <tr>
          <th scope="row" colSpan={3}>
            {addsUp ? '✓ Adds up to the cost of the span' : '✕ Does not add up to the cost of the span'}
          </th>
          <td class="number">
            <Money pico={sumPico(lines.map((line) => line.pico))} align={align} />
          </td>
        </tr>
      </tfoot>
    </table>
  );
}

/** For a million tokens, as price lists have it; for one of anything else. */
function Rate({ usdPerUnit, unit, isNamed }: { usdPerUnit: string; unit: string; isNamed: boolean }) {
  const perMillion = unit.startsWith('token') ? timesMillion(usdPerUnit) : undefined;
  return (
    <>
      ${perMillion ?? usdPerUnit}
      {perMillion !== undefined && <small> a million</small>}
      {perMillion === undefined && isNamed && <span class="sr-only"> for one {unit}</span>}
      {perMillion === undefined && !isNamed && <small> / {unit}</small>}
    </>
  );
}

/** Price lists give rates for a million. */
function rateTitle(usdPerUnit: string, unit: string): string {
  const perMillion = timesMillion(usdPerUnit);
  const one = `$${usdPerUnit} for one ${unit}`;
  return perMillion === undefined ? one : `${one}\n$${perMillion} for a million`;
}

function RollUpFigures({ rollUp }: { rollUp: RollUp }) {
  const { total } = rollUp;
  const notes = totalNotes(total, rollUp.isSoFar);
  return (
    <section class="roll-up" aria-label="Roll-up">
      <h3>
        Roll-up of the {rollUp.scope} <TotalMoney total={total} isSoFar={rollUp.isSoFar} />
      </h3>
      <dl class="facts">
        <Row label="LLM">
          <Money pico={rollUp.llmPico} />
        </Row>
        <Row label="Tools">
          <Money pico={rollUp.toolPico} />
        </Row>
        {!isZero(rollUp.wastedPico) && (
          <Row label="Wasted">
            <Money pico={rollUp.wastedPico} />
          </Row>
        )}
        {!isZero(rollUp.savedPico) && (
          <Row label="Saved">
            <Money pico={rollUp.savedPico} />
          </Row>
        )}
        <Row label="Tokens">
          {count(rollUp.inputTokens)} in, {plural(rollUp.outputTokens, 'out', 'out')}
        </Row>
      </dl>
      {notes.length > 0 && (
        <ul class="notes-list">
          {notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
    </section>
  );
}
