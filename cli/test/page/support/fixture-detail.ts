/** The spans of a task for the page's tests: every kind of node and mark, and as many as one asks for. */
import type {
  Arithmetic,
  BudgetBar,
  OwnCost,
  RollUp,
  TaskDetail,
  TaskRow,
  TreeNode,
} from '../../../src/task-answers.js';
import { hex, total } from './fixture-tasks.js';

function own(pico: string | null, changes: Partial<OwnCost> = {}): OwnCost {
  return {
    pico,
    kind: 'llm',
    source: 'genai-prices/openai/gpt-4o@0.1.8',
    status: null,
    reason: null,
    rateMatch: null,
    anomaly: null,
    savedPico: null,
    model: 'gpt-4o-2024-08-06',
    provider: 'openai',
    tokens: { input: 5_000, output: 1_000, cacheRead: 0, cacheWrite: 0, reasoning: 0 },
    ...changes,
  };
}

const TOOL: Partial<OwnCost> = {
  kind: 'tool',
  source: 'declared',
  model: null,
  provider: null,
  tokens: null,
};

function rollUp(scope: RollUp['scope'], pico: string, changes: Partial<RollUp> = {}): RollUp {
  return {
    scope,
    isSoFar: false,
    total: total(pico),
    llmPico: pico,
    toolPico: '0',
    wastedPico: '0',
    savedPico: '0',
    inputTokens: 15_000,
    outputTokens: 3_000,
    ...changes,
  };
}

class Spans {
  readonly nodes: TreeNode[] = [];
  constructor(
    private readonly traceId: string,
    private readonly startMillis: number,
  ) {}

  add(
    parent: TreeNode | null,
    kind: TreeNode['kind'],
    name: string,
    changes: Partial<TreeNode> = {},
  ): TreeNode {
    const index = this.nodes.length;
    const node: TreeNode = {
      traceId: this.traceId,
      spanId: hex(index + 900, 16),
      parentSpanId: parent?.spanId ?? null,
      kind,
      name,
      service: 'assistant',
      startMillis: this.startMillis + index * 130,
      endMillis: this.startMillis + index * 130 + 840,
      isFailed: false,
      statusMessage: null,
      attempt: null,
      own: null,
      rollUp: null,
      isPricedHere: false,
      stepNumber: null,
      refusedBy: null,
      ...changes,
    };
    this.nodes.push(node);
    return node;
  }
}

/** @param extra calls more than the fifteen that show all marks, in steps of twenty. */
export function sampleDetail(task: TaskRow, extra = 0): TaskDetail {
  const spans = new Spans(task.traceId, task.startMillis);
  const root = spans.add(null, 'task', task.name, {
    spanId: task.id,
    endMillis: task.endMillis ?? task.startMillis + 9_000,
    rollUp: rollUp('task', task.total.pico, { total: task.total, isSoFar: task.state === 'running' }),
  });
  const agent = spans.add(root, 'agent', 'researcher', {
    rollUp: rollUp('agent', '67512250000', {
      total: total('67512250000', { unpricedCalls: 1, isLowerBound: true }),
    }),
  });
  const first = spans.add(agent, 'step', 'step 1', { rollUp: rollUp('step', '32500000000') });
  spans.add(first, 'llm', 'chat gpt-4o', { own: own('22500000000') });
  spans.add(first, 'tool', 'execute_tool web_search', { own: own('10000000000', TOOL) });
  const second = spans.add(agent, 'step', 'step 2', { rollUp: rollUp('step', '35012250000') });
  spans.add(second, 'llm', 'chat gpt-4o', {
    isFailed: true,
    statusMessage: '429 Too Many Requests',
    own: own('0', { status: 'free' }),
  });
  spans.add(second, 'llm', 'chat gpt-4o', {
    attempt: 2,
    own: own('22512250000', { savedPico: '1000000000' }),
  });
  spans.add(second, 'llm', 'chat gpt-4o-mini', {
    own: own('12500000000', { status: 'estimated', reason: 'stream_cut', model: 'gpt-4o-mini' }),
  });
  spans.add(second, 'llm', 'chat house-model', {
    own: own(null, { status: 'unpriced', reason: 'unknown_model', source: null, model: 'house-model-7b' }),
  });
  const inner = spans.add(root, 'agent', 'writer', { rollUp: rollUp('agent', '16205250000') });
  spans.add(inner, 'llm', 'invoke_agent sum', {
    own: own(null, { status: 'not_billed', reason: 'aggregate', source: null }),
  });
  spans.add(inner, 'llm', 'ChatCompletion', {
    isPricedHere: true,
    own: own('16205250000'),
    service: 'python-writer',
  });
  spans.add(inner, 'llm', 'chat gpt-4o', {
    isFailed: true,
    statusMessage: 'BudgetExceededError: the budget of the task is used up',
    own: null,
    refusedBy: { scope: 'task', measure: 'usd' },
  });
  spans.add(root, 'tool', 'execute_tool vector_store_query_with_a_rather_long_name_for_a_tool', {
    own: own('0', { ...TOOL, status: 'free' }),
  });
  addMore(spans, root, extra);
  return {
    task,
    nodes: spans.nodes,
    hiddenNodes: 0,
    check: { state: 'equal', ownPico: task.total.pico, remotePico: '0', rollUpPico: task.total.pico },
    budgets: task.budgetPico === null ? [] : budgets(task, spans.nodes),
  };
}

function addMore(spans: Spans, root: TreeNode, extra: number): void {
  let step: TreeNode | undefined;
  for (let index = 0; index < extra; index += 1) {
    if (index % 20 === 0)
      step = spans.add(root, 'step', `step ${index / 20 + 3}`, { rollUp: rollUp('step', '1000000000') });
    spans.add(step ?? root, 'llm', `chat call ${index + 1}`, { own: own('50000000') });
  }
}

function budgets(task: TaskRow, nodes: TreeNode[]): BudgetBar[] {
  const refusals = nodes
    .filter((node) => node.refusedBy !== null)
    .map(({ traceId, spanId, name, startMillis }) => ({ traceId, spanId, name, timeMillis: startMillis }));
  return [
    { scope: 'task', measure: 'usd', limit: task.budgetPico, spent: task.total.pico, isOver: true, refusals },
    {
      scope: 'team',
      measure: 'usd',
      limit: '5000000000000',
      spent: '1312004500123',
      isOver: false,
      refusals: [],
    },
    { scope: 'task', measure: 'steps', limit: '20', spent: '12', isOver: false, refusals: [] },
  ];
}

export function sampleArithmetic(node: TreeNode): Arithmetic | undefined {
  if (node.own === null) return undefined;
  const hasLines = node.own.pico === '22500000000';
  return {
    own: node.own,
    lines: hasLines
      ? [
          {
            label: 'input tokens',
            quantity: '5000',
            unit: 'token',
            usdPerUnit: '0.0000025',
            pico: '12500000000',
          },
          {
            label: 'output tokens',
            quantity: '1000',
            unit: 'token',
            usdPerUnit: '0.00001',
            pico: '10000000000',
          },
        ]
      : [],
    notes: [
      hasLines
        ? 'List price of OpenAI for gpt-4o, in genai-prices 0.1.8 of 2026-11-12.'
        : 'The amount was stated by the app.',
    ],
    addsUp: hasLines,
  };
}
