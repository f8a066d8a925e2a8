/** Apps in a folder of their own, with this package installed, run as processes of their own. */
import { type ChildProcess, spawn } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const REPOSITORY = fileURLToPath(new URL('../../', import.meta.url));

/** What `register` needs to send spans. */
export const SDK_PACKAGES = [
  '@opentelemetry/sdk-trace-node',
  '@opentelemetry/exporter-trace-otlp-http',
  '@opentelemetry/resources',
];

export interface AppOptions {
  /** Installed packages beside ours, taken from this repository's own. Default {@link SDK_PACKAGES}. */
  packages?: string[];
  /** Files by their path in the app's folder. */
  files: Record<string, string>;
}

export interface RunOptions {
  env?: Record<string, string>;
  /** Arguments of the app, behind the file. */
  arguments?: string[];
  /** Arguments in front of the file. Default: the preload of `otel-agent-cost/register`. */
  nodeArguments?: string[];
}

export interface Finished {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
  /** When it ended, in milliseconds since the epoch. */
  endedAtMillis: number;
}

export interface Running {
  child: ChildProcess;
  /** Resolves when a text was written to stdout. */
  printed(text: string): Promise<void>;
  finished: Promise<Finished>;
}

export interface App {
  folder: string;
  start(file: string, options?: RunOptions): Running;
  run(file: string, options?: RunOptions): Promise<Finished>;
  remove(): void;
}

const DIST = join(REPOSITORY, 'dist');

/** Throws where `dist` is not of the sources as they are: an app would test what they were. */
function expectBuild(): void {
  const built = statSync(join(DIST, 'index.js'), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const sources = join(REPOSITORY, 'src');
  const newer = readdirSync(sources, { recursive: true, encoding: 'utf8' }).find(
    (path) => statSync(join(sources, path)).mtimeMs > built,
  );
  if (newer !== undefined) throw new Error(`src/${newer} is newer than dist: run \`npm run build\` first`);
}

export function createApp({ packages = SDK_PACKAGES, files }: AppOptions): App {
  expectBuild();
  const folder = mkdtempSync(join(tmpdir(), 'otel-agent-cost-app-'));
  const installed = join(folder, 'node_modules/otel-agent-cost');
  // Apps of JavaScript need no declarations, which are nearly all of the files.
  const isTyped = Object.keys(files).some((name) => /\.[cm]?ts$/.test(name));
  const isNeeded = (path: string) => isTyped || !path.endsWith('.d.ts');
  cpSync(DIST, join(installed, 'dist'), { recursive: true, filter: isNeeded });
  cpSync(join(REPOSITORY, 'package.json'), join(installed, 'package.json'));
  for (const name of ['@opentelemetry/api', '@pydantic/genai-prices', ...packages]) {
    const link = join(folder, 'node_modules', name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(REPOSITORY, 'node_modules', name), link, 'dir');
  }
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  const start = (file: string, options: RunOptions = {}) => startNode(folder, file, options);
  return {
    folder,
    start,
    run: (file, options) => start(file, options).finished,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function startNode(folder: string, file: string, options: RunOptions): Running {
  const { env = {}, nodeArguments, arguments: appArguments = [] } = options;
  const preload = nodeArguments ?? ['--import', 'otel-agent-cost/register'];
  const child = spawn(process.execPath, [...preload, file, ...appArguments], {
    cwd: folder,
    env: { PATH: process.env.PATH ?? '', ...env },
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const finished = new Promise<Finished>((resolve) => {
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr, endedAtMillis: Date.now() }));
  });
  const printed = (text: string) =>
    new Promise<void>((resolve, reject) => {
      const look = () => {
        if (stdout.includes(text)) resolve();
      };
      child.stdout.on('data', look);
      void finished.then(() => reject(new Error(`ended without printing ${text}:\n${stdout}${stderr}`)));
      look();
    });
  return { child, printed, finished };
}
