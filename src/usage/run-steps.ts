import { addUsage, holds, sumOfParts } from './combine.js';
import { readUsage } from './read-usage.js';
import { type CallFacts, inputTokens, outputTokens, type Usage, type UsagePart } from './usage.js';

/**
 * The steps of a run: each is one call with its own model, tier, usage and bill. The total that the SDK states for the
 * run is compared with their sum.
 *
 * Example: steps of 10,000 tokens of `gpt-4o` and of `gpt-4o-mini`, and a total of 20,000: two parts, each at its own
 * price. A total of 25,000 replaces the steps, and the amount is uncertain.
 */
export class RunSteps {
  count = 0;
  private readonly parts: UsagePart[] = [];
  private readonly ids = new Set<string>();
  private readonly models = new Set<string>();
  private last: CallFacts = {};
  /** The sum in the SDK's own counts, which may lack the cache that the provider's record of a step has. */
  private stated: Usage | undefined;

  /** @param usage the SDK's own counts of the step, as it adds them up. */
  push(facts: CallFacts, usage: unknown): void {
    const { responseId, responseModel, serviceTier } = facts;
    this.count += 1;
    this.last = facts;
    if (responseId !== undefined) this.ids.add(responseId);
    if (responseModel !== undefined) this.models.add(responseModel);
    const stated = readUsage(usage);
    if (stated !== undefined) this.stated = addUsage(this.stated, stated);
    if (facts.usage !== undefined) this.parts.push({ usage: facts.usage, model: responseModel, serviceTier });
  }

  /** The run, with the total that the SDK states. Without `isTotal`, it may be the usage of the last step. */
  total(whole: Usage | undefined, isTotal = true): CallFacts {
    const isLast = !isTotal && whole !== undefined && this.stated !== undefined && holds(this.stated, whole);
    const usage = this.settled(isLast ? undefined : whole);
    const facts: CallFacts = { ...this.last };
    delete facts.usage;
    if (usage !== undefined) facts.usage = usage;
    if (this.count < 2) return facts;
    facts.calls = this.count;
    if (this.ids.size === this.count) facts.stepIds = [...this.ids];
    return facts;
  }

  private settled(whole: Usage | undefined): Usage | undefined {
    const { parts, count } = this;
    const [first] = parts;
    if (count < 2) return first === undefined ? whole : larger(first.usage, whole);
    const sum = sumOfParts(parts);
    const total = whole === undefined || size(whole) === 0 ? undefined : whole;
    if (sum === undefined) return total && this.unsplit(total);
    const isAll = parts.length === count;
    if (total === undefined || isSame(total, this.stated)) return isAll ? sum : { ...sum, incomplete: true };
    if (holds(sum, total)) return { ...sum, doubt: 'ambiguous_usage' };
    return { ...this.unsplit(total), doubt: isAll ? 'ambiguous_usage' : 'sum_of_calls' };
  }

  /** Several calls can be priced as one only if one model made them all. */
  private unsplit(total: Usage): Usage {
    return this.models.size > 1
      ? { ...total, isSum: true, doubt: 'sum_of_calls' }
      : { ...total, isSum: true };
  }
}

/** The runs within one stream, of which the last one may not have ended. */
export class Runs {
  private readonly ended: CallFacts[] = [];
  private steps = new RunSteps();

  /** True when steps have ended but their run has not. */
  get isOpen(): boolean {
    return this.steps.count > 0;
  }

  pushStep(facts: CallFacts, usage: unknown): void {
    this.steps.push(facts, usage);
  }

  /** Adds a whole run from its result. */
  push(facts: CallFacts): void {
    const { responseId } = facts;
    if (responseId === undefined || this.ended.at(-1)?.responseId !== responseId) this.ended.push(facts);
  }

  /** Ends a run with its total, or with counts that may be those of its last step. */
  finish(total: Usage | undefined, usage: Usage | undefined): void {
    const { steps, ended } = this;
    const run = total === undefined ? steps.total(usage, false) : steps.total(total);
    const last = ended.at(-1)?.usage;
    // The stream states the end of a run twice.
    if (!this.isOpen && last !== undefined && run.usage !== undefined && holds(last, run.usage)) return;
    ended.push(run);
    this.steps = new RunSteps();
  }

  /** The usage of all runs so far. */
  get total(): CallFacts {
    const runs = this.isOpen ? [...this.ended, this.steps.total(undefined)] : this.ended;
    return runs.length > 1 ? joined(runs) : pick(runs[0] ?? {});
  }
}

/** Only the facts about the usage. The other facts come from the end of the stream. */
function pick({ usage, calls, stepIds }: CallFacts): CallFacts {
  return {
    ...(usage !== undefined && { usage }),
    ...(calls !== undefined && { calls }),
    ...(stepIds !== undefined && { stepIds }),
  };
}

/** Several runs in one stream. */
function joined(runs: readonly CallFacts[]): CallFacts {
  const parts: UsagePart[] = runs.flatMap(({ usage, responseModel, serviceTier }) =>
    usage === undefined ? [] : [{ usage, model: responseModel, serviceTier }],
  );
  const usage = sumOfParts(parts);
  const ids = runs.flatMap(({ stepIds, responseId }) => stepIds ?? responseId ?? []);
  const calls = runs.reduce((sum, run) => sum + (run.calls ?? 1), 0);
  return {
    ...(usage !== undefined && { usage }),
    calls,
    ...(ids.length === calls && { stepIds: ids }),
  };
}

/** Selects the complete one of several views of a stream, such as its responses and a result that sums them up. */
export function mostCompleteOf(views: readonly CallFacts[]): CallFacts | undefined {
  const [first, ...others] = views.filter(isCounted);
  return first && others.reduce(moreComplete, first);
}

function isCounted(facts: { usage?: Usage | undefined }): facts is CallFacts & { usage: Usage } {
  return facts.usage !== undefined;
}

/** Selects the view that has everything in the other one, or else the larger of the two. */
function moreComplete(
  a: CallFacts & { usage: Usage },
  b: CallFacts & { usage: Usage },
): CallFacts & { usage: Usage } {
  if (holds(b.usage, a.usage)) return b;
  if (holds(a.usage, b.usage)) return a;
  const larger = size(a.usage) > size(b.usage) ? a : b;
  return { ...larger, usage: { ...larger.usage, doubt: 'ambiguous_usage' } };
}

/** One step and its total are two views of one call. */
function larger(step: Usage, whole: Usage | undefined): Usage {
  if (whole === undefined || holds(step, whole)) return step;
  const { reportedCostUsd } = step;
  if (whole.reportedCostUsd !== undefined || reportedCostUsd === undefined) return whole;
  return { ...whole, reportedCostUsd };
}

function size({ tokens, unsplitTokens = 0 }: Usage): number {
  return inputTokens(tokens) + outputTokens(tokens) + unsplitTokens;
}

function isSame(a: Usage, b: Usage | undefined): boolean {
  return b !== undefined && holds(a, b) && holds(b, a);
}
