/** The bills of the services in `app/`, in pico-dollars: calculated here once more, in whole numbers. */

/** gpt-4o-mini: $0.15 and $0.60 for a million input and output tokens. */
function costOfThought(prompt: string): bigint {
  return 150_000n * BigInt(1000 + prompt.length * 7) + 600_000n * 37n;
}

export function costOfSearch(chars: number): bigint {
  return 1_000_000_000n + BigInt(chars) * 123_457n;
}

const LOOK_UP_COST = 12_345_678n;
const PAGE_COST = 333_333_333n + 7n;

/** The cost of one answer of an orchestrator, with the agents and tools that it calls. */
export function costOf(question: string): bigint {
  const thoughts = [question, `what is known of ${question}`, `an outline for ${question}`, 'the text'];
  const searches = [question, `more on ${question}`];
  return (
    thoughts.reduce((sum, prompt) => sum + costOfThought(prompt), 0n) +
    searches.reduce((sum, { length }) => sum + costOfSearch(length), 0n) +
    PAGE_COST +
    2n * LOOK_UP_COST
  );
}
