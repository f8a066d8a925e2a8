/** The ways in which a thread can end, by name. */
export const ENDS = {
  return: () => {},
  exit: () => process.exit(0),
  crash: () => {
    setTimeout(() => {
      throw new Error('the app broke');
    }, 10);
  },
  rejection: () => {
    void Promise.reject(new Error('the app broke'));
  },
  /** Until a signal comes. */
  wait: () => {
    setInterval(() => {}, 1_000);
    console.log('ready');
  },
  /** Returns while requests are in flight. */
  later: () => {
    setTimeout(() => {}, 500);
  },
};
