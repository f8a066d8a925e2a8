/** Concurrent requests, each a task of its own. */
export const RUNS = [{}];

export const COMMON = true;
