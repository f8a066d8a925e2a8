/** Recognizes several records of one response by the id that the provider gave it. They are settled as one node. */
import { type EarlierRecord, SettlementNode } from './node.js';
import type { Identity, Statement } from './statement.js';

interface Response {
  node: SettlementNode;
  /** A step of the node's sum that has no record of its own. */
  isStep: boolean;
  /** Undefined when only the sum of several steps is known. */
  input: number | undefined;
  readonly output: number;
  readonly recorder: string;
  /** Other recorders of the same response. */
  others: string[] | undefined;
  /** An earlier response with the same id. */
  readonly earlier: Response | undefined;
}

export class Responses {
  /**
   * Ids kept per task, at most; the oldest is dropped first. Records of one response come close together. An entry
   * keeps the record of its span, about 500 bytes.
   */
  static readonly MAX_IDS = 2_000;

  private readonly byId = new Map<string, Response>();

  /**
   * The node with an earlier record of the same response. Undefined when calls were stated below `node`: then the tree
   * shows how much is left to bill.
   */
  findEarlier(node: SettlementNode, statement: Statement, identity: Identity): EarlierRecord {
    const { recorder } = identity;
    const isSum = statement.of === 'sum';
    const hasBelow = node.hasCallsBelow(isSum);
    let found: EarlierRecord;
    for (const id of identity.responseIds) {
      const latest = this.byId.get(id);
      if (latest === undefined) {
        this.add(id, node, statement, recorder, undefined);
        continue;
      }
      // The same node states the response again.
      if (oldest(latest, (response) => response.node === node) !== undefined) continue;
      const earlier = oldest(latest, (response) => isSame(response, statement, recorder));
      if (earlier === undefined) {
        const hasAlike = oldest(latest, (response) => isAlike(response, statement)) !== undefined;
        if (hasAlike && !identity.isWitness) found = 'ambiguous';
        this.add(id, node, statement, recorder, latest);
        continue;
      }
      earlier.others ??= [];
      earlier.others.push(recorder);
      if (hasBelow) continue;
      if (isSum) {
        if (!earlier.isStep) node.learnOf(earlier.node);
        continue;
      }
      if (earlier.isStep) {
        // The node with the sum becomes the parent of its step.
        earlier.node = new SettlementNode(earlier.node);
        earlier.node.close();
      }
      earlier.isStep = false;
      earlier.input ??= statement.input;
      found = earlier.node;
    }
    return found;
  }

  private add(
    id: string,
    node: SettlementNode,
    { of, input, output }: Statement,
    recorder: string,
    earlier: Response | undefined,
  ): void {
    const isStep = of === 'sum';
    const known = isStep ? undefined : input;
    this.byId.set(id, { node, isStep, input: known, output, recorder, others: undefined, earlier });
    node.isIdentified = true;
    if (this.byId.size <= Responses.MAX_IDS) return;
    for (const first of this.byId.keys()) {
      this.byId.delete(first);
      return;
    }
  }
}

function oldest(latest: Response | undefined, is: (response: Response) => boolean): Response | undefined {
  let found: Response | undefined;
  for (let at = latest; at !== undefined; at = at.earlier) if (is(at)) found = at;
  return found;
}

/** A recorder records a response once. The input must match, too, because some gateways give every response one id. */
function isSame(response: Response, { of, input }: Statement, recorder: string): boolean {
  if (response.recorder === recorder || response.others?.includes(recorder)) return false;
  if (of === 'sum' || !response.input || input === 0) return true;
  return input === response.input;
}

/**
 * True for two records of one recorder with the same input: alike records of different recorders are the same response.
 * They may be two calls through a gateway that gives every call one id, or a cached answer that was recorded again.
 */
function isAlike({ input, output }: Response, statement: Statement): boolean {
  return input === statement.input && output <= statement.output;
}
