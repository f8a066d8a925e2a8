/**
 * Frameworks whose instrumentation reports the model calls that they make through an instrumented client. Neither span is
 * the other's parent, and outside any other span they are two traces: the call would be billed in both. So the client's
 * span is left out. Seen with OpenInference's instrumentations of LangChain 1.5, OpenAI Agents 0.20 and openai 7.57.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { isRecord } from '../validate.js';

type AnyFunction = (this: unknown, ...args: unknown[]) => unknown;
type Wrap = (target: object, name: string, wrapper: (original: AnyFunction) => AnyFunction) => unknown;

/** An instrumentation as it patches its client: all of OpenTelemetry's base class. */
export interface Patching {
  _wrap?: Wrap;
}

/** The classes of a client whose calls frameworks report: not its embeddings, images and files. */
const MODEL_CALLS: ReadonlySet<string> = new Set(['Completions', 'Responses', 'Messages']);

/**
 * Open traces of OpenAI's agents that their instrumentation has heard of. It may hear of a span only after the client was
 * called.
 */
const toldTraces = new Set<string>();

/** Traces that never end would fill it; no app has so many open at once. */
const MAX_TOLD_TRACES = 10_000;

/** By the framework: whether the call that is being made is one that its instrumentation reports. */
const REPORTS: Readonly<Record<string, (called: AnyFunction) => boolean>> = {
  // Its callbacks tell of each call of a chat model or an LLM, and carry no context to the client.
  '@langchain/core': (called) => callerOf(called)?.match(/[\\/]node_modules[\\/]@langchain[\\/]/) != null,
  '@openai/agents': isInAgentsModelSpan,
};

/** To be called before it patches. `frameworks` are those that are instrumented, asked at each call. */
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
 * Notes what the instrumentation of this copy of OpenAI's agents is told, to be called once it listens there: with
 * tracing off, or in a copy that it does not listen to, it is told nothing, and the client's span is the only one.
 */
export function watchAgents(module: unknown): void {
  if (!isRecord(module) || typeof module.addTraceProcessor !== 'function') return;
  const nothing = async () => {};
  module.addTraceProcessor({
    async onTraceStart({ traceId }: { traceId: string }) {
      if (toldTraces.size < MAX_TOLD_TRACES) toldTraces.add(traceId);
    },
    async onTraceEnd({ traceId }: { traceId: string }) {
      toldTraces.delete(traceId);
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

/** All copies of the SDK share this one. */
const AGENTS_STORAGE = Symbol.for('openai.agents.core.asyncLocalStorage');

function isInAgentsModelSpan(): boolean {
  const storage: unknown = Reflect.get(globalThis, AGENTS_STORAGE);
  const store: unknown = storage instanceof AsyncLocalStorage ? storage.getStore() : undefined;
  if (!isRecord(store) || !isRecord(store.span)) return false;
  const { traceId, spanData } = store.span;
  if (typeof traceId !== 'string' || !toldTraces.has(traceId) || !isRecord(spanData)) return false;
  return spanData.type === 'response' || spanData.type === 'generation';
}

/** Frames looked at: those of the client's helpers that lead to the patched function, and their caller. */
const MAX_FRAMES = 12;
const IN_CLIENT = /[\\/]node_modules[\\/](openai|@anthropic-ai[\\/]sdk)[\\/]/;

/** The frame that called a patched function of a client, from outside the client. */
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
    // An app that froze `Error`, or makes stacks of its own: then the call is taken for the app's.
    return undefined;
  }
}
