import type { Answer } from '../answers.js';
import type { Ledger } from '../ledger.js';

/** What a reader has chosen, and Grafana puts into queries. */
export interface Chosen {
  rangeSeconds: number;
  variables: Readonly<Record<string, string>>;
}

/** One row a span: the values of the columns that a table shows. */
export type Rows = readonly Readonly<Record<string, unknown>>[];

/** By panel and query (`title / refId`), what has to be answered. */
export type Figures = Readonly<Record<string, (ledger: Ledger, chosen: Chosen) => Answer | Rows>>;
