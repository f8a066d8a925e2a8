/** Holds what was billed for one scenario against what the provider served. */
import { listPico } from './provider/prices.js';
import { billOf, isEstimated, saysWhetherBilled, showsAny, showsUsage } from './spans.js';

/**
 * How a scenario came out:
 *
 * - `right`: every call billed once, with its tokens and dollars, and nothing said to be missing
 * - `unsure`: right, but an attempt that was refused does not say so, and may have cost more
 * - `no cache`: cached tokens at the full price, or not at all, because no span tells of them
 * - `as recorded`: what the span states is not what was served
 * - `partial`: a broken stream at what had been counted by then, and said to be so
 * - `unknown`: no cost, and said to be so
 * - `unseen`: no span to say anything on
 * - `free`: refused by the provider, and known to cost nothing
 * - `wrong: …`: anything else
 */
export function judge({ scenario, served, spans, wrapped }) {
  const calls = served.filter(({ status }) => status === 200);
  const bill = billOf(spans);
  const fault = faultOf(bill, calls, wrapped);
  if (fault !== undefined) return fault;
  if (calls.length === 0) return judgeRefused(bill, wrapped);
  const isWhole = calls.every(({ whole }) => whole);
  // Where a stream that the app broke off was read on by somebody else, its usage may be known.
  if (isWhole && bill.task !== undefined && isRight(bill.task, calls) && bill.task.complete) return 'right';
  const isBroken = scenario === 'aborted' || !isWhole;
  return isBroken ? judgeBroken(bill, wrapped) : judgeWhole(bill, calls, served, wrapped);
}

/** What no bill may show, however little the instrumentation tells. */
function faultOf(bill, calls, wrapped) {
  const { spans, pico, task } = bill;
  if (task === undefined) return pico > 0 ? 'wrong: cost without a task' : undefined;
  if (task.pico !== pico) return `wrong: the spans cost ${pico} pico-dollars, the task ${task.pico}`;
  const mute = spans.find(({ raw, attributes }) => showsUsage(raw) && !saysWhetherBilled(attributes));
  if (mute !== undefined) return `wrong: "${mute.name}" has usage and does not say why it is not billed`;
  if (!wrapped && isAsRecorded(bill, calls)) return 'as recorded';
  if (pico > sum(calls, withoutCache)) return 'wrong: dearer than what was served';
  if (task.input > sum(calls, ({ usage }) => usage.input)) return 'wrong: more input than was served';
  if (task.output > sum(calls, ({ usage }) => usage.output)) return 'wrong: more output than was served';
  return undefined;
}

function judgeRefused({ pico, task }, wrapped) {
  if (pico > 0) return 'wrong: refused, and billed';
  if (task === undefined) return wrapped ? 'wrong: not metered' : 'unseen';
  return task.complete ? 'free' : 'unknown';
}

function judgeBroken({ spans, pico, task }, wrapped) {
  if (task === undefined || task.calls === 0) return wrapped ? 'wrong: not metered' : 'unseen';
  if (task.complete && !isEstimated(spans)) return 'wrong: a broken stream passes for a whole one';
  return pico === 0 ? 'unknown' : 'partial';
}

function judgeWhole(bill, calls, served, wrapped) {
  const { spans, pico, task } = bill;
  const counts = calls.flatMap(({ usage }) => [usage.input, usage.output]);
  const verdict = task === undefined || task.calls === 0 ? 'unseen' : 'unknown';
  if (pico === 0 && wrapped) return 'wrong: not billed';
  // Nothing known passes only where no span shows the usage.
  if (pico === 0) return showsAny(spans, counts) ? 'wrong: a span shows the usage' : verdict;
  if (isRight(task, calls)) {
    return served.length > calls.length ? 'unsure' : 'wrong: right, and said to be incomplete';
  }
  if (wrapped) return 'wrong: not the bill of the calls';
  if (!isRightWithoutCache(task, calls)) return 'wrong: not the bill of the calls';
  // The same for what is cached.
  const lost = calls.flatMap(({ usage }) => [
    task.cacheRead === 0 ? usage.cacheRead : 0,
    task.cacheWrite === 0 ? usage.cacheWrite : 0,
  ]);
  return showsAny(spans, lost) ? 'wrong: a span shows the cached tokens' : 'no cache';
}

const PARTS = ['input', 'output', 'cacheRead', 'cacheWrite'];

function isRight(task, calls) {
  return (
    PARTS.every((part) => task[part] === sum(calls, ({ usage }) => usage[part])) &&
    task.pico === sum(calls, ({ model, usage }) => listPico(model, usage))
  );
}

/** Cached tokens are billed as if they were not, or have gone from input altogether. */
function isRightWithoutCache(task, calls) {
  const keepers = [
    ({ usage }) => usage.input,
    ({ usage }) => usage.input - usage.cacheRead - usage.cacheWrite,
  ];
  return keepers.some((inputOf) =>
    [0, 1].some((readIsKept) => {
      const expected = calls.map((call) => ({
        model: call.model,
        usage: {
          ...call.usage,
          input: inputOf(call),
          cacheRead: readIsKept * call.usage.cacheRead,
          cacheWrite: 0,
        },
      }));
      return isRight(task, expected);
    }),
  );
}

/** The counts billed stand on a span, and those that were served on none. */
function isAsRecorded({ spans, task }, calls) {
  const [call] = calls;
  if (call === undefined || calls.length > 1 || task.output === call.usage.output) return false;
  return showsAny(spans, [task.output]) && !showsAny(spans, [call.usage.output]);
}

function withoutCache({ model, usage }) {
  return Math.max(listPico(model, usage), listPico(model, { ...usage, cacheRead: 0, cacheWrite: 0 }));
}

function sum(items, amountOf) {
  return items.reduce((total, item) => total + amountOf(item), 0);
}
