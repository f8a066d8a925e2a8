/** A random piece of an app's work: wrappers and spans of other instrumentations, inside each other. Pure data. */

const MAX_NODES = 18;
const MAX_DEPTH = 6;
const MODELS = ['gpt-4o', 'gpt-4o-mini', 'claude-sonnet-4-5', 'made-up'];
const COUNTS = [0, 10, 1200, 5000];

/** Kinds of nodes with children, and without. A kind that is listed twice comes twice as often. */
const SCOPES = ['task', 'task', 'agent', 'agent', 'step', 'session', 'foreign agent'];
const LEAVES = [
  'llm',
  'llm',
  'llm',
  'tool',
  'tool',
  'foreign chat',
  'foreign chat',
  'foreign tool',
  'foreign plain',
  'cost',
  'usage',
];

/**
 * @typedef {object} Node
 * @property {number} number from 0; it is in the name of what the node makes
 * @property {string} kind
 * @property {Node[]} children
 * @property {boolean} isParallel whether the children run side by side
 * @property {boolean} isLoose whether nobody waits for it, so that it may end after what is around it
 * @property {boolean} isRoot whether it begins outside of what is around it: a trace of its own
 * @property {string} model
 * @property {number} input
 * @property {number} output
 * @property {string} responseId
 * @property {Record<string, any>} choice what else is to be chosen
 */

/** @param {ReturnType<typeof import('./random.mjs').randomOf>} random @param {string} label @returns {Node[]} */
export function planWork(random, label) {
  let count = 0;
  const plan = (depth) => {
    const number = count++;
    const isLeaf = depth > 0 && (depth >= MAX_DEPTH || random.chance(0.5));
    const kind = random.pick(isLeaf ? LEAVES : depth === 0 && random.chance(0.5) ? ['task'] : SCOPES);
    const node = {
      number,
      kind,
      children: [],
      isParallel: random.chance(0.4),
      isLoose: depth > 0 && random.chance(0.08),
      isRoot: random.chance(0.03),
      model: random.pick(MODELS),
      input: random.pick(COUNTS),
      output: random.pick(COUNTS),
      // Seldom the same: a response that is seen twice.
      responseId: `${label}, ${random.chance(0.9) ? number : random.below(3)}`,
      choice: choiceOf(random, kind),
    };
    const most = isLeaf ? (mayHold(kind) && random.chance(0.35) ? 2 : 0) : 1 + random.below(4);
    for (let child = 0; child < most && count < MAX_NODES; child++) node.children.push(plan(depth + 1));
    repeatUsage(random, node);
    return node;
  };
  const roots = [plan(0)];
  if (random.chance(0.3)) roots.push(plan(0));
  return roots;
}

function mayHold(kind) {
  return kind !== 'cost' && kind !== 'usage';
}

/** An instrumentation inside of a wrapped call sees the same response; an agent's span sums up what is below it. */
function repeatUsage(random, node) {
  const [first] = node.children;
  if (node.kind === 'llm' && first?.kind === 'foreign chat' && random.chance(0.8)) {
    const { model, input, output, responseId } = node;
    Object.assign(first, { model, input, output });
    if (random.chance(0.6)) first.responseId = responseId;
  }
  if (node.kind === 'foreign agent' && random.chance(0.6)) {
    const calls = node.children.filter(({ kind }) => kind === 'llm' || kind === 'foreign chat');
    node.input = calls.reduce((sum, { input }) => sum + input, 0);
    node.output = calls.reduce((sum, { output }) => sum + output, 0);
    node.choice.says = calls.length > 0;
  }
}

function choiceOf(random, kind) {
  switch (kind) {
    case 'llm':
      return {
        form: random.pick(['async', 'async', 'async', 'sync', 'stream', 'stream', 'wrapped']),
        says: random.pick([
          'response',
          'response',
          'response',
          'nothing',
          'handle',
          'global',
          'late',
          'both',
        ]),
        ends: random.pick(['well', 'well', 'well', 'well', '429', '400', 'error', 'cut']),
        hasRequest: random.chance(0.5),
        hasMost: random.chance(0.5),
      };
    case 'tool':
      return {
        form: random.pick(['async', 'async', 'sync', 'wrapped']),
        price: random.pick(['none', 'none', 'declared', 'function', 'billable', 'children', 'wrong']),
        gives: random.pick(['text', 'text', 'result', 'plain', 'error result', 'thrown', 'action error']),
        name: random.pick(['search', 'paid', 'lookup', 'local']),
        unwrap: random.chance(0.2),
      };
    case 'cost':
      return {
        usd: random.pick([0.25, 0.001, 0, -1, Number.NaN]),
        kind: random.pick(['other', 'llm', 'tool', 'compute', 'storage', undefined]),
      };
    case 'task':
      return {
        outcome: random.pick(['none', 'none', 'none', 'succeed', 'fail', 'cancel', 'throw']),
        sessionId: random.chance(0.25) ? random.pick(['s1', 's2']) : undefined,
        team: random.chance(0.15) ? random.pick(['red', 'blue']) : undefined,
        budget: random.chance(0.15) ? budgetOf(random) : undefined,
      };
    case 'agent':
      return {
        outcome: random.chance(0.08) ? 'throw' : 'none',
        budget: random.chance(0.08) ? budgetOf(random) : undefined,
      };
    case 'session':
      return { id: random.pick(['s1', 's2', 's3']) };
    case 'step':
      return { outcome: random.chance(0.05) ? 'throw' : 'none' };
    default:
      return {
        says: random.chance(0.9),
        isLate: random.chance(0.3),
        isFailed: random.chance(0.08),
        endsEarly: random.chance(0.1),
        session: random.chance(0.05) ? 's2' : undefined,
      };
  }
}

/**
 * Budgets that refuse nothing: the two builds estimate and refuse by different rules, and one call that only one of them
 * makes changes everything after it. Which calls a budget refuses is in `test/budgets` and `scenarios/budgets.mjs`.
 */
function budgetOf(random) {
  return {
    ...random.pick([
      { usd: 0.02 },
      { usd: 0.0001 },
      { llmCalls: 2 },
      { tokens: 3000 },
      { steps: 1 },
      { toolUsd: 0.01 },
    ]),
    mode: random.pick(['warn', 'observe']),
    unknownPrice: random.pick(['allow', 'allow', 'refuse']),
    reserveTimeoutMillis: 0,
  };
}
