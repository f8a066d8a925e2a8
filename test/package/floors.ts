/** The rules of the library's structure. Each returns what breaks it, in words; nothing when it holds. */
import { importsOf, localImportsOf, reachableFrom, type Sources } from './sources.js';

/** Wings of `src` from the ground up; a source imports from its own wing and from those below. AGENTS.md has their table. */
export const FLOORS = [
  'ground',
  'usage',
  'pricing',
  'settlement',
  'ledger',
  'metrics',
  'results',
  'spans',
  'runtime',
  'budgets',
  'pipeline',
  'processor',
  'wrappers',
  'shared',
  'optimize',
  'compute',
  'offline',
  'register',
  'entry',
];

/** Floors that only their sub-path's entry may reach. */
const SUB_PATH_FLOORS = ['shared', 'optimize', 'compute', 'offline', 'register'];

export const MAX_LINES = 300;

/** Sources directly in `src` are the ground, but for the entry files that `package.json` exports. */
function floorOf(path: string, entries: readonly string[]): string {
  if (entries.includes(path)) return 'entry';
  const [folder = '', rest] = path.split('/');
  return rest === undefined ? 'ground' : folder;
}

export function findUpwardImports(sources: Sources, entries: readonly string[]): string[] {
  const broken: string[] = [];
  for (const [path, source] of sources) {
    const floor = FLOORS.indexOf(floorOf(path, entries));
    if (floor === -1) broken.push(`${path} is on no floor (known: ${FLOORS.join(', ')})`);
    for (const target of localImportsOf(path, source)) {
      if (!sources.has(target)) broken.push(`${path} imports ${target}, which does not exist`);
      else if (entries.includes(target)) broken.push(`${path} imports the entry file ${target}`);
      else if (FLOORS.indexOf(floorOf(target, entries)) > floor)
        broken.push(`${path} imports upwards: ${target}`);
    }
  }
  return broken;
}

export function findCircles(sources: Sources): string[] {
  const circles: string[] = [];
  const finished = new Set<string>();
  const visit = (path: string, trail: readonly string[]): void => {
    if (trail.includes(path)) {
      circles.push([...trail.slice(trail.indexOf(path)), path].join(' > '));
      return;
    }
    if (finished.has(path)) return;
    for (const target of localImportsOf(path, sources.get(path) ?? '')) visit(target, [...trail, path]);
    finished.add(path);
  };
  for (const path of sources.keys()) visit(path, []);
  return circles;
}

export function findReExports(sources: Sources, entries: readonly string[]): string[] {
  const broken: string[] = [];
  for (const [path, source] of sources) {
    for (const { specifier, isReExport, isStar } of importsOf(source)) {
      if (isStar) broken.push(`${path} exports everything of ${specifier}`);
      else if (isReExport && !entries.includes(path)) broken.push(`${path} re-exports from ${specifier}`);
    }
  }
  return broken;
}

/** What the root entry reaches of the sub-paths: their entry files, or sources that only they may use. */
export function findSubPathsInRoot(sources: Sources, entries: readonly string[]): string[] {
  return [...reachableFrom('index.ts', sources)].filter(
    (path) =>
      path !== 'index.ts' && (entries.includes(path) || SUB_PATH_FLOORS.includes(floorOf(path, entries))),
  );
}

export function findLongFiles(sources: Sources): string[] {
  return [...sources]
    .map(([path, source]) => ({ path, lines: source.trimEnd().split('\n').length }))
    .filter(({ lines }) => lines > MAX_LINES)
    .map(({ path, lines }) => `${path} has ${lines} lines (at most ${MAX_LINES})`);
}
