/** One of the real programs: on free ports of loopback, in a folder of its own, until it is stopped. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { binaryOf, type ProgramName } from './binaries.js';
import { type Leashed, spawnLeashed } from './leash.js';
import { freePorts } from './ports.js';

/** A program that is asked to end and has not by then is killed; Tempo takes long to leave its rings. */
const STOP_MILLIS = 3000;

const READY_MILLIS = 60_000;
const PAUSE_MILLIS = 50;
const ANSWER_MILLIS = 2000;

/** Another process may take a port between the look and the program. */
const START_ATTEMPTS = 3;
const PORT_TAKEN = /address already in use/;

export interface Program {
  /** What it wrote last. */
  log(): string;
  isRunning(): boolean;
  /** At once, as a crash would; its files stay. */
  kill(): Promise<void>;
  /** Ready again on the same ports, with the files it left. One that runs is asked to end first. */
  restart(): Promise<void>;
  /** For good: its files are removed. */
  stop(): Promise<void>;
}

/** What a program is started with. */
export interface Plan<Facts> {
  arguments: string[];
  env?: Record<string, string>;
  /** `log` is what this start has written so far. */
  isReady(log: string): boolean | Promise<boolean>;
  /** What tests need to know of it: its addresses. */
  facts: Facts;
}

export interface Place {
  /** Empty, and its own. */
  folder: string;
  /** As many as were asked for. */
  ports: number[];
}

/** Starts a program and waits until it is ready. `plan` may be asked again, with other ports. */
export async function startProgram<Facts extends object>(
  name: ProgramName,
  portCount: number,
  plan: (place: Place) => Plan<Facts>,
): Promise<Program & Facts> {
  for (let attempt = 1; ; attempt++) {
    const folder = mkdtempSync(join(tmpdir(), `otel-agent-cost-${name}-`));
    folders.add(folder);
    const planned = plan({ folder, ports: await freePorts(portCount) });
    const program = new RunningProgram(name, planned, () => remove(folder));
    try {
      await program.restart();
      return Object.assign(program, planned.facts);
    } catch (error) {
      await program.stop();
      if (attempt === START_ATTEMPTS || !PORT_TAKEN.test(String(error))) throw error;
    }
  }
}

/** Those of programs that nobody has stopped. */
const folders = new Set<string>();
process.once('exit', () => folders.forEach(remove));

function remove(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  folders.delete(folder);
}

/** Whether a program answers there, and with success. */
export async function answers(url: string, request: RequestInit = {}): Promise<boolean> {
  try {
    const response = await fetch(url, { ...request, signal: AbortSignal.timeout(ANSWER_MILLIS) });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}

/** A program that somebody else started and will end. */
export function runningElsewhere<Facts extends object>(name: ProgramName, facts: Facts): Program & Facts {
  const refuse = () => Promise.reject(new Error(`${name} was started by somebody else: not ended here`));
  return {
    ...facts,
    log: () => '',
    isRunning: () => true,
    kill: refuse,
    restart: refuse,
    stop: async () => {},
  };
}

class RunningProgram implements Program {
  #process: Leashed | undefined;

  constructor(
    private readonly name: ProgramName,
    private readonly plan: Plan<object>,
    private readonly removeFiles: () => void,
  ) {}

  log(): string {
    return this.#process?.log() ?? '';
  }

  isRunning(): boolean {
    return this.#process?.isRunning() ?? false;
  }

  async kill(): Promise<void> {
    this.#process?.signal('SIGKILL');
    await this.#process?.ended;
  }

  async restart(): Promise<void> {
    await this.#end();
    const { arguments: args, env = {}, isReady } = this.plan;
    this.#process = spawnLeashed(binaryOf(this.name), args, env);
    const deadline = performance.now() + READY_MILLIS;
    for (;;) {
      const ready = await isReady(this.log());
      // First of all: it may be another program that answers on its port.
      if (!this.isRunning()) throw new Error(`${this.name} did not start:\n${this.log()}`);
      if (ready) return;
      if (performance.now() > deadline) throw new Error(`${this.name} is not ready:\n${this.log()}`);
      await setTimeout(PAUSE_MILLIS);
    }
  }

  async stop(): Promise<void> {
    await this.#end();
    this.removeFiles();
  }

  async #end(): Promise<void> {
    this.#process?.signal('SIGTERM');
    const timer = new AbortController();
    const late = setTimeout(STOP_MILLIS, undefined, { signal: timer.signal }).catch(() => {});
    await Promise.race([this.#process?.ended, late]);
    timer.abort();
    await this.kill();
  }
}
