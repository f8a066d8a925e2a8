/** Work that restarts itself without end: each node starts below one that has ended, or is about to end. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LIBRARY_BUILD } from '../../scripts/build-options.mjs';
import { call, line, money, start } from './support.js';

const CHAIN = 200_000;
/** A chain that is kept alive takes 40 MB and more. */
const MAX_BYTES = 500_000;
/** `Responses` remembers the latest 2,000 ids, each with its node. */
const MAX_BYTES_OF_IDS = 3_000_000;

describe('a long chain is released', () => {
  let folder: string;
  let program: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'settlement-'));
    program = join(folder, 'chain.mjs');
    const entry = fileURLToPath(new URL('chain.ts', import.meta.url));
    await build({ ...LIBRARY_BUILD, entryPoints: [entry], outfile: program });
  });

  afterAll(() => rm(folder, { recursive: true }));

  it.each([
    ['nothing', MAX_BYTES],
    ['the same', MAX_BYTES],
    ['ever less', MAX_BYTES],
    ['ids', MAX_BYTES_OF_IDS],
    ['tools', MAX_BYTES],
    ['wrappers', MAX_BYTES],
    ['the same, below an open one', MAX_BYTES],
    ['ever less, below an open one', MAX_BYTES],
    ['nothing, below an open one', MAX_BYTES],
  ])('each says: %s', async (form, most) => {
    const run = promisify(execFile);
    const { stdout } = await run(process.execPath, ['--expose-gc', program, form, String(CHAIN)]);
    expect(Number(stdout)).toBeLessThan(most);
  });
});

describe('a node with credit is found', () => {
  it('behind 1,000 ended nodes without a statement', () => {
    const payer = start('span');
    expect(money(payer, call(100))).toBe(100);
    let last = payer;
    for (let depth = 0; depth < 1000; depth++) {
      last = start('span', last);
      last.close();
    }
    expect(money(start('span', last), call(100))).toBe(0);
  });

  it('behind 1,000 ended nodes that have spent their credit', () => {
    const payer = start('span');
    expect(money(payer, call(2000))).toBe(2000);
    let last = payer;
    for (let depth = 0; depth < 1000; depth++) {
      last = start('span', last);
      expect(money(last, call(1))).toBe(0);
      expect(money(start('span', last), call(1))).toBe(0);
    }
    expect(money(start('span', last), call(500))).toBe(0);
  });

  it('behind 1,000 that ended while the one below was open', () => {
    const [payer, ...open] = line('span', ...Array<'span'>(1000).fill('span'));
    expect(money(payer, call(100))).toBe(100);
    const leaf = start('span', open.at(-1));
    for (const node of open) node.close();
    expect([money(leaf, call(40)), leaf.parent === payer]).toEqual([0, true]);
  });

  it('behind at most 64 others that have credit left', () => {
    const [root, payer] = line('scope', 'span');
    expect(money(payer, call(10_000))).toBe(10_000);
    let last = payer;
    for (let depth = 1; depth < 64; depth++) {
      last = start('span', last);
      expect(money(last, call(1000 - depth))).toBe(0);
    }
    const found = start('span', last);
    expect([found.parent === last, money(found, call(500))]).toEqual([true, 0]);
    const beyond = start('span', found);
    expect([beyond.parent === root, money(beyond, call(50))]).toEqual([true, 50]);
  });
});
