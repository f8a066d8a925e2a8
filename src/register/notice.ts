import { writeSync } from 'node:fs';
import { PACKAGE_NAME } from '../version.js';
import { printable } from './secrets.js';

const STDERR = 2;

/**
 * Writes one line to stderr synchronously, because it may be the last output of the process. Passwords and tokens are
 * left out. Never throws.
 */
export function notice(message: string): void {
  write(`${PACKAGE_NAME}: ${printable(message)}`);
}

/** Writes a line without the package's name in front. */
export function writeLine(line: string): void {
  write(printable(line));
}

function write(line: string): void {
  try {
    writeSync(STDERR, `${line}\n`);
  } catch {
    // A closed or full stderr must not disturb the app.
  }
}

export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // The error of a refused connection to a host with two addresses has an empty message and only a code.
  if (error.message === '' && 'code' in error) return String(error.code);
  return error.message === '' ? error.name : error.message;
}
