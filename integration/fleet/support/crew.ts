/** Workers in processes of their own, and what each of them has noted. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Leashed } from '../../backends/support/programs/leash.js';
import { appFolder, startApp, until } from './app.js';

export interface WorkerOptions {
  readonly redisUrl: string;
  /** The budget of the customer. */
  readonly budget: object;
  /** Options of `shareCosts`. */
  readonly share: object;
  readonly calls: 'firm' | 'learned' | 'sync';
  /** They note the spans of their tasks and sessions. */
  readonly hasTracing?: boolean;
  /** By how much their clocks are wrong, by their place. */
  readonly skewHours?: (place: number) => number;
}

export interface WorkerEvent {
  /** In ms since 1970. */
  readonly at: number;
  readonly event: 'ready' | 'begun' | 'refused' | 'acknowledged' | 'span' | 'ended';
  readonly pico?: number;
  readonly picos?: readonly number[];
  readonly storeDown?: boolean;
  readonly spent?: number;
  readonly reserved?: number;
  readonly stats?: Readonly<Record<string, number>>;
  readonly name?: string;
  readonly attributes?: Readonly<Record<string, unknown>>;
}

interface Worker {
  readonly app: Leashed;
  readonly log: string;
}

export class Crew {
  /** The workers that run, by their places. */
  private readonly running: Worker[] = [];
  private readonly all: Worker[] = [];
  kills = 0;

  constructor(
    private readonly folder: string,
    private readonly seed: number,
    private readonly options: WorkerOptions,
    /** Each worker has a number of its own, below 1,000. */
    private readonly firstNumber: number,
  ) {}

  /** Starts that many workers, and waits until all of them work. */
  async start(count: number): Promise<void> {
    const first = this.running.length;
    for (let place = first; place < first + count; place += 1) this.running.push(this.newWorker(place));
    await until('all workers are ready', () => this.running.every(({ log }) => existsSync(log)), 90_000);
  }

  /** Kills the worker of a place without any warning, and starts another one there. */
  async replace(place: number): Promise<void> {
    const worker = this.running[place];
    worker?.app.signal('SIGKILL');
    await worker?.app.ended;
    this.kills += 1;
    this.running[place] = this.newWorker(place);
  }

  get count(): number {
    return this.running.length;
  }

  /** Asks all workers to end, and waits for them. */
  async end(): Promise<void> {
    for (const { app } of this.running) app.signal('SIGTERM');
    await Promise.all(this.running.map(({ app }) => app.ended));
    this.running.length = 0;
  }

  async kill(): Promise<void> {
    for (const { app } of this.running) app.signal('SIGKILL');
    await Promise.all(this.running.map(({ app }) => app.ended));
    this.running.length = 0;
  }

  /** The notes of the running workers, by place. */
  eventsByPlace(): readonly (readonly WorkerEvent[])[] {
    return this.running.map(({ log }) => eventsIn(log));
  }

  /** The notes of all workers, including those that are gone. */
  events(): readonly WorkerEvent[] {
    return this.all.flatMap(({ log }) => eventsIn(log));
  }

  /** The bills that the store has confirmed to a worker. */
  acknowledged(): readonly bigint[] {
    return this.events().flatMap(({ picos = [] }) => picos.map(BigInt));
  }

  /** Errors of workers that ended by themselves. */
  failures(): readonly string[] {
    return this.all.map(({ app }) => app.log()).filter((log) => /\(ended: [1-9]/.test(log));
  }

  private newWorker(place: number): Worker {
    const number = this.firstNumber + this.all.length;
    const log = join(this.folder, `${number}.log`);
    const { skewHours, ...options } = this.options;
    const hours = skewHours?.(place) ?? 0;
    const clock = hours === 0 ? [] : ['--import', join(appFolder(), 'skewed-clock.mjs')];
    const env = {
      WORKER: JSON.stringify({ ...options, log, number, seed: this.seed + number * 7919 }),
      SKEW_HOURS: String(hours),
    };
    const worker = { app: startApp(['worker.mjs'], env, clock), log };
    this.all.push(worker);
    return worker;
  }
}

/** A line that SIGKILL has cut was not noted. */
function eventsIn(log: string): readonly WorkerEvent[] {
  if (!existsSync(log)) return [];
  const lines = readFileSync(log, 'utf8').split('\n');
  return lines.slice(0, -1).map((line): WorkerEvent => JSON.parse(line));
}
