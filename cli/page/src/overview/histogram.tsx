import type { Distribution, Percentiles } from '../../../src/api.js';
import { fullUsd, shortUsd } from '../../../src/usd-text.js';
import { shareOf } from '../money.js';
import { plural } from '../text.js';

type Bin = Distribution['bins'][number];

const WIDTH = 1_000;
const HEIGHT = 100;
/** The labels of the percentiles are above the bars. */
const HIGHEST_BAR = 64;
const LABELS = [
  ['P50', 'p50Pico'],
  ['P90', 'p90Pico'],
  ['P99', 'p99Pico'],
] as const;

/** A bar a bin, all of one width whatever amounts a bin spans, and a line at each percentile. */
export function Histogram({ bins, percentiles }: { bins: Bin[]; percentiles: Percentiles }) {
  const first = bins[0];
  const last = bins.at(-1);
  if (first === undefined || last === undefined) return null;
  const most = Math.max(1, ...bins.map((bin) => bin.count));
  const width = WIDTH / bins.length;
  return (
    <div class="histogram">
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`Histogram of the cost of ${plural(percentiles.count, 'task')}, from ${shortUsd(first.fromPico).text} to ${shortUsd(last.toPico).text}`}
      >
        {bins.map((bin, index) => (
          <g key={bin.fromPico}>
            <title>{`${fullUsd(bin.fromPico)} to ${fullUsd(bin.toPico)}: ${plural(bin.count, 'task')}`}</title>
            <rect class="bin-place" x={index * width} y={0} width={width} height={HEIGHT} />
            <rect class="bin" x={index * width} width={width * 0.88} {...bar(bin.count, most)} />
          </g>
        ))}
        {LABELS.map(([label, key]) => (
          <line key={label} class="percentile" {...vertical(position(bins, percentiles[key]) * WIDTH)} />
        ))}
      </svg>
      <PercentileLabels bins={bins} percentiles={percentiles} />
      <div class="histogram-axis" aria-hidden="true">
        <span title={fullUsd(first.fromPico)}>{shortUsd(first.fromPico).text}</span>
        {!isEven(bins) && <span title="Each bar spans a larger range than the one before">log scale</span>}
        <span title={fullUsd(last.toPico)}>{shortUsd(last.toPico).text}</span>
      </div>
    </div>
  );
}

/** True when all bars span the same range. */
function isEven(bins: Bin[]): boolean {
  const widths = bins.map(({ fromPico, toPico }) => BigInt(toPico) - BigInt(fromPico));
  const [second = 0n, last = 0n] = [widths[1], widths.at(-1)];
  return last <= 2n * second;
}

/** Each on a row of its own, so that percentiles that are close stay readable. */
function PercentileLabels({ bins, percentiles }: { bins: Bin[]; percentiles: Percentiles }) {
  return (
    <div class="percentile-labels" aria-hidden="true">
      {LABELS.map(([label, key], row) => {
        const at = position(bins, percentiles[key]);
        const side = at > 0.85 ? 'before' : 'after';
        return (
          <span key={label} class={side} style={{ left: `${at * 100}%`, top: `${row * 1.25}em` }}>
            {label}
          </span>
        );
      })}
    </div>
  );
}

/** A bin with one task among thousands still shows. */
function bar(count: number, most: number): { y: number; height: number } {
  const height = count === 0 ? 0 : Math.max(1.5, (count / most) * HIGHEST_BAR);
  return { y: HEIGHT - height, height };
}

function vertical(x: number) {
  return { x1: x, x2: x, y1: 0, y2: HEIGHT };
}

/** Where an amount is, 0 to 1 over the width. */
function position(bins: Bin[], pico: string): number {
  const amount = BigInt(pico);
  const index = bins.findIndex((bin) => amount <= BigInt(bin.toPico));
  const bin = bins[index];
  if (bin === undefined) return 1;
  const from = BigInt(bin.fromPico);
  const inside = shareOf((amount - from).toString(), (BigInt(bin.toPico) - from).toString());
  return (index + inside) / bins.length;
}
