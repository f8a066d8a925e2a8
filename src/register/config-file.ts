import { readFileSync } from 'node:fs';
import { CostSpanProcessor } from '../processor/processor.js';
import type { CostOptions } from '../runtime/options.js';

import { InvalidOptionError, isRecord } from '../validate.js';
import { messageOf, notice, writeLine } from './notice.js';

/**
 * Creates a processor with the options of a JSON file. For an unreadable file or an invalid option, one line is
 * printed and the whole file is ignored: metering with half of the intended prices would look complete.
 */
export function processorFromFile(path: string | undefined): CostSpanProcessor {
  const options = path === undefined ? undefined : readOptions(path);
  if (options === undefined) return new CostSpanProcessor();
  try {
    // Options that JSON cannot express, such as functions, are rejected rather than skipped.
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
    // The processor checks the names and values of the options.
    if (isRecord(options)) return options;
    notice(`${path} must hold a JSON object; it is ignored`);
  } catch (error) {
    notice(`${path} could not be read: ${messageOf(error)}; it is ignored`);
  }
  return undefined;
}
