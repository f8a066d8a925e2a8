import { useEffect, useRef } from 'preact/hooks';
import type { Ticker } from '../../../src/api.js';
import { fullUsd, shortUsd } from '../../../src/usd-text.js';
import { sumPico } from '../money.js';
import { exactTime } from '../text.js';
import type { CostChart } from './cost-chart.js';

type Series = Ticker['series'];

interface SparklineProps {
  series: Series;
  onZoom(fromMillis: number, toMillis: number): void;
}

/** Own cost over time. The chart's library is loaded after the first figures are on the screen. */
export function Sparkline({ series, onZoom }: SparklineProps) {
  const box = useRef<HTMLDivElement>(null);
  const chart = useRef<CostChart | undefined>(undefined);
  const latest = useRef({ series, onZoom });
  latest.current = { series, onZoom };
  useEffect(() => {
    let isGone = false;
    void import('./cost-chart.js').then(({ CostChart }) => {
      if (isGone || box.current === null) return;
      chart.current = new CostChart(box.current, (from, to) => latest.current.onZoom(from, to));
      chart.current.show(latest.current.series);
    });
    return () => {
      isGone = true;
      chart.current?.remove();
    };
  }, []);
  useEffect(() => chart.current?.show(series), [series]);
  return <div ref={box} class="chart" role="img" aria-label={describe(series)} title="Drag to zoom in" />;
}

function describe(series: Series): string {
  const { pico, startMillis, stepMillis } = series;
  const highest = pico.reduce((most, value) => (BigInt(value) > BigInt(most) ? value : most), '0');
  const at = exactTime(startMillis + pico.indexOf(highest) * stepMillis);
  const sum = fullUsd(sumPico(pico));
  return `Cost over time: ${sum} in ${pico.length} steps; the highest is ${shortUsd(highest).text} at ${at}`;
}
