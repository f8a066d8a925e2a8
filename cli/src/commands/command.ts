/** A command: its options, its help and its code, which is loaded when it runs. */

import type { Readable } from 'node:stream';

export interface OptionHelp {
  /** Absent for a flag. The word for the value in the help: `USD`, `FILE`. */
  value?: string;
  help: string;
  /** One letter, such as `o` for `-o`. */
  short?: string;
}

export interface Command {
  name: string;
  /** One line, for the list of commands. */
  summary: string;
  /** The words after the options, such as `FILE`. Absent for a command that takes none. */
  arguments?: string;
  options: Readonly<Record<string, OptionHelp>>;
  /** Shown below the options. */
  details?: string;
  load(): Promise<{ run: Run }>;
}

/** Resolves with the exit code. Throws {@link CommandError} for what the user has to know. */
type Run = (given: Given, terminal: Terminal) => Promise<number>;

export interface Screen {
  write(text: string): unknown;
  isTTY?: boolean | undefined;
  columns?: number | undefined;
  rows?: number | undefined;
}

/** Where a command reads and writes; `process` in the program. */
export interface Terminal {
  stdout: Screen;
  stderr: Screen;
  stdin: Readable;
  env: Readonly<Record<string, string | undefined>>;
  /** Aborted when the user ends the program. */
  signal: AbortSignal;
}

export const EXIT = { ok: 0, failed: 1, usage: 2, noData: 3 } as const;

/** An end of a command that its user can understand: the message goes to stderr, without a stack. */
export class CommandError extends Error {
  override name = 'CommandError';
  constructor(
    message: string,
    readonly exitCode: number = EXIT.usage,
  ) {
    super(message);
  }
}

/** The options and arguments of one run. */
export class Given {
  constructor(
    private readonly values: Readonly<Record<string, string | boolean>>,
    readonly args: readonly string[],
  ) {}

  flag(name: string): boolean {
    return this.values[name] === true;
  }

  text(name: string): string | undefined {
    const value = this.values[name];
    return typeof value === 'string' ? value : undefined;
  }

  /** A whole number from 0, or from `min`. */
  count(name: string, min = 0): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const count = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    if (count >= min) return count;
    throw new CommandError(`--${name} is "${text}"; expected a whole number from ${min}`);
  }

  required(name: string): string {
    const text = this.text(name);
    if (text === undefined) throw new CommandError(`--${name} is missing`);
    return text;
  }

  /** The only argument, or undefined. */
  argument(): string | undefined {
    if (this.args.length > 1) throw new CommandError(`expected one file, not ${this.args.length}`);
    return this.args[0];
  }
}
