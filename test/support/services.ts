/** Calls between services in tests. All run in this process; the part of each in a task is one of its own all the same. */
import { afterEach, beforeEach } from 'vitest';
import { ActionResult, withTask, withTool } from '../../src/index.js';
import {
  type Caller,
  extract,
  type IdentityOptions,
  inject,
  type MemoryStore,
  memoryStore,
  type ShareCostsOptions,
  type SharedCosts,
  shareCosts,
} from '../../src/shared.js';
import { startTracing, type Tracing } from './tracing.js';

/** Any sender is accepted: the services of a test trust each other. */
export const OPEN_IDENTITY: IdentityOptions = { sendTo: ['queue:test'], accept: () => true };

/** The identity of the current task, as a called service receives it. */
export function handOver(): Caller {
  const headers: Record<string, string> = {};
  inject(headers, { to: 'queue:test' });
  const caller = extract(headers, {});
  if (caller === undefined) throw new Error('outside a task, or not shared');
  return caller;
}

/** A paid tool call. */
export function pay(costUsd: number, name = 'search'): void {
  withTool({ name, billable: true }, () => new ActionResult(1, { costUsd }));
}

/**
 * Runs work outside every scope, as the handler of a server does, while the caller waits for it. Work has to be queued
 * beforehand: the queue keeps the context in which it was made.
 */
export class OutsideQueue {
  private readonly waiting: {
    work: () => unknown;
    done: (value: unknown) => void;
    failed: (error: unknown) => void;
  }[] = [];
  private wake: (() => void) | undefined;
  private isOpen = true;
  private readonly loop = this.run();

  call<T>(work: () => T | Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ work, done: (value) => resolve(value as T), failed: reject });
      this.wake?.();
    });
  }

  async close(): Promise<void> {
    this.isOpen = false;
    this.wake?.();
    await this.loop;
  }

  private async run(): Promise<void> {
    const running: Promise<void>[] = [];
    while (this.isOpen || this.waiting.length > 0) {
      const next = this.waiting.shift();
      if (next === undefined) {
        await new Promise<void>((resolve) => {
          this.wake = resolve;
        });
        continue;
      }
      running.push(
        Promise.resolve()
          .then(() => next.work())
          .then(next.done, next.failed),
      );
    }
    await Promise.all(running);
  }
}

/** Resolves when spans of these names have been exported. */
export async function exported(tracing: Tracing, ...names: string[]): Promise<void> {
  for (let wait = 0; wait < 600; wait++) {
    const ended = tracing.spans().map(({ name }) => name);
    if (names.every((name) => ended.includes(name))) return;
    await pause(5);
  }
  throw new Error(`not exported: ${names.join(', ')}; ${tracing.spans().map(({ name }) => name)}`);
}

export function pause(millis: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, millis);
  });
}

/** Repeats a check until it passes, or for three seconds. */
export async function eventually(check: () => void | Promise<void>): Promise<void> {
  for (let tries = 0; ; tries++) {
    try {
      await check();
      return;
    } catch (error) {
      if (tries === 300) throw error;
      await pause(10);
    }
  }
}

/** A process with tracing and a store, and services that it calls: made anew for each test. Called where a file begins. */
export function serviceStand() {
  let tracing: Tracing;
  let store: MemoryStore;
  let services: OutsideQueue;
  let costs: SharedCosts | undefined;
  beforeEach(() => {
    tracing = startTracing();
    store = memoryStore();
    services = new OutsideQueue();
  });
  afterEach(async () => {
    await services.close();
    await costs?.close();
  });
  return {
    get tracing(): Tracing {
      return tracing;
    },
    set tracing(other) {
      tracing = other;
    },
    get store(): MemoryStore {
      return store;
    },
    /** The latest connection. */
    get costs(): SharedCosts {
      if (costs === undefined) throw new Error('nothing is shared yet');
      return costs;
    },
    async share(options: ShareCostsOptions = {}): Promise<void> {
      costs = shareCosts({ store, flushMillis: 1, identity: OPEN_IDENTITY, ...options });
      await costs.open();
    },
    /** Another service runs `work` as its part of the current task. */
    call<T>(name: string, work: () => T | Promise<T>): Promise<T> {
      const caller = handOver();
      return services.call(() => withTask({ name, caller }, work));
    },
  };
}
