import type { Identity, Statement } from './statement.js';

/** The statement of a wrapper inside another one, not behind a tool. */
interface InnerCall {
  readonly responseIds: readonly string[];
  readonly input: number;
  readonly output: number;
}

/**
 * The wrappers inside a wrapper that have stated the ids of their responses. They are its parts, because only a tool
 * ends a call's extent. If the ids contradict this, the amount is uncertain.
 *
 * Example: an outer `withLlm` states the agent's own calls, `resp_1` and `resp_4`. An agent that its tool runs states
 * `resp_2` and `resp_3` in an inner one. No span shows the tool, so only the larger of the two statements is billed.
 */
export class InnerCalls {
  /** The most inner wrappers that are remembered for an open wrapper. */
  static readonly MAX_CALLS = 1_000;

  private readonly calls: InnerCall[] = [];

  add({ input, output }: Statement, { responseIds }: Identity): void {
    if (this.calls.length < InnerCalls.MAX_CALLS) this.calls.push({ responseIds, input, output });
  }

  /** True when a statement that names all of its responses names none of those of a wrapper inside. */
  hasOthers(statement: Statement, { responseIds }: Identity): boolean {
    if (responseIds.length < statement.calls) return false;
    const forms = new Set(responseIds.map(formOf));
    return this.calls.some((call) => {
      if (call.responseIds.some((id) => responseIds.includes(id))) return false;
      const isAlike = call.responseIds.every((id) => formOf(id) !== undefined && forms.has(formOf(id)));
      // Some clients replace response ids with their own. With the same counts, it is the same call.
      return isAlike || call.input !== statement.input || call.output !== statement.output;
    });
  }
}

/** `resp`, `msg` or `chatcmpl`: ids of one form are from one API. */
function formOf(id: string): string | undefined {
  return /^[a-z]+(?=[-_])/i.exec(id)?.[0];
}
