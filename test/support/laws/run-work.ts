/** Runs random work through the public API and a tracer of another instrumentation. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  ActionError,
  ActionResult,
  type CostKind,
  recordCost,
  type Totals,
  withAgent,
  withLlm,
  withSession,
  withStep,
  withTask,
  withTool,
  wrapTool,
} from '../../../src/index.js';
import { runForeign } from './foreign-work.js';
import { modelOf, type Work } from './work.js';

/** Put on the spans that enter a session, by its id. */
export const ENTERS_SESSION = 'law.session';

/** What a wrapped function of the app throws. */
class Failure extends Error {}

interface Scope {
  readonly span: { spanContext(): { spanId: string } };
  readonly totals: Totals;
}

export interface RunOptions {
  /** What every response carries as its id. Default: wrapped calls have one each, others none. */
  responseId?: string | undefined;
  /** Wrapped calls give no response; their usage is recorded when all work is over. */
  lateUsage?: boolean;
}

/** What one case leaves behind. */
export class Run {
  /** Handles by kind, in order of start. */
  readonly scopes: { work: Work; scope: Scope }[] = [];
  private readonly pending: Promise<void>[] = [];
  private readonly afterwards: (() => void)[] = [];
  private responses = 0;

  constructor(
    readonly prefix: string,
    private readonly options: RunOptions = {},
  ) {}

  sessionId(work: Work): string {
    return `${this.prefix}-${work.session}`;
  }

  /** Runs trees side by side, until all their work is done, what nobody waits for included. */
  async all(forest: readonly Work[]): Promise<void> {
    for (const work of forest) this.pending.push(this.one(work));
    for (const one of this.pending) await one;
    for (const record of this.afterwards) {
      await turns(1);
      record();
    }
  }

  async one(work: Work): Promise<void> {
    await turns(work.waits[0]);
    try {
      await this.operation(work);
    } catch (error) {
      if (!(error instanceof Failure || error instanceof ActionError)) throw error;
    }
  }

  /** What happens inside an operation. */
  async inside(work: Work): Promise<void> {
    const together: Promise<void>[] = [];
    for (const child of work.children) {
      await turns(work.waits[1]);
      const running = this.one(child);
      if (child.detached) this.pending.push(running);
      else if (work.parallel) together.push(running);
      else await running;
    }
    await Promise.all(together);
    await turns(work.waits[2]);
  }

  private async operation(work: Work): Promise<unknown> {
    switch (work.kind) {
      case 'session':
      case 'task':
      case 'agent':
      case 'step':
        return this.scope(work);
      case 'llm':
        return withLlm({ provider: 'openai', model: modelOf(work) }, (call) => {
          if (!this.options.lateUsage)
            return this.body(work, () => responseOf(work, this.options.responseId ?? this.nextId()));
          const { inputTokens, outputTokens } = work;
          this.afterwards.push(() => call.recordUsage({ inputTokens, outputTokens }));
          return this.body(work, () => undefined);
        });
      case 'tool':
        return this.tool(work);
      case 'record': {
        recordCost(work.costUsd, { kind: RECORDED_KINDS[work.form] ?? 'other', name: 'fee' });
        return this.inside(work);
      }
      default:
        return runForeign(work, this.options.responseId, () => this.inside(work));
    }
  }

  /** Without an id, a response that happens to say what the calls of an agent inside add up to would be theirs. */
  private nextId(): string {
    this.responses += 1;
    return `${this.prefix}-response-${this.responses}`;
  }

  private async scope(work: Work): Promise<unknown> {
    const enter = (scope: Scope) => {
      this.scopes.push({ work, scope });
      return this.body(work, () => work.form);
    };
    switch (work.kind) {
      case 'session': {
        const id = this.sessionId(work);
        return withSession(id, (session) => {
          session.span.setAttribute(ENTERS_SESSION, id);
          return enter(session);
        });
      }
      case 'task': {
        const sessionId = work.form < 3 ? this.sessionId(work) : undefined;
        return withTask({ name: 'task', ...(sessionId !== undefined && { sessionId }) }, (task) => {
          if (sessionId !== undefined) task.span.setAttribute(ENTERS_SESSION, sessionId);
          if (work.form === 4) task.fail('it says so');
          if (work.form === 5) task.cancel();
          return enter(task);
        });
      }
      case 'agent':
        return withAgent('agent', enter);
      default:
        return withStep('step', enter);
    }
  }

  /** A wrapped function's work and result: at once, or after what is inside it. */
  private body<R>(work: Work, result: () => R): R | Promise<R> {
    if (work.sync) {
      this.pending.push(this.inside(work));
      if (work.throws) throw new Failure();
      return result();
    }
    return this.inside(work).then(() => {
      if (work.throws) throw new Failure();
      return result();
    });
  }

  private async tool(work: Work): Promise<unknown> {
    const { costUsd } = work;
    const run = <R>(result: () => R) => this.body({ ...work, throws: false }, result);
    switch (toolForm(work)) {
      case 'declared':
        return withTool({ name: 'declared', costUsd }, () => this.body(work, () => ({ costUsd: 7 })));
      case 'returned':
        return withTool('returned', () => run(() => new ActionResult('data', { costUsd })));
      case 'returned error':
        return withTool('failing', () => run(() => new ActionError('no luck', { costUsd })));
      case 'thrown error':
        return withTool('failing', () =>
          run(() => {
            throw new ActionError('no luck', { costUsd });
          }),
        );
      case 'plain':
        return withTool({ name: 'billable', billable: true }, () => run(() => ({ cost_usd: costUsd })));
      case 'computed':
        return wrapTool({ name: 'computed', costUsd: (_, [usd]) => Number(usd) }, (_usd: number) =>
          run(() => 'data'),
        )(costUsd);
      case 'not billed':
        return withTool('local', () => this.body(work, () => ({ cost_usd: 18.4 })));
      default:
        return withTool({ name: 'billable', billable: true }, () => run(() => 'data'));
    }
  }
}

const RECORDED_KINDS: readonly CostKind[] = ['other', 'llm', 'tool', 'compute', 'storage', 'network'];

const TOOL_FORMS = [
  'declared',
  'returned',
  'returned error',
  'thrown error',
  'plain',
  'computed',
  'not billed',
  'unknown',
] as const;

/** What a tool's call says about its cost. */
export function toolForm(work: Work): (typeof TOOL_FORMS)[number] {
  const form = TOOL_FORMS[work.form % TOOL_FORMS.length] ?? 'declared';
  return form === 'unknown' && work.priced ? 'declared' : form;
}

function responseOf(work: Work, responseId: string): object {
  return {
    id: responseId,
    model: modelOf(work),
    usage: { prompt_tokens: work.inputTokens, completion_tokens: work.outputTokens },
  };
}

export async function turns(count: number): Promise<void> {
  if (count === 0) await undefined;
  for (let turn = 0; turn < count; turn++) await nextTurn();
}
