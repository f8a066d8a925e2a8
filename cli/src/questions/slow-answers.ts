/** An answer that took so long is given again; a quick one is always asked for. */
const SLOW_MILLIS = 100;
/** For how many times as long as it took: at most a tenth of the time goes into one question. */
const AGAIN = 10;
const MOST_AGAIN_MILLIS = 10_000;
/** More windows than one person has open. */
const MAX_KEPT = 16;

/** Answers of a question that may take long while many spans arrive. Those who ask the same at once share an answer. */
export class SlowAnswers<Answer> {
  readonly #kept = new Map<string, { answer: Promise<Answer>; untilMillis: number }>();

  constructor(private readonly clock: () => number = () => performance.now()) {}

  give(key: string, ask: () => Promise<Answer>): Promise<Answer> {
    const kept = this.#kept.get(key);
    if (kept !== undefined && this.clock() < kept.untilMillis) return kept.answer;
    const asked = this.clock();
    const entry = { answer: ask(), untilMillis: Number.POSITIVE_INFINITY };
    this.#kept.set(key, entry);
    entry.answer.then(
      () => {
        const took = this.clock() - asked;
        entry.untilMillis = took < SLOW_MILLIS ? 0 : this.clock() + Math.min(AGAIN * took, MOST_AGAIN_MILLIS);
      },
      () => {
        entry.untilMillis = 0;
      },
    );
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > MAX_KEPT && oldest !== undefined) this.#kept.delete(oldest);
    return entry.answer;
  }
}
