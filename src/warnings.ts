/** Warnings about mistakes in the app that do not stop it. Each is reported once, where it will be noticed. */
import type { DiagLogger } from '@opentelemetry/api';
import { isAside } from './aside.js';
import { shownMessage } from './url-secrets.js';
import { PACKAGE_NAME } from './version.js';

/**
 * The most distinct warnings of one process. Most have a fixed message; messages that contain names from the app
 * need the bound.
 */
const MAX_WARNINGS = 100;

/** Reported even after {@link MAX_WARNINGS} others. */
export const INTERNAL_ERROR = 'internal error, please report it';

/** Where the API keeps the diagnostics logger set by the app. All 1.x versions of the API use the same symbol. */
const API_GLOBALS = Symbol.for('opentelemetry.js.api.1');

const HOW_TO_SEE_MORE =
  "This is the only warning shown here. To see all: import { diag, DiagConsoleLogger, DiagLogLevel } from '@opentelemetry/api' and call diag.setLogger(new DiagConsoleLogger(), DiagLogLevel.WARN)";

const warned = new Set<string>();
let isShown = false;
let print: ((message: string) => void) | undefined;

/** Prints every warning, whatever the level of a diagnostics logger. For `register`, whose apps have no logger. */
export function printWarnings(sink: (message: string) => void): void {
  print = sink;
}

/** Forgets which messages were reported, so that each is reported again. For tests that share a process. */
export function forgetWarnings(): void {
  warned.clear();
  isShown = false;
  print = undefined;
}

/**
 * Reports a message once per process. If the app has set a diagnostics logger, the message goes there. Otherwise it
 * would go unnoticed, so the first one is emitted as a process warning that explains how to see the rest. Two warnings
 * with the same message count as one, whatever their details, so values from the app belong in the details. Never
 * throws.
 */
export function warnOnce(message: string, ...details: unknown[]): void {
  if (isAside() || warned.has(message) || (warned.size >= MAX_WARNINGS && message !== INTERNAL_ERROR)) return;
  warned.add(message);
  try {
    const shown = details.map(textOf);
    const logger = appLogger();
    logger?.warn(`${PACKAGE_NAME}: ${message}`, ...shown);
    if (print !== undefined || logger === undefined) show([message, ...shown].join(': '));
  } catch {
    // A logger of the app that throws must not disturb the app's own work.
  }
}

function show(message: string): void {
  if (print !== undefined) print(message);
  else if (!isShown) process.emitWarning(`${message}\n${HOW_TO_SEE_MORE}`, { type: PACKAGE_NAME });
  isShown = true;
}

/** Read where the API keeps it, so that pricing recorded spans does not load the API. */
function appLogger(): DiagLogger | undefined {
  const globals: typeof globalThis & { [API_GLOBALS]?: { diag?: DiagLogger } } = globalThis;
  return globals[API_GLOBALS]?.diag;
}

/** Runs a check that may warn after the app's start. Never for work aside, whose warnings nobody would see. */
export function checkLater(check: () => void): void {
  if (!isAside()) setImmediate(check).unref();
}

/** The message of an error of the app or of a library may contain a URL with a password. */
function textOf(detail: unknown): string {
  return shownMessage(detail instanceof Error ? `${detail.name}: ${detail.message}` : String(detail));
}
