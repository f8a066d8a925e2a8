/** Holds what was billed for one scenario of a framework against what the provider served. */
import { listPico } from '../provider/prices.js';
import { saysWhetherBilled, showsUsage } from '../spans.js';

/**
 * How a scenario came out:
 *
 * - `right`: what the provider billed, with its tokens, and nothing said to be estimated or missing
 * - `right, flagged`: the right amount, which is said to be estimated or incomplete all the same
 * - `flagged`: another amount, which is said to be estimated or incomplete
 * - `unknown`: no amount, and said to be so
 * - `unseen`: no span to say anything on; of a call inside `withLlm` it is wrong
 * - `free`: refused by the provider, and known to cost nothing
 * - `wrong: …`: anything else
 *
 * @param mode `bare`, `withLlm`, `withTask` or `both`
 * @param error what the client threw, where it should not have
 */
export function judge({ scenario, mode, served, spans, error }) {
  const calls = served.filter(({ status }) => status === 200);
  if (scenario === 'refused') return judgeRefused(billOf(spans));
  if (error !== undefined && scenario !== 'aborted') return `wrong: ${error.split('\n')[0]}`;
  if (calls.length === 0) return 'wrong: nothing was served';
  const bill = billOf(spans);
  return faultOf(spans, bill) ?? judgeBill({ scenario, mode, calls, bill });
}

function judgeRefused({ pico, calls, complete }) {
  if (pico > 0) return 'wrong: refused, and billed';
  if (calls === 0) return 'unseen';
  return complete ? 'free' : 'unknown';
}

function faultOf(spans, { pico, ownPico, complete }) {
  // Law 1: the roll-ups of the tasks are the own costs below them. A call that is still open may hold what is missing.
  if (complete && pico !== ownPico) return `wrong: the spans cost ${ownPico} pico-dollars, the tasks ${pico}`;
  const mute = spans.find(({ raw, attributes }) => showsUsage(raw) && !saysWhetherBilled(attributes));
  return mute && `wrong: "${mute.name}" has usage and does not say why it is not billed`;
}

function judgeBill({ scenario, mode, calls, bill }) {
  const truth = truthOf(calls);
  const isFlagged = !bill.complete || bill.estimatedPico > 0;
  if (bill.pico === 0 && isFlagged) return 'unknown';
  if (bill.calls === 0 && bill.pico === 0) {
    return mode === 'withLlm' || mode === 'both' ? 'wrong: not metered' : 'unseen';
  }
  const isRight = bill.pico === truth.pico && bill.input === truth.input && bill.output === truth.output;
  if (isRight) return isFlagged ? 'right, flagged' : 'right';
  if (isFlagged) return 'flagged';
  const share = truth.pico === 0 ? `${bill.pico} pico-dollars` : `×${(bill.pico / truth.pico).toFixed(3)}`;
  const tokens = `${bill.input}+${bill.output} tokens instead of ${truth.input}+${truth.output}`;
  const isBroken = scenario === 'aborted' && calls.some(({ whole }) => !whole);
  return `wrong: ${share}, ${tokens}${isBroken ? ', and not said to be broken off' : ''}`;
}

/** What the provider billed. A gateway says it; else it is the list's price. */
export function truthOf(calls) {
  const sum = (amountOf) => calls.reduce((total, call) => total + amountOf(call), 0);
  return {
    pico: sum(({ model, usage, billUsd }) =>
      billUsd === undefined ? listPico(model, usage) : Math.round(billUsd * 1e12),
    ),
    input: sum(({ usage }) => usage.input),
    output: sum(({ usage }) => usage.output),
  };
}

/** Every outermost task as last stated, added up: a framework's own root span is a task of its own where nobody says otherwise. */
export function billOf(spans) {
  const tasks = new Map();
  for (const { attributes } of spans) {
    const isOutermost = attributes['task.root_id'] === undefined && attributes['task.cost_usd'] !== undefined;
    if (isOutermost) tasks.set(attributes['task.id'], attributes);
  }
  const all = [...tasks.values()];
  const sum = (key) => all.reduce((total, attributes) => total + (attributes[key] ?? 0), 0);
  const picoOf = (key) =>
    all.reduce((total, attributes) => total + Math.round((attributes[key] ?? 0) * 1e12), 0);
  return {
    pico: picoOf('task.cost_usd'),
    estimatedPico: picoOf('task.estimated_cost_usd'),
    ownPico: spans.reduce(
      (total, { attributes }) => total + Math.round((attributes.cost_usd ?? 0) * 1e12),
      0,
    ),
    input: sum('task.input_tokens'),
    output: sum('task.output_tokens'),
    calls: sum('task.llm_calls'),
    complete: all.every((attributes) => attributes['task.cost_complete'] !== false),
  };
}
