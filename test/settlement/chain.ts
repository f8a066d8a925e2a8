/** A program: prints the bytes kept by a chain of nodes, each started below one that has ended, or is about to end. */
import { SettlementNode } from '../../src/settlement/node.js';
import { Responses } from '../../src/settlement/responses.js';
import { by, call } from './support.js';

const [, , form = '', length] = process.argv;
const responses = new Responses();
const isOverlapping = form.endsWith('below an open one');

function end(node: SettlementNode, place: number): void {
  if (form === 'wrappers') node.kind = 'wrapper';
  if (form.startsWith('nothing')) node.close();
  else if (form === 'tools') endTool(node);
  else if (form === 'ids') node.settle(call(100), by('x', `r${place}`), responses);
  else node.settle(call(form.startsWith('ever less') ? 2_000_000 - place : 100));
}

function endTool(node: SettlementNode): void {
  node.kind = 'tool';
  node.settleMoney(5, true);
}

globalThis.gc?.();
const before = process.memoryUsage().heapUsed;
let last = new SettlementNode(undefined);
for (let place = 0; place < Number(length); place++) {
  const early = isOverlapping ? new SettlementNode(last) : undefined;
  end(last, place);
  last = early ?? new SettlementNode(last);
}
globalThis.gc?.();
console.log(process.memoryUsage().heapUsed - before);
// Both are in use to the end.
if (last.depth === 0) console.error(responses);
