/** Runs a tree of the table through the public API and spans of other instrumentations. */
import { type Context, context, ROOT_CONTEXT, type Span, SpanStatusCode, trace } from '@opentelemetry/api';
import {
  ActionResult,
  type LlmHandle,
  recordCost,
  withAgent,
  withLlm,
  withSession,
  withStep,
  withTask,
  withTool,
} from '../../../src/index.js';
import { wait } from '../tracing.js';
import { endAttributes, modelOf, responseOf, startAttributes, streamOf, toolName } from './attributes.js';
import { allLines, type Line } from './tree.js';

const REMOTE = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 1, isRemote: true };

export class TreeRun {
  readonly spanIds = new Map<Line, string>();
  private readonly handles = new Map<Line, LlmHandle>();
  private readonly events = new Map<number, (() => unknown)[]>();

  async run(roots: readonly Line[]): Promise<void> {
    for (const root of roots) await this.enter(root, undefined);
    const last = Math.max(0, ...allLines(roots).flatMap(({ starts = 0, ends = 0 }) => [starts, ends]));
    for (let now = 1; now <= last; now++) {
      // One of them may start a line that ends in the same moment.
      for (const event of this.events.get(now) ?? []) {
        await event();
        await wait();
      }
    }
  }

  private at(time: number, event: () => unknown): void {
    const events = this.events.get(time) ?? [];
    events.push(event);
    this.events.set(time, events);
  }

  /** Resolves when the line has ended, or runs on and all below it that does not has ended. */
  private async enter(line: Line, parent: Line | undefined): Promise<void> {
    const { starts } = line;
    if (starts === undefined) return this.start(line, parent);
    const inside = context.active();
    this.at(starts, () => context.with(inside, () => this.start(line, parent)));
  }

  private async start(line: Line, parent: Line | undefined): Promise<void> {
    switch (line.kind) {
      case 'recordUsage':
        this.recordUsage(line, parent);
        break;
      case 'recordCost':
        recordCost(line.usd ?? 0, { kind: line.flags.has('llm') ? 'llm' : 'other' });
        break;
      default:
        if (line.kind.startsWith('with')) await this.wrapper(line);
        else await this.span(line);
    }
  }

  private recordUsage({ tokens = [0, 0] }: Line, parent: Line | undefined): void {
    const handle = parent && this.handles.get(parent);
    if (handle === undefined) throw new Error('recordUsage stands below a withLlm');
    handle.recordUsage({ inputTokens: tokens[0], outputTokens: tokens[1] });
  }

  private async below(line: Line): Promise<void> {
    for (const each of line.below) await this.enter(each, line);
  }

  private async span(line: Line): Promise<void> {
    const tracer = trace.getTracer(line.values.get('by') ?? 'another-instrumentation');
    const attributes = startAttributes(line);
    const around: Context = line.flags.has('remote')
      ? trace.setSpanContext(context.active(), REMOTE)
      : context.active();
    const span = tracer.startSpan(line.kind, { attributes, root: line.flags.has('root') }, around);
    this.note(line, span);
    await context.with(trace.setSpan(around, span), () => this.below(line));
    const end = () => {
      span.setAttributes(endAttributes(line));
      if (line.flags.has('throws')) span.setStatus({ code: SpanStatusCode.ERROR });
      span.end();
    };
    if (line.ends === undefined) end();
    else this.at(line.ends, end);
  }

  private async wrapper(line: Line): Promise<void> {
    let belowIsDone = () => {};
    const below = new Promise<void>((resolve) => {
      belowIsDone = resolve;
    });
    const work = async (span: Span): Promise<unknown> => {
      this.note(line, span);
      await this.below(line);
      const { ends } = line;
      const isOver = ends === undefined ? undefined : new Promise<void>((resolve) => this.at(ends, resolve));
      belowIsDone();
      await isOver;
      if (line.flags.has('throws')) throw new Error('broken');
      if (line.flags.has('refused')) throw Object.assign(new Error('no such parameter'), { status: 400 });
      return line.flags.has('stream') || line.flags.has('unread') ? streamOf(line) : responseOf(line);
    };
    const over = this.call(line, work)
      .then((result) => drain(result, line))
      .catch(() => undefined);
    await (line.ends === undefined ? over : below);
  }

  private call(line: Line, work: (span: Span) => Promise<unknown>): Promise<unknown> {
    const { kind, usd, flags, values } = line;
    const name = values.get('name') ?? 'x';
    switch (kind) {
      case 'withSession':
        return withSession(name, ({ span }) => work(span));
      case 'withTask':
        return withTask(name, ({ span }) => work(span));
      case 'withAgent':
        return withAgent(name, ({ span }) => work(span));
      case 'withStep':
        return withStep(name, ({ span }) => work(span));
      case 'withTool':
        return withTool(
          {
            name: toolName(usd),
            costIncludesChildren: flags.has('includes'),
            ...(usd !== undefined && !flags.has('includes') && { costUsd: usd }),
          },
          async ({ span }) => {
            const result = await work(span);
            return flags.has('includes') && usd !== undefined
              ? new ActionResult(result, { costUsd: usd })
              : result;
          },
        );
      case 'withLlm':
        return withLlm({ provider: values.get('provider') ?? 'openai', model: modelOf(values) }, (handle) => {
          this.handles.set(line, handle);
          return work(handle.span);
        });
      default:
        throw new Error(`no such wrapper: ${kind}`);
    }
  }

  private note(line: Line, span: Span): void {
    this.spanIds.set(line, span.spanContext().spanId);
  }
}

async function drain(result: unknown, { flags }: Line): Promise<void> {
  if (!flags.has('stream') || typeof result !== 'object' || result === null) return;
  if (Symbol.asyncIterator in result) for await (const _ of result as AsyncIterable<unknown>);
}

/** Outside every span, whatever the test that runs is in. */
export function runTree(roots: readonly Line[]): Promise<TreeRun> {
  const run = new TreeRun();
  return context.with(ROOT_CONTEXT, async () => {
    await run.run(roots);
    return run;
  });
}
