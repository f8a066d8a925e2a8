import { existsSync, readFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';
import { InvalidOptionError } from '../errors.js';
import { nearestName } from '../nearest-name.js';
import { CostSpanProcessor } from '../processor/processor.js';
import { isRecord } from '../validate.js';
import { PACKAGE_NAME } from '../version.js';
import { messageOf, notice } from './notice.js';

type Options = Record<string, unknown>;

/**
 * Creates a processor with the options of a JSON file. An invalid part is left out, and a line on stderr names the part
 * and the reason, so that a budget that is not in force is noticed at start-up. The other parts are in force.
 */
export function processorFromFile(path: string | undefined): CostSpanProcessor {
  const options = path === undefined ? undefined : readOptions(path);
  if (path === undefined || options === undefined) return new CostSpanProcessor();
  // Each iteration removes a part, so the loop ends.
  for (;;) {
    try {
      // Options that JSON cannot express, such as functions, are rejected rather than skipped.
      return new CostSpanProcessor(options);
    } catch (error) {
      if (!(error instanceof InvalidOptionError)) throw error;
      const dropped = leaveOut(options, error.option);
      const why = error.message.replace(`${PACKAGE_NAME}: `, '');
      notice(`${path}: ${why}${/[?.]$/.test(why) ? '' : '.'} Not in force: ${dropped.join(', ')}`);
    }
  }
}

/** The name that the docs use. Nothing reads it by itself, so one that no variable names is easily taken for being in force. */
const USUAL_PATH = './agent-cost.json';

/** Prints a line if there is such a file in the working directory and `OTEL_AGENT_COST_CONFIG` is not set. */
export function tellUnreadFile(path: string | undefined): void {
  if (path !== undefined || !isMainThread || !existsSync(USUAL_PATH)) return;
  notice(`${USUAL_PATH} is not read; to apply it, set OTEL_AGENT_COST_CONFIG=${USUAL_PATH}`);
}

function readOptions(path: string): Options | undefined {
  try {
    const options: unknown = JSON.parse(readFileSync(path, 'utf8'));
    // The processor checks the names and values of the options.
    if (isRecord(options)) return options;
    notice(`${path} must hold a JSON object. ${ALL}`);
  } catch (error) {
    notice(`${path} could not be read: ${messageOf(error)}. ${ALL}`);
  }
  return undefined;
}

const ALL = 'Not in force: everything in it, budgets and prices included';

/** The description of one entry of an option. Other options are left out as a whole. */
const ENTRIES: Readonly<Record<string, (key: string) => string>> = {
  budgets: (key) => `the budget of each ${key}`,
  tools: (key) => `the price of the tool "${key}"`,
  overrides: (key) => `the price override "${key}"`,
  aliases: (key) => `the model alias "${key}"`,
  providerAliases: (key) => `the provider alias "${key}"`,
  priceFactors: (key) => `the price factor of "${key}"`,
};

/** Removes the smallest part that contains the invalid option. Returns what is no longer in force. */
function leaveOut(options: Options, invalid: string): string[] {
  const section = keyAt(options, invalid) ?? Object.keys(options)[0] ?? '';
  const content = options[section];
  const entry = ENTRIES[section];
  const key = isRecord(content) ? keyAt(content, invalid.slice(section.length + 1)) : undefined;
  if (entry !== undefined && isRecord(content) && key !== undefined) {
    const { [key]: _invalid, ...rest } = content;
    options[section] = rest;
    return [entry(key)];
  }
  delete options[section];
  return describe(section, content);
}

/** The key that a path begins with. Keys may contain dots, so the longest one counts. */
function keyAt(record: Options, path: string): string | undefined {
  return Object.keys(record)
    .filter((key) => path === key || path.startsWith(`${key}.`) || path.startsWith(`${key}[`))
    .sort((a, b) => b.length - a.length)[0];
}

/** A whole section: each of its entries, also under a misspelled name. */
function describe(section: string, content: unknown): string[] {
  const meant = nearestName(section, Object.keys(ENTRIES)) ?? section;
  const entry = ENTRIES[meant];
  const keys = isRecord(content) ? Object.keys(content) : [];
  if (entry === undefined || keys.length === 0) return [`the option "${section}"`];
  return keys.map(entry);
}
