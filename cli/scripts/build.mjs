/**
 * Builds the package into `dist`: the commands with their libraries in a few files, the page, and the agents of the demo.
 * Needs the built package in the folder above: `npm ci` there.
 */
import { copyFileSync, existsSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { build as buildPage } from 'vite';
import { PROGRAM } from './program.mjs';

const folder = fileURLToPath(new URL('../', import.meta.url));
const above = fileURLToPath(new URL('../../', import.meta.url));

if (!existsSync(`${above}dist/index.js`)) {
  console.error('Build the package in the folder above first: npm ci');
  process.exit(1);
}
rmSync(`${folder}dist`, { recursive: true, force: true });
await build({ ...PROGRAM, entryPoints: { main: 'src/main.ts' }, outdir: 'dist' });
await build({
  ...PROGRAM,
  entryPoints: {
    agents: `${above}examples/demo/agents.js`,
    // A program of its own, which runs when it is the main module: in one file with the agents it would run with them.
    loop: `${above}examples/agent-loop.js`,
  },
  outdir: 'dist/demo',
});
for (const scenario of [
  'demo/research.json',
  'recorded/tau2-airline.json',
  'recorded/pi-coding-session.json',
]) {
  copyFileSync(`${above}examples/${scenario}`, `${folder}dist/demo/${scenario.split('/').at(-1)}`);
}
await buildPage({ configFile: `${folder}page/vite.config.ts` });
