/** The law of `priceSpans`: the same bills and roll-ups as the processor writes for the same spans. */
import { trace } from '@opentelemetry/api';
import { describe, expect, it } from 'vitest';
import type { CostSpanProcessorOptions } from '../../src/index.js';
import { type OfflineOptions, priceSpans } from '../../src/offline.js';
import { holds } from '../support/laws/law.js';
import { finalOfLive, finalOfOffline } from '../support/offline/compare.js';
import { type Program, play, programs, recorded } from '../support/offline/program.js';
import { TOOLS } from '../support/offline/shapes.js';
import { startTracing, stopTracing } from '../support/tracing.js';

let runs = 0;

async function isSame(
  program: Program,
  options: OfflineOptions & CostSpanProcessorOptions = { tools: TOOLS },
) {
  runs += 1;
  const traceName = `trace ${runs}`;
  const { spans, cost } = startTracing({ cost: options });
  play(program, trace.getTracerProvider(), traceName);
  const live = finalOfLive(spans());
  expect(cost.stats.internalErrors).toBe(0);
  await stopTracing();
  const given = recorded(program, traceName);
  expect(finalOfOffline(given, priceSpans(given, options))).toEqual(live);
}

describe('priceSpans writes what the processor writes', () => {
  it('for random programs in the forms of all instrumentations', () =>
    holds('offline, same as live', programs, isSame));

  it('in every dialect', () =>
    holds('offline, dialects', programs, (program) =>
      isSame(program, { tools: TOOLS, dialects: ['openinference', 'langfuse', 'mlflow'] }),
    ));
});
