import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll } from 'vitest';
import { PROGRAM } from '../../scripts/program.mjs';
import type { Ran } from './terminal.js';

const MODULES = fileURLToPath(new URL('../../node_modules/', import.meta.url));
const MAX_MILLIS = 50_000;

/** Builds the program before the tests of a file, where it finds its packages, and removes it after them. */
export function useProgram(): {
  run(args: readonly string[], input?: string): Promise<Ran>;
  start(args: readonly string[]): ChildProcess;
} {
  let folder = '';
  const children = new Set<ChildProcess>();
  beforeAll(async () => {
    folder = mkdtempSync(join(MODULES, '.test-program-'));
    await build({
      ...PROGRAM,
      entryPoints: { main: 'src/main.ts' },
      outdir: folder,
      outExtension: { '.js': '.mjs' },
    });
  });
  afterAll(() => {
    for (const child of children) child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });
  const start = (args: readonly string[]): ChildProcess => {
    const child = spawn(process.execPath, [join(folder, 'main.mjs'), ...args], {
      stdio: 'pipe',
      timeout: MAX_MILLIS,
    });
    children.add(child);
    return child;
  };
  return {
    start,
    async run(args, input = '') {
      const child = start(args);
      const [out, err] = [textOf(child.stdout), textOf(child.stderr)];
      child.stdin?.end(input);
      const [exitCode] = await once(child, 'close');
      return { exitCode, out: await out, err: await err };
    },
  };
}

async function textOf(stream: AsyncIterable<Buffer> | null): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream ?? []) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
