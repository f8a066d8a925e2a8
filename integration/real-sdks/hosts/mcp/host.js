/** `callTool` in `withTool` and in `wrapTool`. */
export const RUNS = [{}];

export const COMMON = true;
