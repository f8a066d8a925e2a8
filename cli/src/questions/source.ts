/** Where the questions get their rows. */
import type { Parameter, Row } from '../store/database.js';

export interface Source {
  all(sql: string, parameters?: Readonly<Record<string, Parameter>>): Promise<Row[]>;
}

export interface QuestionContext {
  database: Source;
  /** Epoch milliseconds. */
  now: () => number;
}
