/** A call that was stated directly below a span. */
export interface StatedCall {
  readonly recorder: string;
  readonly model: string | undefined;
  readonly input: number;
  readonly output: number;
}

interface EndedCall extends StatedCall {
  /** The number of records that had started when this call ended. */
  readonly startedUntil: number;
}

/** Calls remembered for each span. Parallel calls with the same counts are few. */
const MAX_CALLS = 8;

/** The last calls directly below one span, to recognize a second record of one of them. */
export class CallsBeside {
  private readonly calls: EndedCall[] = [];

  /**
   * True when another recorder stated this call already, and it had not ended when this record started. Each call has
   * one twin. Remembers the call otherwise.
   */
  takesTwin(call: StatedCall, startNumber: number, startedUntil: number): boolean {
    const twin = this.calls.findIndex(
      (other) => startNumber <= other.startedUntil && isSameCall(call, other),
    );
    if (twin >= 0) {
      this.calls.splice(twin, 1);
      return true;
    }
    if (this.calls.length === MAX_CALLS) this.calls.shift();
    const { recorder, model, input, output } = call;
    this.calls.push({ recorder, model, input, output, startedUntil });
    return false;
  }
}

/** One recorder may leave out the prefix or the date of the model's name. */
function isSameCall(a: StatedCall, b: StatedCall): boolean {
  if (a.recorder === b.recorder || a.input !== b.input || a.output !== b.output) return false;
  const { model = '' } = a;
  const { model: other = '' } = b;
  return model.includes(other) || other.includes(model);
}
