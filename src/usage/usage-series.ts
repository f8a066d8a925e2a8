/**
 * The repeated counts of one response in a stream. Counts are cumulative until something shows that they are not.
 *
 * Two examples:
 * - Counts of 100+5, 100+12 and 100+20 restate the input, and the output grows: they are cumulative, 100+20. A trailing
 *   0+0 changes nothing.
 * - Counts of 100+5, 0+3 and 0+7 state the input once, and the output falls: they are increments, 100+15. If the second
 *   were 130+3, the input would change while the output falls: it is another response, and the counts are added.
 */
import { MAX_LISTED } from './bounds.js';
import { addUsage } from './combine.js';
import {
  addInputTokens,
  addOutputTokens,
  INPUT_KINDS,
  inputTokens,
  noTokens,
  OUTPUT_KINDS,
  outputTokens,
  type TokenCounts,
  type Usage,
} from './usage.js';

/** The default meaning of counts in a stream's shape. */
export type Custom = 'cumulative' | 'increments';

/**
 * One side of a statement, compared with the largest one before it. `repeat`: a part of it again, such as its cached
 * tokens.
 */
type Side = 'none' | 'same' | 'more' | 'repeat' | 'less';

/** After this many chunks with content and unchanged counts, the counts do not include the content. */
const MAX_CONSTANT_CHUNKS = 3;

export class UsageSeries {
  /** The stream has stated that the response is over. */
  hasEnded = false;
  /** How often counts were stated for the open response. */
  statements = 0;
  private readonly closed: Usage[] = [];
  /** The largest counts since the output last fell together with a stated input. */
  private current: Usage | undefined;
  /** The counts at each such fall before that. */
  private before: Usage[] = [];
  /** The sum of all statements. */
  private added: Usage | undefined;
  private inputs = 0;
  private outputs = 0;
  private repeats = 0;
  private falls = 0;
  /** Falls of the output at which the input changed as well. */
  private turns = 0;
  /** Changes of the input at which the output did not fall. */
  private quietTurns = 0;
  /** Chunks with content and the same counts as before, in a row. */
  private constant = 0;
  private lastOutput = 0;
  /** The last counts were repeated or doubled. */
  private comesAgain = false;

  constructor(
    private readonly custom: Custom,
    /** The stream names the response: its input may grow while it is served. */
    private readonly isNamed: boolean,
  ) {}

  /** Adds counts from the stream. `hasContent`: they came with a part of the answer. */
  push(usage: Usage, hasContent: boolean): void {
    const { current } = this;
    if (current === undefined || isNothing(current)) {
      this.start(usage);
      return;
    }
    if (isNothing(usage)) return;
    const input = sideOf(usage.tokens, current.tokens, INPUT_KINDS);
    const output = sideOf(usage.tokens, current.tokens, OUTPUT_KINDS);
    if (this.hasEnded && this.isOfAnother(usage, current)) {
      this.close();
      this.start(usage);
      return;
    }
    this.note(usage, input, output, hasContent);
    this.added = addUsage(this.added, usage);
    if (input === 'less' || (output === 'less' && (input === 'same' || input === 'more'))) {
      addTo(this.before, current);
      this.current = usage;
    } else this.current = merged(current, usage, input, output);
  }

  /** True when these counts, or a part of an answer, cannot belong to this response, which the stream does not name. */
  isOver(usage: Usage | undefined, hasContent: boolean): boolean {
    const { current } = this;
    if (!this.hasEnded || this.isNamed) return false;
    if (usage === undefined || current === undefined || isNothing(current)) return hasContent;
    return !isNothing(usage) && this.isOfAnother(usage, current);
  }

  private isOfAnother(usage: Usage, current: Usage): boolean {
    const input = sideOf(usage.tokens, current.tokens, INPUT_KINDS);
    return (
      isAnother(input, sideOf(usage.tokens, current.tokens, OUTPUT_KINDS)) ||
      (input === 'repeat' && !this.isNamed)
    );
  }

  /** Ends the response, so that further counts belong to another one. */
  close(): void {
    for (const usage of this.open()) addTo(this.closed, usage);
    this.current = undefined;
    this.statements = 0;
    this.hasEnded = false;
  }

  /** The usage of each response, in order. */
  usages(): readonly Usage[] {
    return [...this.closed, ...this.open()];
  }

  private start(usage: Usage): void {
    this.current = usage;
    this.before = [];
    this.added = usage;
    this.statements = 1;
    this.inputs = inputTokens(usage.tokens) > 0 ? 1 : 0;
    this.outputs = outputTokens(usage.tokens) > 0 ? 1 : 0;
    this.repeats = 0;
    this.falls = 0;
    this.turns = 0;
    this.quietTurns = 0;
    this.constant = 0;
    this.lastOutput = outputTokens(usage.tokens);
    this.comesAgain = false;
  }

  private note(usage: Usage, input: Side, output: Side, hasContent: boolean): void {
    this.statements += 1;
    const changed = input === 'less' || (input === 'more' && this.inputs > 0);
    if (input === 'repeat') this.repeats += 1;
    else if (input !== 'none') this.inputs += 1;
    if (output !== 'none') this.outputs += 1;
    if (output === 'less' || input === 'less') this.falls += 1;
    if (output === 'less' && changed) this.turns += 1;
    if (output !== 'less' && changed) this.quietTurns += 1;
    const isConstant = input === 'same' && output === 'same';
    const now = outputTokens(usage.tokens);
    if (this.isAgain(input, output, now, hasContent)) this.comesAgain = true;
    this.lastOutput = now;
    if (!isConstant) this.constant = 0;
    else if (hasContent) this.constant += 1;
  }

