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

/** The length to which a receiver's answer is cut, in characters: an error page may be long. */
const MAX_ANSWER_CHARS = 300;

/** The message of an error. For a receiver's answer, with status and body: `415 Unsupported Media Type: use protobuf`. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (isAnswer(error)) return `${[error.code, error.message].join(' ').trim()}${answerText(error.data)}`;
  // The error of a refused connection to a host with two addresses has an empty message and only a code.
  if (error.message === '' && 'code' in error) return String(error.code);
  return error.message === '' ? error.name : error.message;
}

/** True for the error of an OTLP/HTTP exporter that got an answer. */
function isAnswer(error: Error): error is Error & { code: number; data: string } {
  return (
    'code' in error && typeof error.code === 'number' && 'data' in error && typeof error.data === 'string'
  );
}

/** The body on one line. In protobuf, the text stands between other bytes. */
function answerText(body: string): string {
  const text = body.replace(/[^\x20-\x7e\xa0-\ufffc]+/g, ' ').trim();
  return text === '' || text === '{}' ? '' : `: ${text.slice(0, MAX_ANSWER_CHARS)}`;
}
