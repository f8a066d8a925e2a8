import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { getText } from './api-client.js';
import { refreshes } from './live.js';

interface Answer {
  path: string;
  text: string;
  data: unknown;
}

interface Held {
  shown: Answer | undefined;
  pending: Answer | undefined;
  error: string | undefined;
}

export interface Resource<T> {
  data: T | undefined;
  /** A newer answer to the same question, kept back while one reads. */
  pending: T | undefined;
  /** The question has changed, and its answer is not here yet. */
  isLoading: boolean;
  error: string | undefined;
  /** Shows the newer answer. */
  apply(): void;
}

/**
 * The answer of the API to one question; asked again when spans arrive. While `isHeld`, a newer answer to the same
 * question waits in `pending`; another question (sort, filter, window) is the reader's own doing and shows at once.
 *
 * `T` is the server's promise of api.ts: both are built together.
 */
export function useResource<T>(path: string | undefined, isHeld = false): Resource<T> {
  const [state, setState] = useState<Held>({ shown: undefined, pending: undefined, error: undefined });
  const held = useRef(isHeld);
  held.current = isHeld;
  const receive = useCallback((answer: Answer) => setState((old) => received(old, answer, held.current)), []);
  useEffect(() => {
    if (path === undefined) return;
    return keepAsking(path, receive, (error) => setState((old) => ({ ...old, error })));
  }, [path, receive]);
  const apply = useCallback(
    () => setState((old) => (old.pending ? { ...old, shown: old.pending, pending: undefined } : old)),
    [],
  );
  useEffect(() => {
    if (!isHeld) apply();
  }, [isHeld, apply]);
  return {
    data: state.shown?.data as T | undefined,
    pending: state.pending?.data as T | undefined,
    isLoading: path !== undefined && state.shown?.path !== path,
    error: state.error,
    apply,
  };
}

function received(old: Held, answer: Answer, isHeld: boolean): Held {
  const isSameQuestion = old.shown?.path === answer.path;
  if (isSameQuestion && old.shown?.text === answer.text) {
    return old.pending === undefined && old.error === undefined
      ? old
      : { ...old, pending: undefined, error: undefined };
  }
  if (isSameQuestion && isHeld) return { ...old, pending: answer, error: undefined };
  return { shown: answer, pending: undefined, error: undefined };
}

/** One request at a time: a refresh that comes during a request is made up for after it. */
function keepAsking(path: string, receive: (answer: Answer) => void, fail: (error: string) => void) {
  const abort = new AbortController();
  let isAsking = false;
  let isStale = false;
  const ask = async () => {
    if (isAsking) {
      isStale = true;
      return;
    }
    isAsking = true;
    try {
      const text = await getText(path, abort.signal);
      if (!abort.signal.aborted) receive({ path, text, data: JSON.parse(text) });
    } catch (error) {
      // A viewer that cannot be reached is told once, by the state of the connection.
      const isUnreachable = error instanceof TypeError;
      if (!abort.signal.aborted && !isUnreachable)
        fail(error instanceof Error ? error.message : String(error));
    }
    isAsking = false;
    if (isStale && !abort.signal.aborted) {
      isStale = false;
      void ask();
    }
  };
  void ask();
  const unsubscribe = refreshes.subscribe(() => void ask());
  return () => {
    unsubscribe();
    abort.abort();
  };
}