  private isAgain(input: Side, output: Side, now: number, hasContent: boolean): boolean {
    if (input === 'same') return output !== 'less' && this.hasEnded && hasContent && !this.isNamed;
    return now === this.lastOutput && now > 0 && (this.hasEnded || this.custom === 'cumulative');
  }

  /** The open response, or several if the counts show several. */
  private open(): readonly Usage[] {
    const { current, inputs, outputs } = this;
    if (current === undefined) return [];
    if (this.statements < 2) return [current];
    if (inputs < 2) {
      // Stated once and then incremented: because the shape usually does so, or because the output falls.
      const isSure = this.custom === 'increments' || (this.falls > 0 && inputs > 0);
      if (isSure && !this.comesAgain) return [this.increments(current)];
      const isEither = isSure || (inputs === 1 ? outputs > 1 && this.repeats === 0 : this.falls > 0);
      return isEither ? [doubtful(this.increments(current))] : [current];
    }
    return this.falls > 0 ? this.afterFalls(current) : [this.restated(current)];
  }

  /** The input was stated again, and no count has fallen. */
  private restated(current: Usage): Usage {
    if ((this.quietTurns > 0 && !this.isNamed) || this.comesAgain) return doubtful(this.added ?? current);
    return this.constant + 1 >= MAX_CONSTANT_CHUNKS ? doubtful(this.increments(current)) : current;
  }

  private afterFalls(current: Usage): readonly Usage[] {
    const responses = [...this.before, current];
    if (this.turns === this.falls && this.quietTurns === 0 && !this.isNamed) return responses;
    const sum = responses.reduce((all, usage) => addUsage(all, usage));
    const increments = this.increments(current);
    return [doubtful(size(sum) >= size(increments) ? sum : increments)];
  }

  /** The input once, and the sum of all output. */
  private increments(current: Usage): Usage {
    const tokens = noTokens();
    addInputTokens(tokens, current.tokens);
    addOutputTokens(tokens, (this.added ?? current).tokens);
    return { ...current, tokens };
  }
}

/** More responses than a stream can have are kept as a sum. */
function addTo(list: Usage[], usage: Usage): void {
  const last = list.at(-1);
  if (last === undefined || list.length < MAX_LISTED) list.push(usage);
  else list[list.length - 1] = { ...addUsage(last, usage), isSum: true };
}

/** After an end, another input or a smaller output is another response's. */
function isAnother(input: Side, output: Side): boolean {
  return input === 'more' || input === 'less' || (input === 'same' && output === 'less');
}

function sideOf(
  tokens: TokenCounts,
  before: TokenCounts,
  kinds: typeof INPUT_KINDS | typeof OUTPUT_KINDS,
): Side {
  let now = 0;
  let then = 0;
  // The first kind is the rest of a total: where only a part is stated again, it is 0.
  let isRepeat = tokens[kinds[0]] === 0;
  for (const kind of kinds) {
    now += tokens[kind];
    then += before[kind];
    if (tokens[kind] !== 0 && tokens[kind] !== before[kind]) isRepeat = false;
  }
  if (now === 0) return 'none';
  if (now >= then) return now === then ? 'same' : 'more';
  return isRepeat ? 'repeat' : 'less';
}

/** The larger counts of each side: a later 0 wipes nothing. */
function merged(before: Usage, usage: Usage, input: Side, output: Side): Usage {
  const takesInput = input === 'same' || input === 'more';
  const takesOutput = output === 'same' || output === 'more';
  const tokens = noTokens();
  addInputTokens(tokens, takesInput ? finer(usage.tokens, before.tokens, INPUT_KINDS) : before.tokens);
  addOutputTokens(tokens, takesOutput ? finer(usage.tokens, before.tokens, OUTPUT_KINDS) : before.tokens);
  const isWhole = takesInput && takesOutput;
  // Facts beside the counts of one side do not apply to the whole.
  const { parts, ...main } = isWhole || size(before) === (before.unsplitTokens ?? 0) ? usage : before;
  const all: Usage = { ...main, tokens };
  if (!usage.inputOnly || !before.inputOnly) delete all.inputOnly;
  if (parts !== undefined && isWhole) all.parts = parts;
  else if (parts !== undefined) all.isSum = true;
  const units = usage.units ?? before.units;
  if (units !== undefined) all.units = units;
  if (usage.reportedCostUsd !== undefined || before.reportedCostUsd !== undefined)
    all.reportedCostUsd = Math.max(usage.reportedCostUsd ?? 0, before.reportedCostUsd ?? 0);
  return all;
}

/**
 * The later counts of a side. A part that was counted before and is 0 now was omitted. Example: 100 tokens with 80
 * cached, then 100 with 0 cached, are 100 with 80 cached.
 */
function finer(
  tokens: TokenCounts,
  before: TokenCounts,
  [main, ...details]: typeof INPUT_KINDS | typeof OUTPUT_KINDS,
): TokenCounts {
  const missing = details.reduce((sum, kind) => sum + (tokens[kind] === 0 ? before[kind] : 0), 0);
  if (missing === 0 || missing > tokens[main]) return tokens;
  const all = { ...tokens, [main]: tokens[main] - missing };
  for (const kind of details) if (tokens[kind] === 0) all[kind] = before[kind];
  return all;
}

function doubtful(usage: Usage): Usage {
  return { ...usage, doubt: 'ambiguous_usage' };
}

function size({ tokens, unsplitTokens = 0 }: Usage): number {
  return inputTokens(tokens) + outputTokens(tokens) + unsplitTokens;
}

function isNothing(usage: Usage): boolean {
  return size(usage) === 0 && usage.units === undefined && usage.reportedCostUsd === undefined;
}
