/**
 * Follows the README as a new user would: runs its commands as written, in an empty folder, with the packed package
 * in place of its name, on the Node.js that runs this script. A stand-in on loopback replaces OpenAI and the
 * backend.
 *
 *   node scripts/check-readme.mjs <tarball>
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const INSTALL_TIMEOUT_MILLIS = 300_000;
const RUN_TIMEOUT_MILLIS = 60_000;

const repository = fileURLToPath(new URL('../', import.meta.url));
const tarball = resolve(process.argv[2] ?? '');
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
const README = readFileSync(join(repository, 'README.md'), 'utf8');
const PAGES = readdirSync(join(repository, 'docs'))
  .filter((name) => name.endsWith('.md'))
  .map((name) => readFileSync(join(repository, 'docs', name), 'utf8'));
const folders = [];

/** The code blocks in one language below a heading. */
function blocks(language, heading, page = README) {
  const section = page.slice(page.indexOf(`\n## ${heading}\n`)).split('\n## ')[1] ?? '';
  return [...section.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].flatMap(([, named, code]) =>
    named === language ? [code] : [],
  );
}

function emptyFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'otel-agent-cost-reader-'));
  folders.push(folder);
  writeFileSync(join(folder, 'package.json'), '{ "private": true }');
  return folder;
}

/** Runs a command as written. npm is the one in PATH, on this Node.js. */
async function shell(folder, command, env = {}) {
  const line = command.replace(/(npm install (?:.* )?)otel-agent-cost(?= |$)/, `$1${tarball}`);
  const PATH = `${dirname(process.execPath)}${delimiter}${process.env.PATH}`;
  const options = {
    cwd: folder,
    env: { ...process.env, CI: '', npm_config_audit: 'false', npm_config_fund: 'false', ...env, PATH },
    timeout: command.startsWith('npm') ? INSTALL_TIMEOUT_MILLIS : RUN_TIMEOUT_MILLIS,
  };
  try {
    return await run('bash', ['-c', line], options);
  } catch (error) {
    throw new Error(`${command}\n${error.stdout}${error.stderr || error.message}`);
  }
}

const lines = (block = '') => block.split('\n').filter((line) => line !== '');

/** Responds as OpenAI does, with 600 input and 100 output tokens, and accepts spans as OTLP/HTTP JSON. */
async function startServer() {
  const spans = [];
  const server = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = JSON.parse(Buffer.concat(chunks).toString() || '{}');
    response.setHeader('content-type', 'application/json');
    if (request.url === '/v1/traces') {
      for (const { scopeSpans } of body.resourceSpans)
        for (const scope of scopeSpans) spans.push(...scope.spans);
      response.end('{}');
    } else if (request.url.endsWith('/chat/completions')) {
      response.end(JSON.stringify(completion(body.model)));
    } else {
      response.end('{}');
    }
  });
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  const url = `http://127.0.0.1:${server.address().port}`;
  return {
    openai: { OPENAI_API_KEY: 'none', OPENAI_BASE_URL: `${url}/v1` },
    backend: { OTEL_EXPORTER_OTLP_ENDPOINT: url },
    /** The values of one attribute on the spans received since the last call. */
    take(key) {
      const values = spans.splice(0).flatMap(({ attributes }) => attributes.filter((one) => one.key === key));
      return values.map(({ value }) => value.doubleValue ?? value.intValue);
    },
    close: () => server.close().closeAllConnections(),
  };
}

function completion(model) {
  return {
    id: `chatcmpl-${Math.random()}`,
    object: 'chat.completion',
    created: 1,
    model: `${model}-2024-08-06`,
    choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: 'Morse' } }],
    usage: { prompt_tokens: 600, completion_tokens: 100, total_tokens: 700 },
  };
}

const server = await startServer();
const CALL = `await withLlm({ provider: 'openai', model: 'gpt-4o' }, async () => (${JSON.stringify(completion('gpt-4o'))}));`;

