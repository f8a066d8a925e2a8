/** Random work of agents, and its figures by plain sums. */
import fc from 'fast-check';
import type { DecodedSpan } from '../../src/otlp/span.js';
import { call, START, span, task } from '../support/made.js';

export interface Leaf {
  kind: 'llm' | 'tool';
  /** Null for an unknown cost. */
  pico: number | null;
  status: 'estimated' | 'unpriced' | 'not_billed' | undefined;
  isFailed: boolean;
  model: string;
  tokens: number;
  /** In the sub-task of the task, if there is one. */
  isInside: boolean;
}

export interface Work {
  name: string;
  session: string | undefined;
  team: string | undefined;
  outcome: 'success' | 'failure' | undefined;
  /** `late`: a correction states the last leaf, too. */
  end: 'running' | 'ended' | 'late';
  hasSubTask: boolean;
  isSubFailed: boolean;
  leaves: Leaf[];
}

const leaf: fc.Arbitrary<Leaf> = fc
  .record({
    kind: fc.constantFrom('llm' as const, 'tool' as const),
    pico: fc.oneof(fc.integer({ min: 0, max: 2 ** 40 }), fc.constantFrom(150_000, 1, 0, 10 ** 15)),
    status: fc.constantFrom(
      undefined,
      undefined,
      undefined,
      'estimated' as const,
      'unpriced' as const,
      'not_billed' as const,
    ),
    isFailed: fc.boolean(),
    model: fc.constantFrom('gpt-4o', 'haiku', "o'model"),
    tokens: fc.integer({ min: 0, max: 100_000 }),
    isInside: fc.boolean(),
  })
  .map((one) => (one.status === 'unpriced' || one.status === 'not_billed' ? { ...one, pico: null } : one));

export const works: fc.Arbitrary<Work[]> = fc.array(
  fc.record({
    name: fc.constantFrom('research', 'support', 'x"; DROP TABLE spans; --'),
    session: fc.constantFrom(undefined, 's-1', 's-2'),
    team: fc.constantFrom(undefined, 'a', 'b'),
    outcome: fc.constantFrom('success' as const, 'failure' as const, undefined),
    end: fc.constantFrom('running' as const, 'ended' as const, 'late' as const),
    hasSubTask: fc.boolean(),
    isSubFailed: fc.boolean(),
    leaves: fc.array(leaf, { minLength: 1, maxLength: 6 }),
  }),
  { minLength: 1, maxLength: 8 },
);

export const sum = (amounts: (number | null)[]): bigint =>
  amounts.reduce((total, pico) => total + BigInt(pico ?? 0), 0n);
const usd = (amounts: (number | null)[]): number => Number(sum(amounts)) / 1e12;
const picos = (leaves: Leaf[]) => leaves.map(({ pico }) => pico);
export const isWasted = (work: Work, { isFailed, isInside }: Leaf) =>
  isFailed ||
  (work.end !== 'running' &&
    (work.outcome === 'failure' || (work.hasSubTask && work.isSubFailed && isInside)));

export function idOf(index: number): string {
  return `f${index.toString(16).padStart(15, '0')}`;
}

/** The spans of the works, in the order of their ends. */
export function spansOf(all: readonly Work[]): DecodedSpan[] {
  return all.flatMap((work, index) => {
    const id = idOf(index);
    const labels = {
      'task.name': work.name,
      ...(work.session === undefined ? {} : { 'session.id': work.session }),
      ...(work.team === undefined ? {} : { 'cost.tag.team': work.team }),
    };
    const subId = `e${id.slice(1)}`;
    const traceId = id.padStart(32, '0');
    const spans = work.leaves.map((one) => {
      const isInside = work.hasSubTask && one.isInside;
      const where = isInside
        ? { 'task.id': subId, 'task.root_id': id, 'task.name': 'inner' }
        : { 'task.id': id };
      const attributes = {
        ...labels,
        ...where,
        'cost.kind': one.kind,
        'gen_ai.response.model': one.model,
        'gen_ai.usage.input_tokens': one.tokens,
        ...(one.status === undefined ? {} : { 'cost.status': one.status }),
      };
      return call(one.pico === null ? undefined : one.pico / 1e12, attributes, {
        traceId,
        parentSpanId: isInside ? subId : id,
        statusCode: one.isFailed ? 2 : 0,
      });
    });
    if (work.end === 'running') return spans;
    const stated = (leaves: Leaf[]) => statedBy(work, leaves);
    const inside = work.leaves.filter((one) => one.isInside);
    if (work.hasSubTask) {
      const own = {
        ...labels,
        ...stated(inside),
        'task.id': subId,
        'task.root_id': id,
        'task.name': 'inner',
      };
      spans.push(
        task(
          subId,
          usd(picos(inside)),
          { ...own, 'task.outcome': work.isSubFailed ? 'failure' : 'success' },
          { traceId, parentSpanId: id },
        ),
      );
    }
    const first = work.end === 'late' ? work.leaves.slice(0, -1) : work.leaves;
    const attributes = { ...labels, 'task.id': id, 'task.outcome': work.outcome };
    spans.push(task(id, usd(picos(first)), { ...attributes, ...stated(first) }, { traceId }));
    if (work.end === 'late') {
      const { attributes: again } = task('', usd(picos(work.leaves)), {
        ...attributes,
        ...stated(work.leaves),
      });
      spans.push(
        span(again, { name: 'cost correction', traceId, parentSpanId: id, startMillis: START + 500 }),
      );
    }
    return spans;
  });
}

/** The roll-up that the ledger states. */
function statedBy(work: Work, leaves: Leaf[]) {
  const billed = leaves.filter(({ status }) => status !== 'not_billed');
  const unpriced = billed.filter(({ pico, status }) => pico === null && status !== 'estimated').length;
  return {
    'task.llm_cost_usd': usd(picos(billed.filter(({ kind }) => kind === 'llm'))),
    'task.tool_cost_usd': usd(picos(billed.filter(({ kind }) => kind === 'tool'))),
    'task.estimated_cost_usd': usd(picos(billed.filter(({ status }) => status === 'estimated'))),
    'task.wasted_cost_usd': usd(picos(billed.filter((one) => isWasted(work, one)))),
    'task.llm_calls': billed.filter(({ kind }) => kind === 'llm').length,
    'task.tool_calls': billed.filter(({ kind }) => kind === 'tool').length,
    'task.failed_calls': billed.filter(({ isFailed }) => isFailed).length,
    'task.unpriced_calls': unpriced,
    'task.cost_complete': unpriced === 0,
  };
}
