/** What became of a call under budgets, and calls that end when a test says so. */

/** Far longer than any wait of these tests, and far shorter than the default wait of ten minutes. */
const STILL_WAITS_MILLIS = 10_000;

/** The result of the work, or the message of its error. 'still waits' after ten seconds. Never throws. */
export async function outcomeOf(work: () => unknown): Promise<unknown> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const waits = new Promise((resolve) => {
    timer = setTimeout(() => resolve('still waits'), STILL_WAITS_MILLIS);
  });
  try {
    return await Promise.race([work(), waits]);
  } catch (error) {
    return messageOf(error);
  } finally {
    clearTimeout(timer);
  }
}

/** The same for work that has to give its result at once. */
export function outcomeAtOnce(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return messageOf(error);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

export interface Gate {
  readonly opened: Promise<void>;
  open(): void;
}

/** Calls that wait for it end when it is opened. */
export function gate(): Gate {
  let open: () => void = () => {};
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open: () => open() };
}
