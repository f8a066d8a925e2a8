/** Who bills a call: one starts and states its usage, below many open spans or many that have ended. */
import { loadInternals } from '../internals.js';
import { median } from '../measure.js';

const TARGET_NANOS = 150;
const CALLS = 50_000;
const ROUNDS = 31;

const STATEMENT = { of: 'call', input: 900, output: 100, calls: 1, pico: undefined, isKnown: true };

async function settling() {
  // Not part of the package's public names: spans and wrappers are nodes.
  const { SettlementNode } = await loadInternals('settlement/node.js');
  const line = (length) => {
    const nodes = [new SettlementNode(undefined)];
    while (nodes.length < length) nodes.push(new SettlementNode(nodes.at(-1)));
    return nodes;
  };
  const innermostOpen = (depth) => line(depth).at(-1);
  const innermostEnded = (depth) => {
    const nodes = line(depth + 1);
    for (const node of nodes.slice(1).reverse()) node.close();
    return nodes.at(-1);
  };
  const around = [innermostOpen(3), innermostOpen(100), innermostOpen(1000), innermostEnded(1000)];
  const nanos = around.map(() => []);
  for (let round = -5; round < ROUNDS; round++) {
    for (const [index, parent] of around.entries()) {
      const start = process.cpuUsage();
      for (let call = 0; call < CALLS; call++) {
        const node = new SettlementNode(parent);
        node.settle(STATEMENT);
        node.reportPrice(1_000_000);
      }
      const { user, system } = process.cpuUsage(start);
      if (round >= 0) nanos[index].push(((user + system) * 1000) / CALLS);
    }
  }
  const [shallow, deep, deeper, ended] = nanos.map(median).map(Math.round);
  return {
    value: Math.max(shallow, deep, deeper, ended),
    target: TARGET_NANOS,
    unit: 'ns',
    detail: `start, settle and post at depth 3: ${shallow}, 100: ${deep}, 1,000: ${deeper}, below 1,000 ended: ${ended}`,
  };
}

export const rows = { 'settling a leaf': settling };

export function prepare() {}
