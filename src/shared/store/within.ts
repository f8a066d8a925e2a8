/** Limits the time that the end of sharing takes. */

/** The pause before something that has failed is tried again, in ms. */
const RETRY_MILLIS = 100;

/** Tries until `work` resolves to true, but resolves after `millis` at the latest. */
export async function within(millis: number, work: () => Promise<boolean>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const isOver = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, millis, true);
  });
  while (!(await Promise.race([isOver, work()]))) await pause(RETRY_MILLIS);
  clearTimeout(timer);
}

export function pause(millis: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, millis));
}