const checks = {
  'two commands: an own agent has its cost on the screen': async () => {
    const folder = emptyFolder();
    const [install, start, offline] = blocks('bash', 'Your own agent in two commands');
    for (const line of lines(install)) await shell(folder, line);
    writeFileSync(join(folder, 'agent.mjs'), blocks('js', 'Your own agent in two commands')[0]);
    const { stdout, stderr } = await shell(folder, lines(start)[0], server.openai);
    assert.equal(stdout, 'Morse $0.0075\n');
    const tree = README.slice(README.indexOf('```text\n') + 8).split('```')[0];
    assert.equal(stderr.slice(stderr.indexOf('\n') + 1), tree);
    const stoodIn = await shell(folder, lines(offline)[0]);
    assert.match(stoodIn.stderr, /└─ agent researcher +[\d,]+ +\d+ +\$0\.\d+ +✓/);
  },
  'zero code: the calls of an ES module arrive with their cost': async () => {
    const folder = emptyFolder();
    const commands = lines(blocks('bash', 'Zero code')[0]);
    await shell(folder, 'npm install openai');
    for (const line of commands.slice(0, -1)) await shell(folder, line);
    writeFileSync(
      join(folder, 'app.mjs'),
      `import OpenAI from 'openai';
       const messages = [{ role: 'user', content: 'hi' }];
       await new OpenAI().chat.completions.create({ model: 'gpt-4o', max_tokens: 9, messages });`,
    );
    const { stderr } = await shell(folder, commands.at(-1), { ...server.openai, ...server.backend });
    assert.match(stderr, /^task "OpenAI Chat Completions": \$0\.0025, [^\n]+\n$/);
    assert.deepEqual(server.take('cost_usd'), [0.0025]);
  },
  'a provider of one’s own, SDK 2: what ran before its shutdown arrives': async () => {
    const folder = emptyFolder();
    await shell(folder, lines(blocks('bash', 'Zero code')[0])[0]);
    const [snippet = ''] = blocks('ts', 'With the provider you have');
    assert.match(snippet, /your app/);
    const app = snippet.replace(/^\/\/ .*your app.*$/m, CALL);
    writeFileSync(join(folder, 'own.mjs'), `import { withLlm } from 'otel-agent-cost';\n${app}`);
    await shell(folder, 'node own.mjs', server.backend);
    assert.deepEqual(server.take('cost_usd'), [0.0025]);
  },
  'every line that installs something resolves': async () => {
    const commands = [README, ...PAGES].flatMap((page) => [...page.matchAll(/^npm install .+$/gm)].flat());
    assert.ok(commands.length > 3);
    for (const command of new Set(commands)) {
      const folder = emptyFolder();
      await shell(folder, 'npm install otel-agent-cost @opentelemetry/api@1.9');
      // The store on Redis is installed by integration/fleet, from a file: it is in no registry before its first release.
      await shell(folder, `${command.replace(' otel-agent-cost-redis', '')} --dry-run`);
    }
  },
  'every line that a notice can name resolves, beside the others': async () => {
    const folder = emptyFolder();
    await shell(folder, lines(blocks('bash', 'Zero code')[0])[0]);
    for (const spec of noticedPackages()) await shell(folder, `npm install ${spec} --dry-run`);
  },
  'installs beside Genkit, which brings SDK 1': async () => {
    const folder = emptyFolder();
    await shell(folder, 'npm install genkit');
    await shell(folder, 'npm install otel-agent-cost @opentelemetry/api@1.9 --dry-run');
  },
};

if (major > 22 || (major === 22 && minor >= 15)) {
  checks['a provider of one’s own, SDK 3: the forms that the README names'] = async () => {
    const folder = emptyFolder();
    // Shown in a sentence, not in a code block.
    const [install = ''] =
      /npm install @opentelemetry\/api@1\.10 [^`]+/.exec(README.replaceAll('\n', ' ')) ?? [];
    await shell(
      folder,
      `npm install otel-agent-cost @opentelemetry/context-async-hooks@3 ${install.slice('npm install '.length)}`,
    );
    const batch = 'new BatchSpanProcessor({ exporter: new OTLPTraceExporter(exporter), ...batch })';
    const global = 'trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors }))';
    for (const form of [batch, global]) assert.ok(README.replaceAll('\n', ' ').includes(form), form);
    writeFileSync(
      join(folder, 'own.mjs'),
      `import { context, trace } from '@opentelemetry/api';
       import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
       import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
       import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
       import { CostSpanProcessor, exportSettings, withLlm } from 'otel-agent-cost';
       const { exporter, batch } = exportSettings();
       const spanProcessors = [new CostSpanProcessor(), ${batch}];
       context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
       ${global};
       ${CALL}
       await spanProcessors[1].shutdown();`,
    );
    await shell(folder, 'node own.mjs', server.backend);
    assert.deepEqual(server.take('cost_usd'), [0.0025]);
  };
}

/** All packages that src/register may suggest to install, in the versions it names. */
function noticedPackages() {
  const source = (name) => readFileSync(join(repository, 'src/register', name), 'utf8');
  const versions = new Map(
    [...source('install-line.ts').matchAll(/^ {2}'(@[\w/-]+)': '([\d.]+)',$/gm)].map(([, name, version]) => [
      name,
      version,
    ]),
  );
  const clients = source('client-libraries.ts');
  const names = [
    ...versions.keys(),
    ...[...clients.matchAll(/openInference\('([\w-]+)'/g)].map(
      ([, name]) => `@arizeai/openinference-instrumentation-${name}`,
    ),
    ...[...clients.matchAll(/openLlmetry\('([\w-]+)'\)/g)].map(
      ([, name]) => `@traceloop/instrumentation-${name}`,
    ),
    ...[...clients.matchAll(/name: '(@[\w/-]+)'/g)].map(([, name]) => name),
    'import-in-the-middle',
  ];
  assert.ok(versions.size > 5 && names.length > versions.size + 10);
  return new Set(names.map((name) => (versions.has(name) ? `${name}@${versions.get(name)}` : name)));
}

let failed = 0;
for (const [name, check] of Object.entries(checks)) {
  try {
    await check();
    console.log(`✓ ${name}`);
  } catch (error) {
    failed += 1;
    console.log(`✗ ${name}\n${error.message}`);
  }
  server.take('cost_usd');
}
server.close();
for (const folder of folders) rmSync(folder, { recursive: true, force: true });
console.log(`Node ${process.versions.node}`);
console.log(`${Object.keys(checks).length - failed} passed, ${failed} failed, 0 skipped`);
process.exitCode = failed > 0 ? 1 : 0;
