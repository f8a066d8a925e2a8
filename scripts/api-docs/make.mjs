/**
 * Writes the API reference in docs/api/ from the declarations in dist/. Run it after a build:
 *
 *   npm run build && npm run api-docs               writes it
 *   npm run build && npm run api-docs -- --check    fails if it differs from the declarations
 *
 * TypeDoc does not know TypeScript 7 yet, so it has a package.json and a lock of its own here.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { argv, exit } from 'node:process';
import { fileURLToPath } from 'node:url';
import { Application, Converter, ReflectionKind } from 'typedoc';
import { ModuleRouter } from 'typedoc-plugin-markdown';
import { entryDeclarations } from '../api-report.mjs';

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));
const REFERENCE = path('../../docs/api');

/** A page for each entry that exports names: all but `./register`. */
const entries = entryDeclarations().filter(({ file }) => file !== 'register.d.ts');

/** @type {import('typedoc').TypeDocOptions & import('typedoc-plugin-markdown').PluginOptions} */
const OPTIONS = {
  name: 'API reference',
  entryPoints: entries.map(({ file }) => path(`../../dist/${file}`)),
  tsconfig: path('tsconfig.json'),
  readme: path('head.md'),
  plugin: [path('node_modules/typedoc-plugin-markdown/dist/index.js')],
  router: 'entry-pages',
  // Line numbers of dist/ lead nowhere on a page, and would change with every build.
  disableSources: true,
  // Error's own members are documented elsewhere.
  excludeExternals: true,
  excludeInternal: true,
  excludePrivate: true,
  excludeProtected: true,
  githubPages: false,
  groupOrder: [
    'Functions',
    'Classes',
    'Interfaces',
    'Type Aliases',
    'Constructors',
    'Properties',
    'Accessors',
    'Methods',
  ],
  // Names that occur several times on a page would else have anchors that a Markdown viewer numbers in another order. The
  // prefix keeps them apart from the viewer's own.
  useHTMLAnchors: true,
  anchorPrefix: 'api-',
  mergeReadme: true,
  hideBreadcrumbs: true,
  hidePageHeader: true,
  pageTitleTemplates: { module: ({ name }) => name },
  parametersFormat: 'table',
  logLevel: 'Warn',
};

/** `otel-agent-cost/compute` has the page compute.md. */
class EntryPages extends ModuleRouter {
  getIdealBaseName(reflection) {
    if (reflection.kind !== ReflectionKind.Module) return super.getIdealBaseName(reflection);
    const { file } = entries.find(({ specifier }) => specifier === reflection.name);
    return basename(file, '.d.ts');
  }
}

async function writeReference(folder) {
  const app = await Application.bootstrapWithPlugins({
    ...OPTIONS,
    outputs: [{ name: 'markdown', path: folder }],
  });
  app.renderer.defineRouter('entry-pages', EntryPages);
  app.converter.on(Converter.EVENT_CREATE_DECLARATION, (_context, reflection) => {
    const entry = entries.find(({ file }) => file === `${reflection.name}.d.ts`);
    if (reflection.kind === ReflectionKind.Module && entry !== undefined) reflection.name = entry.specifier;
  });
  const project = await app.convert();
  if (project === undefined) throw new Error('TypeDoc could not read the declarations');
  await app.generateOutputs(project);
  if (app.logger.hasErrors() || app.logger.hasWarnings()) throw new Error('TypeDoc has warnings');
}

const filesIn = (folder) =>
  new Map(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]));

/** The pages that differ, each with its first line that does. */
function differences(committed, made) {
  return [...new Set([...committed.keys(), ...made.keys()])].sort().flatMap((name) => {
    const [before, after] = [committed, made].map((pages) => pages.get(name)?.split('\n') ?? []);
    const line = after.findIndex((text, index) => text !== before[index]);
    if (line === -1 && before.length === after.length) return [];
    const at = line === -1 ? after.length : line;
    return [
      `docs/api/${name}:${at + 1}\n  is:        ${before[at] ?? '(nothing)'}\n  should be: ${after[at] ?? '(nothing)'}`,
    ];
  });
}

async function check() {
  const folder = mkdtempSync(join(tmpdir(), 'otel-agent-cost-api-'));
  try {
    await writeReference(folder);
    const found = differences(filesIn(REFERENCE), filesIn(folder));
    for (const difference of found) console.error(difference);
    if (found.length > 0) console.error('Run `npm run build && npm run api-docs` and commit docs/api/.');
    return found.length === 0;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (argv.includes('--check')) exit((await check()) ? 0 : 1);
await writeReference(REFERENCE);
