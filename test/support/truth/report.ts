/** Public reports of wrong cost as cases: what a call or span said, and what the provider bills for it. */
import { readFileSync } from 'node:fs';
import type { Attributes } from '@opentelemetry/api';
import type { CostSpanProcessorOptions } from '../../../src/index.js';

/** One call that is wrapped by `withLlm`. It has a response, a stream of chunks or an error. */
export interface ReportedCall {
  provider?: string;
  model?: string;
  operation?: string;
  request?: unknown;
  /** When the call started, as ISO time. */
  time?: string;
  response?: unknown;
  stream?: unknown[];
  throws?: unknown;
}

/** One span of another instrumentation. Its children run inside it. */
export interface ReportedSpan {
  name: string;
  scope?: string;
  /** Attributes at the start. */
  start?: Attributes;
  /** Attributes that are set before the end, after the children. */
  attributes?: Attributes;
  time?: string;
  error?: boolean | string;
  children?: ReportedSpan[];
}

export interface Report {
  id: string;
  what: string;
  kind: string;
  source: string;
  rule: string;
  right_usd: number;
  input: { options?: CostSpanProcessorOptions; calls?: ReportedCall[]; spans?: ReportedSpan[] };
  /** The input does not tell the amount: a flag passes. */
  flag_is_enough?: boolean;
}

export interface ReportFile {
  note: string;
  cases: Report[];
}

export function readReports(path: string | URL): ReportFile {
  return JSON.parse(readFileSync(path, 'utf8'));
}
