/** Mistakes of the app's that do not stop it: each is reported once, where a person sees it. */
import { diag } from '@opentelemetry/api';
import { PACKAGE_NAME } from './version.js';

/** Distinct things one process can be warned of; most come from a fixed text, and names from the app are bounded too. */
const MAX_WARNINGS = 100;

/** Reported whatever else has been. */
export const INTERNAL_ERROR = 'internal error, please report it';

/** Where the API keeps the diagnostics logger that the app has set. The same symbol in all 1.x versions of the API. */
const API_GLOBALS = Symbol.for('opentelemetry.js.api.1');

const HOW_TO_SEE_MORE =
  "This is the only warning shown here. To see all: import { diag, DiagConsoleLogger, DiagLogLevel } from '@opentelemetry/api' and call diag.setLogger(new DiagConsoleLogger(), DiagLogLevel.WARN)";

const warned = new Set<string>();
let isShown = false;
let print: ((message: string) => void) | undefined;

/** Has every warning printed, whatever the level of a diagnostics logger is: for `register`, whose apps have none. */
export function printWarnings(sink: (message: string) => void): void {
  print = sink;
}

/**
 * Reports something once a process: to OpenTelemetry's diagnostics where the app listens to them. Elsewhere nobody would
 * see it, so the first one is a warning of the process, and says how to see the others. Two with the same message are one,
 * whatever their details: values of the app belong there. Never throws.
 */
export function warnOnce(message: string, ...details: unknown[]): void {
  if (warned.has(message) || (warned.size >= MAX_WARNINGS && message !== INTERNAL_ERROR)) return;
  warned.add(message);
  try {
    diag.warn(`${PACKAGE_NAME}: ${message}`, ...details);
    if (print !== undefined || !hasLogger()) show([message, ...details.map(textOf)].join(': '));
  } catch {
    // A logger of the app's that throws must not reach the app's own work.
  }
}

function show(message: string): void {
  if (print !== undefined) print(message);
  else if (!isShown) process.emitWarning(`${message}\n${HOW_TO_SEE_MORE}`, { type: PACKAGE_NAME });
  isShown = true;
}

function hasLogger(): boolean {
  const globals: typeof globalThis & { [API_GLOBALS]?: { diag?: unknown } } = globalThis;
  return globals[API_GLOBALS]?.diag !== undefined;
}

function textOf(detail: unknown): string {
  return detail instanceof Error ? `${detail.name}: ${detail.message}` : String(detail);
}
