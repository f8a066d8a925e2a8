/** A span with own cost, as the exports need it. */

import type { Tokens } from '../task-answers.js';

export interface Leaf {
  traceId: string;
  spanId: string;
  name: string;
  /** `llm`, `tool`, `compute`, `storage`, `network`, `other`; null when the span does not say. */
  kind: string | null;
  startMillis: number;
  endMillis: number;
  service: string | null;
  provider: string | null;
  /** The model that answered, else the requested one. */
  model: string | null;
  requestModel: string | null;
  serviceTier: string | null;
  tool: string | null;
  tokens: Tokens | null;
  /** Of the span, without prompts and answers: what its usage is read from. */
  attributes: Readonly<Record<string, unknown>>;
  scopeName: string;
  /** Whole pico-dollars; null when unknown. */
  pico: bigint | null;
  status: 'free' | 'estimated' | 'unpriced' | null;
  reason: string | null;
  source: string | null;
  isFailed: boolean;
  attempt: number | null;
  agent: string | null;
  /** The nearest task, and the outermost one; equal for most. */
  taskId: string | null;
  taskName: string | null;
  rootTaskId: string | null;
  sessionId: string | null;
  /** Of the outermost task: `running` until its roll-up has arrived. Null without a task. */
  outcome: string | null;
  /** False when the roll-up of the outermost task misses a cost; null without one. */
  isTaskComplete: boolean | null;
  isPricedHere: boolean;
  /** By attribution key: `user`, `team`, …. */
  attribution: Readonly<Record<string, string>>;
}
