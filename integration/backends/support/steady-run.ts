/** An app that does so many tasks a second, in a process of its own, under `otel-agent-cost/register`. */
import { createInterface } from 'node:readline';
import type { Finished } from '../../../test/support/app.js';
import { type AgentsOptions, agentsApp, launch } from './agent-run.js';

/** A task, a model call and a tool call. */
export const SPANS_A_TASK = 3;

export interface SteadyOptions extends AgentsOptions {
  tasksPerSecond: number;
}

export interface SteadyAgents {
  service: string;
  /** What each task so far has cost, by the ledger of the app. */
  costsUsd: readonly number[];
  /** Lets it end by itself: it delivers what it has. */
  end(): Promise<Finished>;
  /** Ends it at once: what it has not sent is lost. */
  kill(): Promise<Finished>;
}

export function startSteadyAgents({ tasksPerSecond, ...options }: SteadyOptions): SteadyAgents {
  const { service, ...started } = launch(options);
  const { child, finished } = agentsApp().start('steady.js', {
    ...started,
    arguments: [String(tasksPerSecond)],
  });
  const { stdin, stdout } = child;
  if (stdin === null || stdout === null) throw new Error('the app has no pipes');
  stdin.on('error', () => {});
  const costsUsd: number[] = [];
  createInterface({ input: stdout }).on('line', (line) => costsUsd.push(Number(line)));
  return {
    service,
    costsUsd,
    end() {
      stdin.end();
      return finished;
    },
    kill() {
      child.kill('SIGKILL');
      return finished;
    },
  };
}
