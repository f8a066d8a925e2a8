/** Questions to a program over HTTP, asked again until the answer is there. */
import { setTimeout } from 'node:timers/promises';

/** One answer takes no longer, in ms. */
const ANSWER_MILLIS = 10_000;

/**
 * Backends show what they were sent after some seconds, and Tempo's search after up to half a minute. A collector that was
 * away on a busy machine is asked again by another one after up to 45 s: 30 s, and half of that at random.
 */
const PATIENCE_MILLIS = 100_000;

const PAUSE_MILLIS = 250;

/** The answer, JSON of the form that the program documents. Throws with what was said where it is none of success. */
export async function askJson<Answer>(
  url: string,
  parameters: Record<string, string | number> = {},
): Promise<Answer> {
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(parameters)) query.set(key, String(value));
  const response = await fetch(`${url}?${query}`, { signal: AbortSignal.timeout(ANSWER_MILLIS) });
  const text = await response.text();
  if (!response.ok) throw new Error(`${response.status} of ${url}?${query}: ${text.slice(0, 500)}`);
  const answer: Answer = JSON.parse(text);
  return answer;
}

export interface Patience {
  /** Default 100,000. */
  timeoutMillis?: number;
}

/**
 * Asks until `check` passes, and gives what was then answered. `check` holds expectations: what it throws last is thrown
 * where time runs out, so that a test says what was wrong.
 */
export async function eventually<Answer>(
  ask: () => Promise<Answer> | Answer,
  check: (answer: Answer) => void = () => {},
  { timeoutMillis = PATIENCE_MILLIS }: Patience = {},
): Promise<Answer> {
  const deadline = performance.now() + timeoutMillis;
  for (;;) {
    try {
      const answer = await ask();
      check(answer);
      return answer;
    } catch (error) {
      if (performance.now() > deadline) throw error;
    }
    await setTimeout(PAUSE_MILLIS);
  }
}
