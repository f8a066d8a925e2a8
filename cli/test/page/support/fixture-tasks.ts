/** Tasks for the page's tests: plausible ones, and one of each rare state. Always the same. */
import type { Total } from '../../../src/figures.js';
import type { TaskRow } from '../../../src/task-answers.js';

const NAMES = ['research', 'support ticket', 'code review', 'nightly digest'];
const TEAMS = ['search', 'growth', 'platform'];

/** A small generator, so that the screenshots are the same each time. */
export function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}

export function hex(index: number, digits: number): string {
  return ((index + 1) * 2_654_435_761).toString(16).repeat(4).slice(0, digits).padStart(digits, '0');
}

export function total(pico: string, changes: Partial<Total> = {}): Total {
  return { pico, estimatedPico: '0', unpricedCalls: 0, isLowerBound: false, ...changes };
}

export function taskRow(index: number, nowMillis: number, changes: Partial<TaskRow> = {}): TaskRow {
  const random = randomNumbers(index + 7);
  const name = NAMES[index % NAMES.length] ?? 'research';
  const scale = [9_000, 1_400, 4_200, 21_000][index % 4] ?? 1;
  const inputTokens = Math.floor(scale * (0.5 + random()));
  const outputTokens = Math.floor(inputTokens / 9);
  const llm = BigInt(inputTokens) * 2_500_000n + BigInt(outputTokens) * 10_000_000n;
  const tool = index % 4 === 1 ? 0n : BigInt(1 + Math.floor(random() * 3)) * 5_000_000_000n;
  const startMillis = nowMillis - index * 41_000 - 9_000;
  return {
    id: hex(index, 16),
    traceId: hex(index, 32),
    name,
    sessionId: `chat-${index % 9}`,
    service: 'assistant',
    state: 'ended',
    outcome: index % 11 === 5 ? 'failure' : index % 17 === 9 ? 'cancelled' : 'success',
    startMillis,
    endMillis: startMillis + Math.floor(1_500 + random() * 34_000),
    steps: 2 + Math.floor(random() * 7),
    inputTokens,
    outputTokens,
    llmCalls: 3 + Math.floor(random() * 4),
    toolCalls: Number(tool / 5_000_000_000n),
    failedCalls: 0,
    retries: 0,
    llmPico: llm.toString(),
    toolPico: tool.toString(),
    otherPico: '0',
    total: total((llm + tool).toString()),
    wastedPico: '0',
    budgetPico: null,
    isOverBudget: false,
    isPricedHere: false,
    timesMedian: 1,
    outlier: null,
    attribution: { team: TEAMS[index % 3] ?? 'search', user: `user-${index % 23}` },
    ...changes,
  };
}

/** In the order of their starts, the last first. The first ones have the rare states. */
export function sampleTasks(count: number, nowMillis: number): TaskRow[] {
  const rare: Partial<TaskRow>[] = [
    { state: 'running', outcome: null, endMillis: null, total: total('31240000000', { isLowerBound: true }) },
    {
      outlier: '2.4 × the median: 3 retries, $0.03',
      timesMedian: 2.4,
      total: total('83717500000'),
      llmPico: '73717500000',
      toolPico: '10000000000',
      retries: 3,
      failedCalls: 3,
      wastedPico: '30000000000',
    },
    {
      total: total('48210375000', { unpricedCalls: 2, isLowerBound: true }),
      llmPico: '38210375000',
      toolPico: '10000000000',
    },
    { total: total('9120045000', { estimatedPico: '1000000000' }), llmPico: '9120045000', toolPico: '0' },
    {
      outlier: '3.1 × the median: 9 steps more, $0.21',
      timesMedian: 3.1,
      total: total('312004500123'),
      llmPico: '302004500123',
      toolPico: '10000000000',
      outcome: 'failure',
      budgetPico: '300000000000',
      isOverBudget: true,
      wastedPico: '312004500123',
    },
    { isPricedHere: true, service: 'python-agent', total: total('1234'), llmPico: '1234', toolPico: '0' },
  ];
  return Array.from({ length: count }, (_, index) => taskRow(index, nowMillis, rare[index] ?? {}));
}
