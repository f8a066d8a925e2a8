/** Adds up the records that an app makes of one wrapped call: halves of a call, or several calls. */
import { firstReason } from '../cost-reason.js';
import { addUsage, sumOfParts } from './combine.js';
import { addUsd } from './counts.js';
import type { CallNames, Recorded } from './recorded-usage.js';
import { inputTokens, noTokens, outputTokens, type Usage, type UsagePart } from './usage.js';

/**
 * The most records of one call that are priced separately. Further ones are added to the last one, to bound their
 * memory.
 */
const MAX_RECORDS = 256;

export class RecordedCalls {
  private readonly records: Recorded[] = [];

  add(record: Recorded): void {
    const { records } = this;
    const last = records.at(-1);
    if (last === undefined || records.length < MAX_RECORDS) {
      records.push(record);
      return;
    }
    const { parts: _parts, ...usage } = sumOf([last, record], {}).usage;
    records[records.length - 1] = { ...last, usage: { ...usage, isSum: true } };
  }

  /** Everything recorded so far, as the response of one call. `around`: the names of calls that were recorded without. */
  total(around: CallNames): Recorded {
    return sumOf(this.records, around);
  }
}

function sumOf(records: readonly Recorded[], around: CallNames): Recorded {
  const [first] = records;
  if (first === undefined) throw new RangeError('nothing was recorded');
  if (records.length === 1) return first;
  const counted = records.filter(({ usage }) => !isBillAlone(usage));
  const bill = billOf(records.filter(({ usage }) => isBillAlone(usage)));
  const isSeveral = areSeveral(counted);
  const usage = isSeveral ? sumOfCalls(counted, bill, around) : wholeOf(counted, bill);
  const sum: Recorded = { ...first };
  for (const record of records) Object.assign(sum, record);
  sum.usage = usage;
  if (isSeveral) nameSeveral(sum, counted);
  return sum;
}

/** True for a bill without the counts that it is for. */
function isBillAlone({ tokens, units, unsplitTokens = 0, reportedCostUsd, refusesBill }: Usage): boolean {
  const isBill = reportedCostUsd !== undefined || refusesBill === true;
  return isBill && units === undefined && unsplitTokens + inputTokens(tokens) + outputTokens(tokens) === 0;
}

/** The sum of all bills. Undefined where there are none, or where one of them is refused. */
function billOf(records: readonly Recorded[]): Usage | undefined {
  const [first, ...others] = records;
  return first === undefined
    ? undefined
    : others.reduce((sum, { usage }) => addUsage(sum, usage), first.usage);
}

/**
 * Example: 10,000+500 of `gpt-4o` and 2,000+100 of `gpt-4o-mini` are two calls, each at its own price. 10,000+0 and 0+500 are
 * the two sides of one.
 */
function areSeveral(counted: readonly Recorded[]): boolean {
  if (counted.length < 2) return false;
  const differ = (read: (record: Recorded) => string | undefined) =>
    new Set(counted.flatMap((record) => read(record) ?? [])).size > 1;
  return (
    counted.every(({ usage }) => isWhole(usage)) ||
    differ(({ responseModel }) => responseModel) ||
    differ(({ provider }) => provider) ||
    differ(({ serviceTier }) => serviceTier) ||
    differ(({ responseId }) => responseId)
  );
}

function isWhole({ tokens }: Usage): boolean {
  return inputTokens(tokens) > 0 && outputTokens(tokens) > 0;
}

/** Several calls, each with its own model, tier and bill. A bill alone is for all of them, unless they have their own. */
function sumOfCalls(counted: readonly Recorded[], bill: Usage | undefined, around: CallNames): Usage {
  const parts: UsagePart[] = counted.map(({ usage, responseModel, provider, serviceTier }) => ({
    usage,
    model: responseModel ?? around.model,
    provider: provider ?? around.provider,
    serviceTier,
  }));
  const billed = counted.filter(({ usage }) => usage.reportedCostUsd !== undefined).length;
  if (bill !== undefined && billed > 0) parts.push({ usage: bill });
  const sum = sumOfParts(parts) ?? { tokens: noTokens() };
  if (bill === undefined) return sum;
  // It is unknown which of the calls it is for.
  if (billed > 0) return billed < counted.length ? doubtful(sum) : sum;
  return withBill(sum, bill);
}

/** One call, whose sides and bill may have been recorded one by one. */
function wholeOf(counted: readonly Recorded[], bill: Usage | undefined): Usage {
  let sum: Usage | undefined;
  for (const { usage } of counted) {
    const { reportedCostUsd: _bill, incomplete, ...counts } = usage;
    sum = addUsage(sum, incomplete && !isHalf(usage) ? { ...counts, incomplete } : counts);
  }
  if (sum === undefined) return bill ?? { tokens: noTokens() };
  const halves = counted.filter(({ usage }) => isHalf(usage));
  const inputs = halves.filter(({ usage }) => usage.inputOnly).length;
  if (halves.length > 0 && (inputs === 0 || inputs === halves.length)) sum = { ...sum, incomplete: true };
  const billed = counted.filter(({ usage }) => usage.reportedCostUsd !== undefined);
  for (const { usage } of billed) sum = withBill(sum, usage);
  // The bill may be for a part of the counts.
  if (billed.length > 0 && billed.length < counted.length) sum = doubtful(sum);
  return bill === undefined ? sum : withBill(sum, bill);
}

/** True for one side of a call whose other side is missing, where nothing else is wrong with it. */
function isHalf({ tokens, incomplete, inputOnly, anomaly }: Usage): boolean {
  if (incomplete !== true || anomaly !== undefined) return false;
  return inputOnly === true || (inputTokens(tokens) === 0 && outputTokens(tokens) > 0);
}

/** A bill that was recorded apart from its counts. The two are compared like those of one response. */
function withBill(counts: Usage, bill: Usage): Usage {
  const { reportedCostUsd: before, ...usage } = counts;
  const { reportedCostUsd: more, refusesBill = false, anomaly } = bill;
  if (anomaly !== undefined) usage.anomaly ??= anomaly;
  const usd = before === undefined || more === undefined ? (before ?? more) : addUsd(before, more);
  // A part of the bill is unknown, or the sum is more than can be posted.
  if (refusesBill || usd === undefined) return { ...usage, refusesBill: true };
  return { ...usage, reportedCostUsd: usd };
}

function doubtful(usage: Usage): Usage {
  return { ...usage, doubt: firstReason(usage.doubt, 'partial_statement') ?? 'partial_statement' };
}

/** The ids of several responses, where all of them have one, and how many calls they are. */
function nameSeveral(sum: Recorded, counted: readonly Recorded[]): void {
  delete sum.responseId;
  delete sum.stepIds;
  delete sum.serviceTier;
  const ids = counted.map(
    ({ stepIds, responseId }) => stepIds ?? (responseId === undefined ? [] : [responseId]),
  );
  if (ids.every((own) => own.length > 0)) sum.stepIds = [...new Set(ids.flat())];
  if (counted.some(({ calls = 1 }) => calls > 1))
    sum.calls = counted.reduce((count, { calls = 1 }) => count + calls, 0);
}
