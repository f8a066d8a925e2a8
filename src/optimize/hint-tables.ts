/** The metrics behind the hints: one set of tables for each meter provider, shared by all copies in the process. */

import type { Attributes } from '@opentelemetry/api';
import { AGENT_NAME, PROVIDER_NAME, RESPONSE_MODEL, TASK_NAME, TOOL_NAME } from '../attributes.js';
import { sharedName } from '../copies.js';
import { counter, type Instruments, type Observed } from '../metrics/instruments.js';
import { CountRow } from '../metrics/rows.js';
import { Series } from '../metrics/series.js';
import { UsdSum } from '../money.js';

const SMALLER_MODEL = 'cost.smaller_model';

/** The cost of the calls of one model, and their cost on a smaller model. */
class SmallerModelRow {
  readonly billed = new UsdSum();
  readonly onSmaller = new UsdSum();

  constructor(readonly labels: Attributes) {}
}

class RepeatRow {
  calls = 0;
  readonly cost = new UsdSum();

  constructor(readonly labels: Attributes) {}
}

/** The label names of each table, attribution labels last. None of them is an id. */
export class HintKeys {
  readonly smallerModel: readonly string[];
  readonly sentAgain: readonly string[];
  readonly repeats: readonly string[];

  constructor(readonly attribution: readonly string[]) {
    this.smallerModel = [PROVIDER_NAME, RESPONSE_MODEL, SMALLER_MODEL, TASK_NAME, ...attribution];
    this.sentAgain = [PROVIDER_NAME, RESPONSE_MODEL, AGENT_NAME, TASK_NAME, ...attribution];
    this.repeats = [TOOL_NAME, TASK_NAME, ...attribution];
  }
}

export class HintTables {
  readonly smallerModel = new Series((labels) => new SmallerModelRow(labels));
  readonly sentAgain = new Series((labels) => new CountRow(labels));
  readonly repeats = new Series((labels) => new RepeatRow(labels));
  private keys: HintKeys | undefined;

  /** The same object for the same attribution keys. */
  keysFor(attribution: readonly string[]): HintKeys {
    if (this.keys?.attribution !== attribution) this.keys = new HintKeys(attribution);
    return this.keys;
  }

  observed(): Observed[] {
    const { smallerModel, sentAgain, repeats } = this;
    return [
      counter(
        'cost.smaller_model.usd',
        '{USD}',
        'Cost of the same tokens on the next smaller model of the family.',
        (result) => {
          for (const { onSmaller, labels } of smallerModel.rows()) result.observe(onSmaller.toUsd(), labels);
        },
      ),
      counter(
        'cost.smaller_model.billed_usd',
        '{USD}',
        'The part of cost.usd that cost.smaller_model.usd is compared with.',
        (result) => {
          for (const { billed, labels } of smallerModel.rows()) result.observe(billed.toUsd(), labels);
        },
      ),
      counter(
        'cost.sent_again_tokens',
        '{token}',
        'Input tokens that the previous call of the same loop had sent already.',
        (result) => {
          for (const { count, labels } of sentAgain.rows()) result.observe(count, labels);
        },
      ),
      counter(
        'cost.repeated_calls',
        '{call}',
        'Tool calls with the arguments of an earlier successful call.',
        (result) => {
          for (const { calls, labels } of repeats.rows()) result.observe(calls, labels);
        },
      ),
      counter('cost.repeated_usd', '{USD}', 'The part of cost.usd that repeated calls cost.', (result) => {
        for (const { cost, labels } of repeats.rows()) {
          if (!cost.isZero) result.observe(cost.toUsd(), labels);
        }
      }),
    ];
  }
}

const TABLES = Symbol.for(sharedName('hint tables'));

/** The tables that report through these instruments. */
export function hintTablesOf(instruments: Instruments): HintTables {
  const holder: typeof globalThis & { [TABLES]?: WeakMap<Instruments, HintTables> } = globalThis;
  holder[TABLES] ??= new WeakMap();
  const known = holder[TABLES].get(instruments);
  if (known !== undefined) return known;
  const tables = new HintTables();
  holder[TABLES].set(instruments, tables);
  instruments.add(tables.observed());
  return tables;
}
