/** Short words for the examples: nodes, statements, and the bill of each at one pico-dollar a token. */
import { SettlementNode } from '../../src/settlement/node.js';
import type { Responses } from '../../src/settlement/responses.js';
import type { Identity, NodeKind, Statement } from '../../src/settlement/statement.js';

export function call(input: number, output = 0, more: Partial<Statement> = {}): Statement {
  return { of: 'call', input, output, calls: 1, pico: undefined, isKnown: true, ...more };
}

export function sum(input: number, output = 0, more: Partial<Statement> = {}): Statement {
  return call(input, output, { of: 'sum', ...more });
}

/** A reported bill of a call whose tokens are unknown. */
export function dollars(pico: number): Statement {
  return call(0, 0, { pico });
}

export const UNKNOWN = call(0, 0, { isKnown: false });

export function by(recorder: string, ...ids: string[]): Identity {
  return { recorder, responseIds: ids, isWitness: false };
}

export function start(kind: NodeKind, around?: SettlementNode): SettlementNode {
  const node = new SettlementNode(around);
  node.kind = kind;
  return node;
}

/** Starts nodes one below the other, outermost first. */
export function line<const Kinds extends readonly NodeKind[]>(
  ...kinds: Kinds
): { [Place in keyof Kinds]: SettlementNode } {
  let around: SettlementNode | undefined;
  const nodes = kinds.map((kind) => {
    around = start(kind, around);
    return around;
  });
  return nodes as { [Place in keyof Kinds]: SettlementNode };
}

/** Money in a bill's place where an open wrapper holds it. */
export const HELD = 'held';

export interface Billed {
  input: number;
  output: number;
  calls: number;
  money: number | typeof HELD;
  flag: string | undefined;
  elsewhere: string | undefined;
  resolves: number;
}

/** Makes a statement, and prices its payable tokens. */
export function bill(
  node: SettlementNode,
  says: Statement,
  identity?: Identity,
  responses?: Responses,
): Billed {
  const collector = node.collector();
  const { input, output, calls, flag, resolves, billedElsewhere, ...more } = node.settle(
    says,
    identity,
    responses,
  );
  const posted = node.reportPrice(more.payableInput + more.payableOutput, collector);
  const money = collector === undefined ? more.pico + posted : HELD;
  return { input, output, calls, money, flag, elsewhere: billedElsewhere, resolves };
}

export function money(...given: Parameters<typeof bill>): number | typeof HELD {
  return bill(...given).money;
}

/** The cost of a tool, on top of everything below. */
export function fee(node: SettlementNode, pico: number): number {
  return node.settleMoney(pico, false);
}

/** The cost of a tool that includes the money below. */
export function total(node: SettlementNode, pico: number): number {
  return node.settleMoney(pico, true);
}
