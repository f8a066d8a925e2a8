/** An interceptor makes each request a task: what it returns is an Observable. */
export const RUNS = [{}];
