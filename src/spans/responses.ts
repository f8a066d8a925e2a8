import { INPUT_KINDS, inputTokens, outputTokens, type TokenCounts, type Usage } from '../usage/usage.js';
import { PACKAGE_NAME } from '../version.js';
import { addSeen, addToSeen, newSeen, type Seen, tokensAbove } from './seen.js';

interface Recorded {
  tokens: TokenCounts;
  reportedCostUsd: number | undefined;
  recorder: string;
}

/** Why a record of a call that was billed before is not billed again. */
export type Repeat = 'duplicate' | 'replay';

/** The responses billed in one task, by the id the provider gave them. Dies with its task. */
export class Responses {
  /**
   * Responses remembered in one task. Records of one call come close together, and a row is some 200 bytes; the
   * oldest is forgotten first.
   */
  static readonly MAX_IDS = 2_000;

  private readonly byId = new Map<string, Recorded>();

  /**
   * What of a record nobody was billed for: all of it, when its id is new or its counts are those of another call (some
   * gateways give every response one id); the rest, when it is a later record of the same call; else why not.
   */
  take(id: string, usage: Usage, recorder: string): Usage | Repeat {
    const earlier = this.byId.get(id);
    const isSame =
      earlier !== undefined && !areTwoCalls(earlier, recorder) && isSameCall(earlier, usage.tokens, recorder);
    if (isSame && !hasMore(usage.tokens, earlier.tokens)) {
      return earlier.recorder === recorder ? 'replay' : 'duplicate';
    }
    this.remember(id, { tokens: usage.tokens, reportedCostUsd: usage.reportedCostUsd, recorder });
    return isSame ? restOf(usage, earlier) : usage;
  }

  /** What was billed below, with what others were billed for of these responses, wherever that was. */
  billedOf(ids: readonly string[], recorder: string, below: Seen | undefined): Seen | undefined {
    if (ids.length === 0) return below;
    const billed = ids
      .flatMap((id) => this.byId.get(id) ?? [])
      .filter((earlier) => earlier.recorder !== recorder);
    if (billed.length === 0) return below;
    const seen = newSeen();
    if (below !== undefined) addSeen(seen, below);
    for (const { tokens } of billed) addToSeen(seen, tokens, 0, 0, 1);
    return seen;
  }

  private remember(id: string, record: Recorded): void {
    if (this.byId.size >= Responses.MAX_IDS && !this.byId.has(id)) {
      for (const oldest of this.byId.keys()) {
        this.byId.delete(oldest);
        break;
      }
    }
    this.byId.set(id, record);
  }
}

/** The responses that a call's usage is of: those of all its steps, where it sums up several. */
export function idsOf(
  call: { responseId: string | undefined },
  stepIds: readonly string[],
): readonly string[] {
  if (stepIds.length > 0 || call.responseId === undefined) return stepIds;
  return [call.responseId];
}

/** A wrapper of ours sees a call being made: two of them are two calls, whatever ids a gateway gives. */
function areTwoCalls(earlier: Recorded, recorder: string): boolean {
  return recorder === PACKAGE_NAME && earlier.recorder === PACKAGE_NAME;
}

/**
 * The same id, the same input and no count falling. Two instrumentations may split the input differently (one drops
 * the cached part), so between them the whole is compared; one instrumentation would not.
 */
function isSameCall(earlier: Recorded, tokens: TokenCounts, recorder: string): boolean {
  if (inputTokens(earlier.tokens) !== inputTokens(tokens)) return false;
  if (outputTokens(earlier.tokens) > outputTokens(tokens)) return false;
  return earlier.recorder !== recorder || INPUT_KINDS.every((part) => earlier.tokens[part] === tokens[part]);
}

function hasMore(later: TokenCounts, earlier: TokenCounts): boolean {
  return outputTokens(later) > outputTokens(earlier);
}

function restOf(later: Usage, earlier: Recorded): Usage {
  const { others: _others, units: _units, reportedCostUsd, ...rest } = later;
  const usage: Usage = { ...rest, tokens: tokensAbove(later.tokens, earlier.tokens) };
  if (reportedCostUsd !== undefined && earlier.reportedCostUsd !== undefined) {
    usage.reportedCostUsd = Math.max(0, reportedCostUsd - earlier.reportedCostUsd);
  }
  return usage;
}
