import type { BudgetBar } from '../../../src/task-answers.js';
import { shareOf } from '../money.js';
import { Money } from '../parts/money.js';
import { formatRoute, type Route, withQuery } from '../route.js';
import { count, plural, timeOfDay, words } from '../text.js';

export function Budgets({ budgets, route }: { budgets: BudgetBar[]; route: Route }) {
  if (budgets.length === 0) return null;
  return (
    <ul class="budgets" aria-label="Budgets">
      {budgets.map((budget) => (
        <Bar key={`${budget.scope} ${budget.measure}`} budget={budget} route={route} />
      ))}
    </ul>
  );
}

function Bar({ budget, route }: { budget: BudgetBar; route: Route }) {
  const { scope, measure, limit, spent, refusals } = budget;
  const isUsedUp = limit !== null && spent !== null && leftOf(limit, spent) === '0';
  const share = limit === null || spent === null ? 0 : shareOf(scaled(spent), scaled(limit));
  const name = measure === 'usd' ? `Budget of the ${scope}` : `Budget of the ${scope} in ${words(measure)}`;
  return (
    <li class={isUsedUp ? 'budget over' : 'budget'}>
      <span class="budget-name">{name}</span>
      {limit !== null && spent !== null && (
        <span
          class="budget-bar"
          role="meter"
          aria-label={name}
          aria-valuemin={0}
          aria-valuemax={100}
          aria-valuenow={Math.round(share * 100)}
          aria-valuetext={isUsedUp ? 'used up' : `${(share * 100).toFixed(1)} % used`}
        >
          <span class="used" style={{ width: `${share * 100}%` }} />
          {refusals.slice(0, 20).map((refusal, index) => (
            <span key={refusal.spanId} class="refusal" style={{ right: `${index * 5}px` }} />
          ))}
        </span>
      )}
      <span class="budget-figures">
        <Figures budget={budget} />
      </span>
      {refusals.length > 0 && <Refusals refusals={refusals} route={route} />}
    </li>
  );
}

function Figures({ budget: { measure, limit, spent, isOver, refusals } }: { budget: BudgetBar }) {
  if (limit === null || spent === null) return <>The limit is unknown</>;
  const left = leftOf(limit, spent);
  return (
    <>
      <Amount measure={measure} value={spent} /> of <Amount measure={measure} value={limit} />,{' '}
      {left === '0' ? (
        <strong class="reason">✕ used up</strong>
      ) : (
        <>
          <Amount measure={measure} value={left} /> left
          {(isOver || refusals.length > 0) && <span class="reason">, ✕ too little for a call</span>}
        </>
      )}
    </>
  );
}

function Amount({ measure, value }: { measure: string; value: string }) {
  if (measure === 'usd') return <Money pico={value} />;
  return <span>{/^\d{1,15}$/.test(value) ? count(Number(value)) : value}</span>;
}

function Refusals({ refusals, route }: { refusals: BudgetBar['refusals']; route: Route }) {
  return (
    <details class="refusals">
      <summary>✕ {plural(refusals.length, 'refused call')}</summary>
      <ul>
        {refusals.map(({ traceId, spanId, name, timeMillis }) => (
          <li key={`${traceId}${spanId}`}>
            <a href={formatRoute(withQuery(route, { trace: traceId, span: spanId }))} title={name}>
              {name}
            </a>{' '}
            <span class="muted">{timeOfDay(timeMillis)}</span>
          </li>
        ))}
      </ul>
    </details>
  );
}

/** Other measures may have a fraction: they are compared in thousandths. */
function scaled(value: string): string {
  const [whole = '0', fraction = ''] = value.split('.');
  return /^-?\d+$/.test(whole) ? whole + fraction.replace(/\D.*$/, '').slice(0, 3).padEnd(3, '0') : '0';
}

function leftOf(limit: string, spent: string): string {
  const thousandths = BigInt(scaled(limit)) - BigInt(scaled(spent));
  if (thousandths <= 0n) return '0';
  const fraction = (thousandths % 1_000n).toString().padStart(3, '0').replace(/0+$/, '');
  return `${thousandths / 1_000n}${fraction === '' ? '' : `.${fraction}`}`;
}
