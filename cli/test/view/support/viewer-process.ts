/** The built viewer as a process of its own, as a user starts it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('../../../dist/main.js', import.meta.url));
const AGENTS = fileURLToPath(new URL('./agents.mjs', import.meta.url));

export interface ViewerProcess {
  url: string;
  /** Everything printed so far. */
  output(): string;
  child: ChildProcess;
  /** Ends it as Ctrl-C does. Resolves with the exit code. */
  stop(): Promise<number | null>;
}

/** On a free port, unless `args` name one. Rejects when it ends before it has a page. */
export async function startViewer(args: readonly string[] = []): Promise<ViewerProcess> {
  const port = args.includes('--port') ? [] : ['--port', '0'];
  const child = spawn(process.execPath, [PROGRAM, 'view', '--no-open', ...port, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, OTEL_AGENT_COST_VIEW_TOKEN: '' },
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.on('data', () => {
      const [, found] = /page {4}(http:\S+)\//.exec(output) ?? [];
      if (found !== undefined) resolve(found);
    });
    child.once('close', () => reject(new Error(`the viewer ended: ${output}`)));
  });
  return {
    url,
    output: () => output,
    child,
    async stop() {
      if (child.exitCode !== null) return child.exitCode;
      const closed = once(child, 'close');
      child.kill('SIGINT');
      await closed;
      return child.exitCode;
    },
  };
}

export interface LedgerTotals {
  costUsd: number;
  llmCostUsd: number;
  toolCostUsd: number;
  inputTokens: number;
  outputTokens: number;
  steps: number;
  wastedCostUsd: number;
  costComplete: boolean;
  byModel: Record<string, { costUsd: number }>;
  byTool: Record<string, { costUsd: number }>;
}

/** The bookings of the ledger in the agents' process. */
export interface Ledger {
  tasks: { id: string; name: string; totals: LedgerTotals }[];
  session: LedgerTotals;
}

/** Runs the agents, which export to a viewer, and returns their ledger's figures. */
export async function runAgents(url: string, searchUsd: number): Promise<Ledger> {
  const child = spawn(process.execPath, [AGENTS, String(searchUsd)], {
    env: { ...process.env, OTEL_EXPORTER_OTLP_ENDPOINT: url },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return JSON.parse(await text(child.stdout));
}
