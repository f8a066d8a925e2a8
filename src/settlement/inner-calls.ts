import { Amounts } from './amounts.js';
import type { Identity, Statement } from './statement.js';

/** What a wrapper inside another one stated: its responses, and all of its work. */
export interface InnerCall {
  readonly responseIds: readonly string[];
  readonly isBehindTool: boolean;
  work(): Amounts;
}

/** What a statement is compared with. `isAmbiguous` when it may be of the same calls under other ids. */
export interface Parts {
  readonly known: Readonly<Amounts>;
  readonly isAmbiguous: boolean;
}

/**
 * The wrappers inside a wrapper. A statement that names every response it is for has no other response as a part of it.
 *
 * Example: `withLlm` is around an agent whose two calls are `resp_1` and `resp_4`, and around the agent that its tool
 * asks, whose calls are `resp_2` and `resp_3`. No span shows the tool. The bill is of four calls.
 */
export class InnerCalls {
  /** Wrappers that are remembered of a wrapper which is open, at most; each keeps its node. Later ones are parts. */
  static readonly MAX_CALLS = 1_000;

  private readonly calls: InnerCall[] = [];

  add(call: InnerCall): void {
    if (this.calls.length < InnerCalls.MAX_CALLS) this.calls.push(call);
  }

  partsOf(known: Readonly<Amounts>, statement: Statement, { responseIds }: Identity): Parts {
    if (responseIds.length < statement.calls) return { known, isAmbiguous: false };
    const forms = new Set(responseIds.map(formOf));
    const parts = new Amounts();
    parts.add(known, false);
    const unclear = new Amounts();
    for (const call of this.calls) {
      if (call.responseIds.some((id) => responseIds.includes(id))) continue;
      const isAlike = call.responseIds.every((id) => formOf(id) !== undefined && forms.has(formOf(id)));
      if (isAlike) parts.add(call.work(), call.isBehindTool, -1);
      else unclear.add(call.work(), call.isBehindTool);
    }
    const isSame = unclear.input === statement.input && unclear.output === statement.output;
    return { known: parts, isAmbiguous: unclear.ownCalls > 0 && !isSame };
  }
}

/** `resp`, `msg` or `chatcmpl`: ids of one form are of one API. Clients give some responses an id of their own. */
function formOf(id: string): string | undefined {
  return /^[a-z]+(?=[-_])/i.exec(id)?.[0];
}
