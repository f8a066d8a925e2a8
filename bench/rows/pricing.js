/** One price look-up and calculation for a known model, relative to a span of the bare SDK. */
import { loadInternals } from '../internals.js';
import { compareCpu } from '../measure.js';
import { bareTracer, useContextManager } from '../setup.js';
import { foreignTask, TASK_SPANS } from '../workload.js';

/** 50 ns compared with 1,800 ns for a span: machines differ by more than that. */
const TARGET = 50 / 1800;
/** Prices per span, so that both turns are long enough for the CPU clock. */
const PRICES = 64;

async function pricing() {
  // Not part of the public API: the wrappers and the processor use it.
  const { PriceBook } = await loadInternals('pricing/price-book.js');
  const book = new PriceBook();
  const query = (provider, model, tokens) => ({
    provider,
    model,
    requestModel: model,
    timeMillis: Date.UTC(2026, 0, 1),
    usage: { tokens: { ...NO_TOKENS, ...tokens } },
  });
  const queries = [
    query('openai', 'gpt-4o', { input: 1200, output: 300 }),
    query('anthropic', 'claude-sonnet-4-5', { input: 50, cacheRead: 30_000, output: 700 }),
    query('gcp.gemini', 'gemini-2.5-flash', { input: 800, output: 200, reasoning: 400 }),
    query('openai', 'gpt-4o-mini', { input: 400, output: 20 }),
  ];
  let pico = 0;
  const prices = () => {
    for (let call = 0; call < TASK_SPANS * PRICES; call++) pico += book.price(queries[call & 3]).pico;
  };
  const spans = foreignTask(bareTracer());
  const { ratio, nullRatio, millisA, millisB } = await compareCpu({ a: spans, b: prices, control: spans });
  if (!(pico > 0)) throw new Error('the measured models have no price');
  const nanos = (millis) => ((millis * 1e6) / TASK_SPANS).toFixed(0);
  return {
    ratio: ratio / PRICES,
    nullRatio,
    target: TARGET,
    digits: 3,
    detail: `${nanos(millisB / PRICES)} ns, 4 models in turn; a span ${nanos(millisA)} ns`,
  };
}

const NO_TOKENS = {
  input: 0,
  inputAudio: 0,
  inputImage: 0,
  inputVideo: 0,
  cacheRead: 0,
  cacheReadAudio: 0,
  cacheReadImage: 0,
  cacheWrite: 0,
  cacheWrite1h: 0,
  output: 0,
  outputAudio: 0,
  outputImage: 0,
  outputVideo: 0,
  reasoning: 0,
  citation: 0,
};

export const rows = { 'pricing a call, warm': pricing };

export const prepare = useContextManager;
