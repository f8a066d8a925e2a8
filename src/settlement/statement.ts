/**
 * - `wrapper`: a `withLlm`. While it is open, it collects the bills of spans inside, and bills them when it ends.
 * - `tool`: work inside it is not part of a call around it.
 * - `scope`: a session, task, agent or step. It is part of a call around it, but a wrapper around it collects none of
 *   its bills.
 * - `handover`: work that began inside an LLM span when the usage of that call was known. It is not part of the call.
 * - `span`: every other span, including LLM spans and aggregates of other instrumentations.
 */
export type NodeKind = 'wrapper' | 'tool' | 'scope' | 'handover' | 'span';

/**
 * The usage or the cost that a node reports. A `call` is compared with the LLM work below it that is not behind a tool.
 * A `sum` of several calls is compared with all LLM work below it.
 *
 * Example: 1,000 tokens are billed below, 400 of them behind a tool. A `call` of 1,000 is billed for 400, and a `sum`
 * of 1,000 for nothing.
 */
export interface Statement {
  readonly of: 'call' | 'sum';
  /** Input tokens, cache included. 0 when the usage is unknown; the call still counts. */
  readonly input: number;
  /** Output tokens, reasoning included. 0 when the usage is unknown. */
  readonly output: number;
  /** Number of calls; 0 for money that is not for a call. */
  readonly calls: number;
  /** The cost that the provider or gateway reported, in pico-dollars. */
  readonly pico: number | undefined;
  /** False when it reports a call without usage. */
  readonly isKnown: boolean;
}

/** The responses of a statement, and who recorded them. */
export interface Identity {
  /** Ids from the provider: of one response, or of all steps of a sum. */
  readonly responseIds: readonly string[];
  readonly recorder: string;
  /**
   * The recorder sees calls being made, so its two records are two calls. Other recorders may record one call twice.
   */
  readonly isWitness: boolean;
}

/**
 * - `partial_statement`: only a part of the statement is billed, so its price tier and kinds of tokens are a guess.
 * - `unexplained_sum`: a sum of more than the calls that are not behind a tool, and of less than all calls below.
 * - `ambiguous_usage`: a response may have been billed twice: by a node around this later record, or because one
 *   recorder wrote two similar records under one id.
 */
export type SettlementFlag = 'partial_statement' | 'unexplained_sum' | 'ambiguous_usage';

/**
 * Where the rest of a statement was billed: in its parts (`below`), at an earlier record of the response (`record`), at
 * an ended wrapper or tool around it (`cover`), or at another ended node around it (`around`).
 */
export type BilledElsewhere = 'below' | 'record' | 'cover' | 'around';
