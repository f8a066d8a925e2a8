import type { SdkSpan } from '../sdk-span.js';
import { readToolName } from '../usage/read-span.js';

/** An open tool call. Used to make one bill of two spans of the same call. */
export class ToolSpan {
  open = true;
  /** A wrapper inside the span has billed this call. */
  billedInside = false;
  /** The identity of its task was sent to another process from inside it, which bills its own work. */
  hasCalledOthers = false;

  constructor(
    /** The tool name, or the span to read it from: some instrumentations set it after the start. */
    private readonly tool: string | SdkSpan,
    /** True for a wrapper of this package. */
    readonly ours: boolean,
  ) {}

  name(): string | undefined {
    if (typeof this.tool === 'string') return this.tool;
    const { attributes } = this.tool;
    return attributes === undefined ? undefined : readToolName(attributes);
  }
}
