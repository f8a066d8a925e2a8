/** Runs a tree through the settlement: nodes start and end in a random order. */
import { SettlementNode } from '../../src/settlement/node.js';
import { Responses } from '../../src/settlement/responses.js';
import type { Statement } from '../../src/settlement/statement.js';
import { priceOf } from './due.js';
import type { Money, Tree } from './trees.js';

export interface Running {
  readonly tree: Tree;
  readonly node: SettlementNode;
  readonly around: Running | undefined;
  isOpen: boolean;
  /** List prices that it has collected as a wrapper. */
  heldPico: number;
}

/** Everything that was billed. Tokens and calls count at once; money also waits in wrappers. */
export interface Bills {
  input: number;
  output: number;
  calls: number;
  pico: number;
  heldPico: number;
}

type Step = { tree: Tree; around: Running | undefined };

/** How often a wrapper posts what it holds before its end, as it does when its task ends. */
const RELEASES = 0.1;

export class Trace {
  readonly root = new SettlementNode(undefined);
  readonly bills: Bills = { input: 0, output: 0, calls: 0, pico: 0, heldPico: 0 };
  private readonly responses = new Responses();
  private readonly waiting: Step[];
  private readonly running: Running[] = [];
  private readonly ended: Running[] = [];

  constructor(
    tree: Tree,
    private readonly random: () => number,
    /** Called after each statement. */
    private readonly spoke: (at: Running, says: Statement | Money | undefined) => void,
  ) {
    const root = { tree, node: this.root, around: undefined, isOpen: true, heldPico: 0 };
    this.waiting = tree.children.map((child) => ({ tree: child, around: root }));
  }

  run(): void {
    const { waiting, running, ended } = this;
    while (waiting.length + running.length + ended.length > 0) {
      const at = Math.floor(this.random() * (waiting.length + running.length + ended.length));
      const inRunning = at - waiting.length;
      if (inRunning < 0) this.start(at);
      else if (inRunning < running.length) this.end(inRunning);
      else this.speakAgain(inRunning - running.length);
    }
  }

  private start(at: number): void {
    const [step] = this.waiting.splice(at, 1);
    if (step === undefined) return;
    const node = new SettlementNode(step.around?.node);
    node.kind = step.tree.kind;
    const started = { ...step, node, isOpen: true, heldPico: 0 };
    this.running.push(started);
    for (const child of step.tree.children) this.waiting.push({ tree: child, around: started });
  }

  private end(at: number): void {
    const one = this.running[at];
    if (one === undefined) return;
    if (one.tree.kind === 'wrapper' && this.random() < RELEASES) {
      one.node.releaseHeld();
      this.postHeld(one, 0);
      return;
    }
    // Case 6 in `contracted.ts`.
    if (one.tree.again !== undefined && this.hasWorkBelow(one)) return;
    this.running.splice(at, 1);
    one.isOpen = false;
    this.speak(one, one.tree.says);
    if (one.tree.again !== undefined) this.ended.push(one);
  }

  private hasWorkBelow(one: Running): boolean {
    const isBelow = ({ around }: Step) => isWithin(around, one);
    return this.waiting.some(isBelow) || this.running.some(isBelow) || this.ended.some(isBelow);
  }

  private speakAgain(at: number): void {
    const [one] = this.ended.splice(at, 1);
    if (one !== undefined) this.speak(one, one.tree.again);
  }

  private speak(one: Running, says: Statement | Money | undefined): void {
    const { node, tree } = one;
    if (says === undefined) node.close();
    else if (says.of === 'money') this.bills.pico += node.settleMoney(says.pico, says.includesBelow);
    else this.bill(one, node.settle(says, tree.identity, this.responses));
    if (tree.kind === 'wrapper' && one.heldPico > 0) this.postHeld(one, 0);
    this.spoke(one, says);
  }

  private bill(one: Running, more: ReturnType<SettlementNode['settle']>): void {
    const { bills } = this;
    bills.input += more.input;
    bills.output += more.output;
    bills.calls += more.calls;
    bills.pico += more.pico;
    const price = priceOf(more.payableInput, more.payableOutput);
    const around = wrapperAround(one);
    if (one.node.collector() !== around?.node) throw new Error('another wrapper collects it');
    if (around === undefined) this.postHeld(one, price);
    else {
      const held = one.node.reportPrice(price, around.node);
      around.heldPico += held;
      bills.heldPico += held;
    }
  }

  private postHeld(one: Running, more: number): void {
    this.bills.heldPico -= one.heldPico;
    this.bills.pico += one.node.reportPrice(one.heldPico + more);
    one.heldPico = 0;
  }
}

function isWithin(at: Running | undefined, around: Running): boolean {
  return at === around || (at?.around !== undefined && isWithin(at.around, around));
}

/** The nearest open wrapper around a span, with no scope and no tool in between. */
function wrapperAround({ tree, around }: Running): Running | undefined {
  if (tree.kind !== 'span') return undefined;
  let at = around;
  while (at !== undefined && (at.tree.kind === 'span' || (at.tree.kind === 'wrapper' && !at.isOpen))) {
    at = at.around;
  }
  return at?.tree.kind === 'wrapper' ? at : undefined;
}
