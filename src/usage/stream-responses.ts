import { firstReason } from '../cost-reason.js';
import { AnthropicCounts } from './anthropic-stream.js';
import { MAX_LISTED } from './bounds.js';
import { sumOfParts } from './combine.js';
import { ofEndedCall } from './input-only.js';
import { type CallFacts, inputTokens, type Usage, type UsagePart } from './usage.js';
import { type Custom, UsageSeries } from './usage-series.js';

/** One response within a stream: its facts, and its counts. */
export class StreamedResponse {
  readonly facts: CallFacts = {};
  readonly series: UsageSeries;
  /** True for a shape of stream that states the end of each response. Without that end, the response was cut off. */
  statesEnd = false;
  /** Something in its content has an unknown fee. */
  hasUnknownFee = false;
  /** The client's own name for it, beside the provider's id. */
  alias: string | undefined;
  private anthropic: AnthropicCounts | undefined;

  constructor(
    readonly id: string | undefined,
    readonly custom: Custom,
    isNamed: boolean,
  ) {
    this.series = new UsageSeries(custom, isNamed);
  }

  pushAnthropic(usage: Record<string, unknown>, isStart: boolean): void {
    this.anthropic ??= new AnthropicCounts();
    this.anthropic.push(usage, isStart);
  }

  /** An event that ends it has been seen, or else its counts were stated more than once. */
  get isWhole(): boolean {
    return this.series.hasEnded || this.series.statements > 1;
  }

  get hasCounts(): boolean {
    return this.anthropic !== undefined || this.series.statements > 0;
  }

  get usages(): readonly Usage[] {
    const usage = this.anthropic?.usage;
    const usages = this.series.usages();
    const last = usage ?? usages.at(-1);
    if (last === undefined) return [];
    const before = usage === undefined ? usages.slice(0, -1) : usages;
    return [...before, this.withDoubts(last)];
  }

  private withDoubts(usage: Usage): Usage {
    const isCut = this.statesEnd && !this.series.hasEnded;
    const doubt = firstReason(
      firstReason(usage.doubt, isCut ? 'stream_cut' : undefined),
      this.hasUnknownFee ? 'unread_usage' : undefined,
    );
    const known = ofEndedCall(usage, false, this.facts.responseModel);
    return doubt === usage.doubt || doubt === undefined ? known : { ...known, doubt };
  }
}

/**
 * The responses of a stream, by the ids that the provider gives them. Chunks without an id belong to the response
 * before them.
 */
export class StreamedResponses {
  private readonly all: StreamedResponse[] = [];
  private readonly byName = new Map<string, StreamedResponse>();
  private last: StreamedResponse | undefined;

  /** The response of a chunk. `alias`: the client's own name for it. */
  of(id: string | undefined, custom: Custom = 'cumulative', alias?: string): StreamedResponse {
    const { last } = this;
    if (last !== undefined && isNamed(last, id, alias)) return last;
    const known = this.byName.get(id ?? '') ?? this.byName.get(alias ?? '');
    // A client gives its own name to chunks without a provider's id. These chunks continue the response before them.
    const goesOn =
      id === undefined && (alias === undefined || (last?.alias === undefined && !last?.series.hasEnded));
    const found = known ?? (goesOn ? last : undefined) ?? this.add(id, custom, (id ?? alias) !== undefined);
    found.alias ??= alias;
    if (this.all.length < MAX_LISTED)
      for (const name of [id, alias]) if (name !== undefined) this.byName.set(name, found);
    this.last = found;
    return found;
  }

  /** Begins another response, which the stream does not name. */
  begin(custom: Custom = 'cumulative'): StreamedResponse {
    this.last = this.add(undefined, custom, false);
    return this.last;
  }

  /** The response that a chunk with these counts belongs to: a new one, if the response of that name is over. */
  after(response: StreamedResponse, usage: Usage | undefined, hasContent: boolean): StreamedResponse {
    return response.series.isOver(usage, hasContent) ? this.begin(response.custom) : response;
  }

  /** The usage of all responses. */
  get total(): CallFacts {
    const counted = this.all.filter(({ hasCounts }) => hasCounts);
    const parts = counted.flatMap(partsOf);
    const [first] = parts;
    if (first === undefined) return {};
    if (parts.length === 1) return { usage: this.withMissing(first.usage) };
    const sum = this.withMissing(sumOfParts(parts) ?? first.usage);
    const ids = counted.flatMap(({ id }) => id ?? []);
    return {
      usage: this.isDoubtful(counted) ? { ...sum, doubt: 'ambiguous_usage' } : sum,
      calls: parts.length,
      ...(ids.length === parts.length && { stepIds: ids }),
    };
  }

  /** Responses that have ended without counts, beside others that have some: the counts are a lower bound. */
  private withMissing(usage: Usage): Usage {
    let missing = 0;
    for (const { hasCounts, series } of this.all) {
      if (!hasCounts && series.hasEnded) missing += 1;
      // The end of a response may have another id than its counts.
      else if (hasCounts && !series.hasEnded) missing -= 1;
    }
    return missing > 0 ? { ...usage, incomplete: true } : usage;
  }

  /**
   * Some gateways give each chunk its own id. Counts with the same input, under ids that occur once and never end, may
   * therefore belong to one response.
   */
  private isDoubtful(counted: readonly StreamedResponse[]): boolean {
    if (this.all.length >= MAX_LISTED) return true;
    return counted.some((response, index) => {
      const next = counted[index + 1];
      return next !== undefined && !response.isWhole && inputOf(response) === inputOf(next);
    });
  }

  private add(id: string | undefined, custom: Custom, isNamed: boolean): StreamedResponse {
    const { last, all } = this;
    if (all.length >= MAX_LISTED && last !== undefined) return last;
    const response = new StreamedResponse(id, custom, isNamed);
    all.push(response);
    return response;
  }
}

function isNamed({ id, alias: known }: StreamedResponse, asked: string | undefined, alias?: string): boolean {
  return asked === undefined ? alias === undefined || alias === known : asked === id && alias === known;
}

function partsOf({ usages, facts }: StreamedResponse): UsagePart[] {
  return usages.map((usage) => ({ usage, model: facts.responseModel, serviceTier: facts.serviceTier }));
}

function inputOf({ usages }: StreamedResponse): number {
  return usages.reduce((sum, { tokens }) => sum + inputTokens(tokens), 0);
}
