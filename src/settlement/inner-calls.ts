import type { Identity, Statement } from './statement.js';

/** What a wrapper inside another one stated, not behind a tool. */
interface InnerCall {
  readonly responseIds: readonly string[];
  readonly input: number;
  readonly output: number;
}

/**
 * The wrappers inside a wrapper that have stated which responses they are of. They are its parts, since only a tool is a
 * border of a call. Where the ids say otherwise, the amount is not sure.
 *
 * Example: `withLlm` is around an agent whose two calls are `resp_1` and `resp_4`, and around the agent that its tool
 * asks, whose calls are `resp_2` and `resp_3`. No span shows the tool, so the bill is of the larger two.
 */
export class InnerCalls {
  /** Wrappers that are remembered of a wrapper which is open, at most. */
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
      // Clients give some responses an id of their own: with the same counts it is the same call.
      return isAlike || call.input !== statement.input || call.output !== statement.output;
    });
  }
}

/** `resp`, `msg` or `chatcmpl`: ids of one form are of one API. */
function formOf(id: string): string | undefined {
  return /^[a-z]+(?=[-_])/i.exec(id)?.[0];
}
