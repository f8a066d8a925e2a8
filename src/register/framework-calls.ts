/**
 * Frameworks whose instrumentation also reports the model calls that they make through an instrumented client.
 * Neither span is the other's parent, and outside any other span they are two traces, so the call would be billed
 * in both. The client's span is therefore left out. Seen with OpenInference's instrumentations of LangChain 1.5,
 * OpenAI Agents 0.20 and openai 7.57.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { isRecord } from '../validate.js';

type AnyFunction = (this: unknown, ...args: unknown[]) => unknown;
type Wrap = (target: object, name: string, wrapper: (original: AnyFunction) => AnyFunction) => unknown;

/** The patching method of OpenTelemetry's instrumentation base class. */
export interface Patching {
  _wrap?: Wrap;
}

/** Client classes whose calls frameworks report. Embeddings, images and files are not among them. */
const MODEL_CALLS: ReadonlySet<string> = new Set(['Completions', 'Responses', 'Messages']);

/**
 * Open traces of OpenAI's agents that their instrumentation was notified of. It may be notified of a span only
 * after the client was called.
 */
const reportedTraces = new Set<string>();

/** The most such traces. No app has this many open at once, but traces that never end would accumulate. */
const MAX_REPORTED_TRACES = 10_000;

/** By framework: whether its instrumentation reports the current call. */
const REPORTS: Readonly<Record<string, (called: AnyFunction) => boolean>> = {
  // Its callbacks report every call of a chat model or an LLM, but pass no context to the client.
  '@langchain/core': (called) => callerOf(called)?.match(/[\\/]node_modules[\\/]@langchain[\\/]/) != null,
  '@openai/agents': isInAgentsModelSpan,
};

/**
 * Call it before the instrumentation patches. `frameworks` are the instrumented frameworks; the set is read on
 * every call.
 */
export function leaveOutReported(instrumentation: Patching, frameworks: ReadonlySet<string>): void {
  const wrap = instrumentation._wrap;
  if (wrap === undefined) return;
  instrumentation._wrap = (target, name, wrapper) =>
    wrap.call(instrumentation, target, name, (original) => {
      const patched = wrapper(original);
      // A module has no constructor.
      const owner: unknown = Reflect.get(target, 'constructor');
      if (typeof owner !== 'function' || !MODEL_CALLS.has(owner.name)) return patched;
      return function called(...args) {
        return (isReported(frameworks, called) ? original : patched).apply(this, args);
      };
    });
}

/**
 * Tracks the notifications to the instrumentation of this copy of OpenAI's agents. Call it once the instrumentation
 * listens there. With tracing off, or in a copy without its listener, it is not notified, and the client's span is
 * the only one.
 */
export function watchAgents(module: unknown): void {
  if (!isRecord(module) || typeof module.addTraceProcessor !== 'function') return;
  const nothing = async () => {};
  module.addTraceProcessor({
    async onTraceStart({ traceId }: { traceId: string }) {
      if (reportedTraces.size < MAX_REPORTED_TRACES) reportedTraces.add(traceId);
    },
    async onTraceEnd({ traceId }: { traceId: string }) {
      reportedTraces.delete(traceId);
    },
    onSpanStart: nothing,
    onSpanEnd: nothing,
    shutdown: nothing,
    forceFlush: nothing,
  });
}

function isReported(frameworks: ReadonlySet<string>, called: AnyFunction): boolean {
  for (const framework of frameworks) if (REPORTS[framework]?.(called)) return true;
  return false;
}

/** Shared by all copies of the SDK. */
const AGENTS_STORAGE = Symbol.for('openai.agents.core.asyncLocalStorage');

function isInAgentsModelSpan(): boolean {
  const storage: unknown = Reflect.get(globalThis, AGENTS_STORAGE);
  const store: unknown = storage instanceof AsyncLocalStorage ? storage.getStore() : undefined;
  if (!isRecord(store) || !isRecord(store.span)) return false;
  const { traceId, spanData } = store.span;
  if (typeof traceId !== 'string' || !reportedTraces.has(traceId) || !isRecord(spanData)) return false;
  return spanData.type === 'response' || spanData.type === 'generation';
}

/** Stack frames to check: the client's helpers that lead to the patched function, and their caller. */
const MAX_FRAMES = 12;
const IN_CLIENT = /[\\/]node_modules[\\/](openai|@anthropic-ai[\\/]sdk)[\\/]/;

/** The stack frame outside the client that called a patched function of it. */
function callerOf(called: AnyFunction): string | undefined {
  const limit = Error.stackTraceLimit;
  const trace: { stack?: unknown } = {};
  try {
    Error.stackTraceLimit = MAX_FRAMES;
    Error.captureStackTrace(trace, called);
    Error.stackTraceLimit = limit;
    if (typeof trace.stack !== 'string') return undefined;
    return trace.stack
      .split('\n')
      .slice(1)
      .find((frame) => !IN_CLIENT.test(frame));
  } catch {
    // The app froze `Error` or creates its own stacks. The call is then taken for the app's own.
    return undefined;
  }
}
