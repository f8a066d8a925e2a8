/** The demo's agents, as processes of their own that export to the viewer like any other app. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const SCENARIOS = ['research.json', 'tau2-airline.json', 'pi-coding-session.json'];

export type DemoState = 'ready' | 'running' | 'unavailable';

/** One run at a time of the recorded scenarios, one after the other, dated now. */
export class Demo {
  private child: ChildProcess | undefined;
  private isRunning = false;
  private isStopped = false;

  /** `folder` has the built agents and their scenarios. */
  constructor(
    private readonly folder: string,
    private readonly endpoint: () => string,
    private readonly token: string | undefined,
    private readonly report: (trouble: string) => void,
  ) {}

  get state(): DemoState {
    if (this.isRunning) return 'running';
    return existsSync(join(this.folder, 'agents.js')) ? 'ready' : 'unavailable';
  }

  /** Starts a run, unless there is one. Resolves when it has ended. Never rejects. */
  async run(): Promise<void> {
    if (this.state !== 'ready' || this.isStopped) return;
    this.isRunning = true;
    try {
      for (const scenario of SCENARIOS) {
        if (this.isStopped) return;
        await this.runScenario(scenario);
      }
    } catch (error) {
      this.report(`the demo could not run: ${error instanceof Error ? error.message : error}`);
    } finally {
      this.isRunning = false;
    }
  }

  /** Ends the running agents, for good. */
  stop(): void {
    this.isStopped = true;
    this.child?.kill();
  }

  private runScenario(scenario: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const child = spawn(
        process.execPath,
        [join(this.folder, 'agents.js'), join(this.folder, scenario), '--today'],
        { env: environmentFor(this.endpoint(), this.token), stdio: ['ignore', 'ignore', 'inherit'] },
      );
      this.child = child;
      child.once('error', reject);
      child.once('close', (code) => {
        this.child = undefined;
        if (code === 0 || this.isStopped) resolve();
        else reject(new Error(`the agents of ${scenario} ended with code ${code}`));
      });
    });
  }
}

/** Without the caller's `OTEL_*` variables, which may send the spans elsewhere or sample them. */
function environmentFor(endpoint: string, token: string | undefined): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith('OTEL_'));
  return {
    ...Object.fromEntries(kept),
    OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
    ...(token !== undefined && {
      OTEL_EXPORTER_OTLP_HEADERS: `authorization=Bearer%20${encodeURIComponent(token)}`,
    }),
  };
}
