/** The demo's command line. */
import { parseArgs } from 'node:util';
import { CostSpanProcessor } from 'otel-agent-cost';

const DEFAULT_SECONDS = 12;
const MAX_SECONDS = 600;

export const HELP = `npm run demo -- [options] [scenario.json …]

Shows three agent runs, two of them recorded, beside their bills.

  --dialects a,b   writes the cost under more attribute names: see docs/backends.md
  --today          dates recorded runs now, so that the default window of a backend shows them.
                   They are billed at the prices of the day of the recording all the same
  --view           shows the runs on a page in the browser, while they run, until Ctrl+C
  --runaway        shows something else: a session budget that stops sixteen looping agents,
                   and beside it the same agents without a budget
  --seconds N      how long --runaway takes, from 1 to ${MAX_SECONDS}. Default: ${DEFAULT_SECONDS}
  --help           shows this text

Where OTEL_EXPORTER_OTLP_ENDPOINT names a backend, the three runs are sent there: as JSON, or
with OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf, and with the headers of OTEL_EXPORTER_OTLP_HEADERS.`;

/** A command line or environment that cannot be used. The demo prints the message and ends with code 2. */
export class UsageError extends Error {
  name = 'UsageError';
}

/**
 * @typedef {object} DemoOptions
 * @property {string[]} paths of scenarios
 * @property {string[]} dialects
 * @property {boolean} today
 * @property {boolean} view
 * @property {boolean} runaway
 * @property {number} seconds
 * @property {boolean} help
 */

/** Throws a {@link UsageError}. @param {string[]} args @returns {DemoOptions} */
export function readOptions(args) {
  const { values, positionals: paths } = parse(args);
  const { runaway = false, view = false, today = false, help = false } = values;
  const dialects = values.dialects?.split(',').map((name) => name.trim()) ?? [];
  if (values.dialects !== undefined) checkDialects(dialects);
  if (runaway && (today || dialects.length > 0 || paths.length > 0)) {
    throw new UsageError('--runaway takes no scenario, no --today and no --dialects');
  }
  if (view && args.length > 1) throw new UsageError('--view takes no scenario and no other option');
  if (!runaway && values.seconds !== undefined) throw new UsageError('--seconds needs --runaway');
  return { paths, dialects, today, view, runaway, help, seconds: secondsFrom(values.seconds) };
}

/** @param {string[]} args */
function parse(args) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        dialects: { type: 'string' },
        today: { type: 'boolean' },
        view: { type: 'boolean' },
        runaway: { type: 'boolean' },
        seconds: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    // The rest of the message explains how to pass a file whose name starts with a dash.
    const [message] = String(error instanceof Error ? error.message : error).split('. ');
    throw new UsageError(message);
  }
}

/** @param {string | undefined} text */
function secondsFrom(text) {
  if (text === undefined) return DEFAULT_SECONDS;
  const seconds = Number(text);
  if (text.trim() !== '' && seconds >= 1 && seconds <= MAX_SECONDS) return seconds;
  throw new UsageError(`--seconds must be from 1 to ${MAX_SECONDS}, got "${text}"`);
}

/** Asks the library, before any agent runs. @param {string[]} dialects */
function checkDialects(dialects) {
  try {
    void new CostSpanProcessor(dialectOptions(dialects)).shutdown();
  } catch (error) {
    throw new UsageError(`--dialects: ${error instanceof Error ? error.message : error}`);
  }
}

/**
 * The option of the processor; names are checked there.
 * @param {string[]} dialects @returns {ConstructorParameters<typeof CostSpanProcessor>[0]}
 */
export function dialectOptions(dialects) {
  return /** @type {any} */ (dialects.length > 0 ? { dialects } : {});
}
