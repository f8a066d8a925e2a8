import type { Distribution, Overview } from '../../src/api.js';
import type { Total } from '../../src/figures.js';
import type { OwnCost, RollUp, TaskDetail, TaskRow, TreeNode } from '../../src/task-answers.js';

export function total(pico: bigint | number, rest: Partial<Total> = {}): Total {
  return { pico: String(pico), estimatedPico: '0', unpricedCalls: 0, isLowerBound: false, ...rest };
}

/** An ended task of $0.01, unless the test says otherwise. */
export function task(id: string, rest: Partial<TaskRow> = {}): TaskRow {
  return {
    id,
    traceId: 't1',
    name: 'answer',
    sessionId: 's-1',
    service: 'agents',
    state: 'ended',
    outcome: 'success',
    startMillis: 0,
    endMillis: 1000,
    steps: 1,
    inputTokens: 1000,
    outputTokens: 50,
    llmCalls: 1,
    toolCalls: 1,
    failedCalls: 0,
    retries: 0,
    llmPico: '0',
    toolPico: '0',
    otherPico: '0',
    total: total(10_000_000_000n),
    wastedPico: '0',
    budgetPico: null,
    isOverBudget: false,
    isPricedHere: false,
    timesMedian: null,
    outlier: null,
    attribution: {},
    ...rest,
  };
}

export function own(pico: bigint | null, rest: Partial<OwnCost> = {}): OwnCost {
  return {
    pico: pico === null ? null : String(pico),
    ...{ kind: 'llm', source: 'genai-prices/openai/gpt-4o@1', status: null, reason: null, rateMatch: null },
    ...{ anomaly: null, savedPico: null, model: 'gpt-4o', provider: 'openai' },
    tokens: { input: 1200, output: 30, cacheRead: 0, cacheWrite: 0, reasoning: 0 },
    ...rest,
  };
}

export function rollUp(scope: RollUp['scope'], pico: bigint, rest: Partial<RollUp> = {}): RollUp {
  return {
    ...{
      scope,
      isSoFar: false,
      total: total(pico),
      llmPico: '0',
      toolPico: '0',
      wastedPico: '0',
      savedPico: '0',
    },
    ...{ inputTokens: 1200, outputTokens: 30 },
    ...rest,
  };
}

export function node(spanId: string, parentSpanId: string | null, rest: Partial<TreeNode>): TreeNode {
  return {
    ...{
      traceId: 't1',
      spanId,
      parentSpanId,
      kind: 'other',
      name: spanId,
      service: null,
      startMillis: 0,
      endMillis: 1,
    },
    ...{ isFailed: false, statusMessage: null, attempt: null, own: null, rollUp: null, isPricedHere: false },
    stepNumber: null,
    refusedBy: null,
    ...rest,
  };
}

export function detail(
  row: TaskRow,
  nodes: TreeNode[],
  state: TaskDetail['check']['state'] = 'equal',
): TaskDetail {
  const check = { state, ownPico: row.total.pico, remotePico: '0', rollUpPico: row.total.pico };
  return { task: row, nodes, hiddenNodes: 0, check, budgets: [] };
}

export function distribution(
  now: [p50: bigint, p90: bigint] | null,
  before: bigint | null = null,
): Distribution {
  const of = (p50: bigint, p90: bigint) => ({
    count: 4,
    incomplete: 0,
    p50Pico: String(p50),
    p90Pico: String(p90),
    p99Pico: String(p90),
  });
  return { now: now && of(...now), before: before === null ? null : of(before, before), bins: [], names: [] };
}

export function overview(spent: Total): Overview {
  const none = total(0);
  return {
    asOfMillis: 0,
    window: { fromMillis: 0, toMillis: 1, name: '24h' },
    ticker: {
      ...{
        usdPerHourPico: '0',
        isRateLowerBound: false,
        rateOverMillis: 1,
        activeTasks: 0,
        spent,
        wastedPico: '0',
        today: none,
        month: none,
      },
      ...{ projectedTodayPico: null, projectedMonthPico: null, projection: '' },
      series: { startMillis: 0, stepMillis: 1, pico: [] },
    },
  };
}
