/** Streams of SDKs that run by themselves and emit events, such as `messages.stream()` and `responses.stream()`. */

import type { CallWatch } from './call-watch.js';
import { isMethod, type Props } from './patch.js';

const CHUNK_EVENTS = ['streamEvent', 'chunk', 'event'];
// OpenAI's tool runner makes several calls, so the list of all its answers comes first. Its `finalMessage` has no
// usage.
const FINAL_RESULTS = ['allChatCompletions', 'finalChatCompletion', 'finalResponse', 'finalMessage'];

export function isEventStream(value: Props): boolean {
  return isMethod(value.on) && isMethod(value.done) && typeof value.ended === 'boolean';
}

/**
 * Listens for chunks and the end, but never for `error` or `abort`: if the app has no such listener, the SDK
 * reports the failure as an unhandled rejection, and must continue to do so.
 */
export function watchEventStream(stream: Props, watch: CallWatch): boolean {
  const { on } = stream;
  if (!isMethod(on)) return false;
  if (stream.ended === true) {
    tellOutcome(stream, watch, true);
    return true;
  }
  const onChunk = (chunk: unknown) => watch.chunk(chunk);
  // A runner without streaming emits whole answers only.
  const events = isMethod(stream[Symbol.asyncIterator]) ? CHUNK_EVENTS : ['chatCompletion'];
  for (const event of events) on.call(stream, event, onChunk);
  on.call(stream, 'end', () => tellOutcome(stream, watch, false));
  return true;
}

/** Called after the stream has ended, so reading its result starts nothing and hides no failure. */
function tellOutcome(stream: Props, watch: CallWatch, isLate: boolean): void {
  const final = isLate ? FINAL_RESULTS.map((name) => stream[name]).find(isMethod) : undefined;
  const result = stream.errored === true ? stream.done : final;
  if (stream.aborted === true) watch.stopped();
  else if (isMethod(result)) tellResult(result.call(stream), watch);
  else watch.streamed();
}

function tellResult(result: unknown, watch: CallWatch): void {
  Promise.resolve(result).then(
    (value) => watch.returned(value),
    (error) => watch.threw(error),
  );
}
