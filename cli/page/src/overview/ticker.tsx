import type { ComponentChildren } from 'preact';
import type { Overview } from '../../../src/api.js';
import type { Total } from '../../../src/figures.js';
import { apiPath } from '../api-client.js';
import { isZero } from '../money.js';
import { Money, TotalMoney } from '../parts/money.js';
import { useResource } from '../resource.js';
import { go, type Route, windowQuery, withQuery } from '../route.js';
import { count, duration, exactTime, timeSpan } from '../text.js';
import { Sparkline } from './sparkline.js';

/** It goes on while the rest of the page holds still. */
export function TickerPanel({ route }: { route: Route }) {
  const { data, error, isLoading } = useResource<Overview>(apiPath('/api/overview', windowQuery(route)));
  const zoom = (fromMillis: number, toMillis: number) => {
    const period = { from: String(Math.floor(fromMillis)), to: String(Math.ceil(toMillis)) };
    go(withQuery(route, { window: undefined, ...period }));
  };
  return (
    <section class="panel ticker" aria-label="Cost now" aria-busy={isLoading}>
      {error !== undefined && (
        <p class="trouble" role="alert">
          {error}
        </p>
      )}
      {data !== undefined && (
        <>
          <Figures overview={data} />
          <div class="sparkline">
            <Sparkline series={data.ticker.series} onZoom={zoom} />
            <p
              class="note axis-note"
              title={`${exactTime(data.window.fromMillis)} – ${exactTime(data.window.toMillis)}`}
            >
              {timeSpan(data.window.fromMillis, data.window.toMillis)}
            </p>
          </div>
        </>
      )}
    </section>
  );
}

function Figures({ overview }: { overview: Overview }) {
  const { ticker, window } = overview;
  return (
    <dl class="figures">
      <Figure label="Per hour, now" isMain>
        <Money
          pico={ticker.usdPerHourPico}
          isLowerBound={ticker.isRateLowerBound}
          notes={[`Cost of the last ${duration(ticker.rateOverMillis)}, as an hour`]}
        />
      </Figure>
      <Figure label="Active tasks">{count(ticker.activeTasks)}</Figure>
      <Figure label={window.name === 'all' ? 'Spent' : 'Spent in window'}>
        <TotalMoney total={ticker.spent} />
        {!isZero(ticker.wastedPico) && (
          <small>
            <Money pico={ticker.wastedPico} notes={['Cost of failed calls and of tasks without success']} />{' '}
            wasted
          </small>
        )}
      </Figure>
      <Figure label="Today">
        <TotalMoney total={ticker.today} />
        <Projected pico={ticker.projectedTodayPico} of={ticker.today} words={ticker.projection} />
      </Figure>
      <Figure label="This month">
        <TotalMoney total={ticker.month} />
        <Projected pico={ticker.projectedMonthPico} of={ticker.month} words={ticker.projection} />
      </Figure>
    </dl>
  );
}

function Figure(props: { label: string; isMain?: boolean; children: ComponentChildren }) {
  return (
    <div class={props.isMain ? 'figure main' : 'figure'}>
      <dt>{props.label}</dt>
      <dd>{props.children}</dd>
    </div>
  );
}

/** From the total `of` so far. */
function Projected({ pico, of, words }: { pico: string | null; of: Total; words: string }) {
  if (pico === null) return isZero(of.pico) ? null : <small title={words}>no projection yet</small>;
  return (
    <small>
      <span aria-hidden="true">→ </span>
      <Money
        pico={pico}
        isEstimated={!isZero(of.estimatedPico)}
        isLowerBound={of.isLowerBound}
        notes={[words]}
      />{' '}
      <span>projected</span>
    </small>
  );
}
