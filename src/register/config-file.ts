import { readFileSync } from 'node:fs';
import { CostSpanProcessor } from '../processor/processor.js';
import type { CostOptions } from '../runtime/options.js';

import { InvalidOptionError, isRecord } from '../validate.js';
import { messageOf, notice, writeLine } from './notice.js';

/**
 * A processor with the options of a JSON file. A file that cannot be read, or an option that is wrong, is told in
 * one line, and none of the file is used: metering with half of the prices somebody wrote would pass for all.
 */
export function processorFromFile(path: string | undefined): CostSpanProcessor {
  const options = path === undefined ? undefined : readOptions(path);
  if (options === undefined) return new CostSpanProcessor();
  try {
    // What JSON cannot hold, as a function, is refused and not passed over.
    return new CostSpanProcessor(options);
  } catch (error) {
    if (!(error instanceof InvalidOptionError)) throw error;
    writeLine(`${error.message} (in ${path}; the whole file is ignored)`);
    return new CostSpanProcessor();
  }
}

function readOptions(path: string): CostOptions | undefined {
  try {
    const options: unknown = JSON.parse(readFileSync(path, 'utf8'));
    // An object: which options it has, and whether they are right, the processor checks.
    if (isRecord(options)) return options;
    notice(`${path} must hold a JSON object; it is ignored`);
  } catch (error) {
    notice(`${path} could not be read: ${messageOf(error)}; it is ignored`);
  }
  return undefined;
}
