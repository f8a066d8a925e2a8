import { AsyncLocalStorage } from 'node:async_hooks';
import type { CallHooks } from '../../src/results/call-watch.js';

/** Which call's context is active, as the hooks' `run` set it. */
export const activeCall = new AsyncLocalStorage<string>();

/** Writes down what it is told. */
export class RecordingHooks implements CallHooks {
  readonly chunks: unknown[] = [];
  readonly ends: unknown[][] = [];

  constructor(readonly name = 'call') {}

  enter<R>(step: () => R): R {
    return activeCall.run(this.name, step);
  }
  chunk(chunk: unknown): void {
    this.chunks.push(chunk);
  }
  returned(value: unknown): void {
    this.ends.push(['returned', value]);
  }
  streamed(): void {
    this.ends.push(['streamed']);
  }
  stopped(): void {
    this.ends.push(['stopped']);
  }
  threw(error: unknown): void {
    this.ends.push(['threw', error]);
  }
}

/** Every hook but `run` fails. */
export class ThrowingHooks extends RecordingHooks {
  override chunk(): void {
    throw new Error('hook');
  }
  override returned(): void {
    throw new Error('hook');
  }
  override streamed(): void {
    throw new Error('hook');
  }
  override stopped(): void {
    throw new Error('hook');
  }
  override threw(): void {
    throw new Error('hook');
  }
  map(): unknown {
    throw new Error('hook');
  }
}

/** The unhandled rejections while `work` runs and its microtasks and one timer tick after it. */
export async function unhandledDuring(work: () => unknown): Promise<unknown[]> {
  const seen: unknown[] = [];
  const listeners = process.listeners('unhandledRejection');
  process.removeAllListeners('unhandledRejection');
  const listener = (error: unknown) => seen.push(error);
  process.on('unhandledRejection', listener);
  try {
    await work();
    await new Promise((resolve) => setTimeout(resolve, 5));
  } finally {
    process.off('unhandledRejection', listener);
    for (const before of listeners) process.on('unhandledRejection', before);
  }
  return seen;
}

export async function readAll(source: AsyncIterable<unknown> | Iterable<unknown>): Promise<unknown[]> {
  const chunks: unknown[] = [];
  for await (const chunk of source) chunks.push(chunk);
  return chunks;
}
