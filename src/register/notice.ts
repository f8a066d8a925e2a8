import { writeSync } from 'node:fs';
import { PACKAGE_NAME } from '../version.js';

const STDERR = 2;

/** One line to stderr, written before this returns: it may be the last thing the process does. Never throws. */
export function notice(message: string): void {
  writeLine(`${PACKAGE_NAME}: ${message}`);
}

/** A line as it is, without our name in front. */
export function writeLine(line: string): void {
  try {
    writeSync(STDERR, `${line}\n`);
  } catch {
    // A closed or full stderr is no reason to disturb the app.
  }
}

export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // A refused connection to a host with two addresses has an empty message and only a code.
  if (error.message === '' && 'code' in error) return String(error.code);
  return error.message === '' ? error.name : error.message;
}
