import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type App, createApp, SDK_PACKAGES } from '../support/app.js';
import { type Receiver, startReceiver } from '../support/otlp-receiver.js';
import { someRows } from '../support/some-rows.js';

/** A client library with one function, and packages that instrument it: only what the loader needs of each. */
const CLIENT = {
  'node_modules/openai/package.json': '{ "name": "openai", "version": "9.9.9", "main": "index.js" }',
  'node_modules/openai/index.js': 'exports.chat = () => "reply";',
};

function instrumentation(name: string, supported = '*') {
  return {
    [`node_modules/${name}/package.json`]: JSON.stringify({ name, version: '1.0.0', main: 'index.js' }),
    [`node_modules/${name}/index.js`]: `
      const { InstrumentationBase, InstrumentationNodeModuleDefinition } = require('@opentelemetry/instrumentation');
      exports.OpenAIInstrumentation = class OpenAIInstrumentation extends InstrumentationBase {
        // Set by the base class, and unset again by this field until a meter provider is given.
        calls;
        _updateMetricInstruments() { this.calls = this.meter.createCounter('calls'); }
        constructor() { super('${name}', '1.0.0', {}); }
        init() {
          return [new InstrumentationNodeModuleDefinition('openai', ['${supported}'], (client) => {
            this._wrap(client, 'chat', (chat) => (...args) => {
              const span = this.tracer.startSpan('chat gpt-4o', { attributes: {
                'gen_ai.operation.name': 'chat', 'gen_ai.provider.name': 'openai', 'gen_ai.request.model': 'gpt-4o',
                'gen_ai.usage.input_tokens': 1000, 'gen_ai.usage.output_tokens': 100 } });
              this.calls.add(1);
              const reply = chat(...args);
              span.end();
              return reply;
            });
            return client;
          })];
        }
      };`,
  };
}

const APPS = {
  'app.mjs': `import { chat } from 'openai'; console.log(chat());`,
  'app.cjs': `console.log(require('openai').chat());`,
};
const PREFERRED = '@arizeai/openinference-instrumentation-openai';
const STANDARD = '@opentelemetry/instrumentation-openai';
const packages = [...SDK_PACKAGES, '@opentelemetry/instrumentation'];
const apps: App[] = [];

/** Anthropic's client makes spans of its own since it depends on the API. */
function anthropic(dependencies: object) {
  const name = '@anthropic-ai/sdk';
  return {
    [`node_modules/${name}/package.json`]: JSON.stringify({ name, version: '1.12.0', dependencies }),
    [`node_modules/${name}/index.js`]: '',
    'idle.mjs': '',
  };
}

function appWith(files: Record<string, string>): App {
  const app = createApp({ packages, files: { ...APPS, ...files } });
  apps.push(app);
  return app;
}

let receiver: Receiver;
const env = () => ({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url });
beforeEach(async () => {
  receiver = await startReceiver();
});
afterEach(() => receiver.close());
afterAll(() => {
  for (const app of apps) app.remove();
});

describe('the instrumentation of an installed client', () => {
  it.each(someRows(['app.mjs', 'app.cjs']))('is loaded, and one only of several: %s', async (file) => {
    const app = appWith({
      ...CLIENT,
      ...instrumentation('@traceloop/instrumentation-openai'),
      ...instrumentation(STANDARD),
    });
    const { stdout, stderr } = await app.run(file, { env: env() });
    expect({ stdout, stderr }).toEqual({ stdout: 'reply\n', stderr: '' });
    expect(receiver.spans().map((span) => [span.scopeName, span.attributes.cost_usd])).toEqual([
      [STANDARD, 0.0035],
    ]);
  });

  it('is named at the end when it saw nothing', async () => {
    const app = appWith({ ...CLIENT, ...instrumentation(STANDARD), 'idle.mjs': '' });
    const { stderr } = await app.run('idle.mjs', { env: env() });
    expect(stderr).toContain(`no GenAI span was seen, though ${STANDARD} was loaded`);
  });

  it('is loaded even if it patches nothing: it may listen to events of the client', async () => {
    const listening = {
      ...instrumentation(STANDARD),
      [`node_modules/${STANDARD}/index.js`]: `
        const { InstrumentationBase } = require('@opentelemetry/instrumentation');
        exports.OpenAIInstrumentation = class OpenAIInstrumentation extends InstrumentationBase {
          constructor() { super('${STANDARD}', '1.0.0', {}); }
          init() {}
        };`,
    };
    const app = appWith({ ...CLIENT, ...listening, 'idle.mjs': '' });
    const { stderr } = await app.run('idle.mjs', { env: env() });
    expect(stderr).toMatch(/^otel-agent-cost: no GenAI span was seen, though \S+ was loaded/);
  });

  it('is suggested when it is missing', async () => {
    const { stderr, stdout } = await appWith(CLIENT).run('app.mjs', { env: env() });
    expect(stdout).toBe('reply\n');
    expect(stderr).toContain(
      `no GenAI span was seen; npm install @arizeai/openinference-instrumentation-openai, or wrap your calls`,
    );
  });

  it.each(someRows(['app.mjs', 'app.cjs']))('is the first that supports the client: %s', async (file) => {
    const app = appWith({
      ...CLIENT,
      ...instrumentation(PREFERRED, '>=4 <7'),
      ...instrumentation(STANDARD, '^9.0.0'),
    });
    const { stdout, stderr } = await app.run(file, { env: env() });
    expect({ stdout, stderr }).toEqual({ stdout: 'reply\n', stderr: '' });
    expect(receiver.spans().map((span) => span.scopeName)).toEqual([STANDARD]);
  });

  it('is named at the end with what it supports, when that is not the client', async () => {
    const app = appWith({ ...CLIENT, ...instrumentation(STANDARD, '>=4 <7') });
    const { stdout, stderr } = await app.run('app.cjs', { env: env() });
    expect(stdout).toBe('reply\n');
    expect(stderr).toBe(
      `otel-agent-cost: no GenAI span was seen; ${STANDARD} supports openai >=4 <7, and 9.9.9 is installed; ` +
        `npm install ${PREFERRED}, or wrap your calls with withTask, withLlm and withTool\n`,
    );
  });

  it('is left out and not suggested where the client makes spans of its own', async () => {
    const openInference = '@arizeai/openinference-instrumentation-anthropic';
    const files = { ...anthropic({ '@opentelemetry/api': '^1.4.1' }), ...instrumentation(openInference) };
    const { stderr } = await appWith(files).run('idle.mjs', { env: env() });
    expect(stderr).toMatch(/no GenAI span was seen; (?!.*(anthropic|traceloop))/);
  });

  it.each(
    someRows<[string, object, Record<string, string>]>([
      ['is too old for that', {}, {}],
      ['is set not to', { '@opentelemetry/api': '^1.4.1' }, { ANTHROPIC_OPEN_TELEMETRY: 'false' }],
    ]),
  )('is loaded where the client %s', async (_, dependencies, more) => {
    const openInference = '@arizeai/openinference-instrumentation-anthropic';
    const files = { ...anthropic(dependencies), ...instrumentation(openInference) };
    const { stderr } = await appWith(files).run('idle.mjs', { env: { ...env(), ...more } });
    expect(stderr).toContain(`no GenAI span was seen, though ${openInference} was loaded`);
  });

  it('is the next one when the first is broken', async () => {
    const app = appWith({
      ...CLIENT,
      ...instrumentation(PREFERRED),
      ...instrumentation(STANDARD),
      [`node_modules/${PREFERRED}/index.js`]: 'throw new Error("too old");',
    });
    const { stderr } = await app.run('app.cjs', { env: env() });
    expect(stderr).toBe(`otel-agent-cost: ${PREFERRED} could not be loaded: too old\n`);
    expect(receiver.spans().map((span) => span.scopeName)).toEqual([STANDARD]);
  });

  it('does not disturb the app when it is broken', async () => {
    const app = appWith({
      ...CLIENT,
      ...instrumentation(STANDARD),
      [`node_modules/${STANDARD}/index.js`]: 'throw new Error("too old");',
    });
    const { code, stdout, stderr } = await app.run('app.mjs', { env: env() });
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'reply\n' });
    expect(stderr).toContain(`${STANDARD} could not be loaded: too old`);
  });
});

/** A client with one build for `import` and one for `require()`, as the large ones have: two classes, two prototypes. */
function dualClient(name: string, subpath: string) {
  const folder = `node_modules/${name}`;
  const build = (prefix: string) => `console.log('client loaded');
    ${prefix} class Client { chat() { return 'reply'; } }`;
  return {
    [`${folder}/package.json`]: JSON.stringify({
      name,
      version: '1.4.0',
      exports: {
        './package.json': './package.json',
        [subpath]: { import: { types: './x.d.ts', default: './x.mjs' }, require: './x.cjs' },
      },
    }),
    [`${folder}/x.mjs`]: build('export'),
    [`${folder}/x.cjs`]: build('exports.Client ='),
  };
}

/** One that cannot hook modules, or does not with `import`, and takes a client by `manuallyInstrument`. */
function byHand(name: string, patchesCommonJs = '') {
  return {
    [`node_modules/${name}/package.json`]: JSON.stringify({ name, version: '1.0.0', main: 'index.js' }),
    [`node_modules/${name}/index.js`]: `
      const { trace } = require('@opentelemetry/api');
      exports.ClientInstrumentation = class ClientInstrumentation {
        constructor() { this.init(); }
        init() { ${patchesCommonJs} }
        manuallyInstrument({ Client }) {
          const { chat } = Client.prototype;
          Client.prototype.chat = function () {
            const attributes = { 'gen_ai.operation.name': 'chat', 'gen_ai.provider.name': 'openai',
              'gen_ai.request.model': 'gpt-4o', 'gen_ai.usage.input_tokens': 1000, 'gen_ai.usage.output_tokens': 100 };
            trace.getTracer('${name}').startSpan('chat gpt-4o', { attributes }).end();
            return chat.call(this);
          };
        }
      };`,
  };
}

describe('a client that the app loads with import', () => {
  const MODULES: Record<
    string,
    { client: string; specifier: string; subpath: string; instrumentation: string }
  > = {
    openai: { client: 'openai', specifier: 'openai', subpath: '.', instrumentation: PREFERRED },
    LangChain: {
      client: '@langchain/core',
      specifier: '@langchain/core/callbacks/manager',
      subpath: './callbacks/manager',
      instrumentation: '@arizeai/openinference-instrumentation-langchain',
    },
  };
  const filesOf = ({ client, specifier, subpath, instrumentation: name }: (typeof MODULES)[string]) => ({
    ...dualClient(client, subpath),
    ...byHand(name),
    'app.mjs': `import { Client } from '${specifier}'; console.log(new Client().chat());`,
    'app.cjs': `const { Client } = require('${specifier}'); console.log(new Client().chat());`,
    'app.js': `import { Client } from '${specifier}'; console.log(new Client().chat());`,
  });
  const createWith = (files: Record<string, string>, more: string[] = []) => {
    const app = createApp({ packages: [...SDK_PACKAGES, ...more], files });
    apps.push(app);
    return app;
  };

  it.each(
    someRows<[string, string, string[]]>(
      [
        ['openai', 'app.mjs', []],
        ['LangChain', 'app.mjs', []],
        // No loader shows LangChain's module, whichever there is.
        ['LangChain', 'app.mjs', ['@opentelemetry/instrumentation']],
        // A file whose package.json does not say what it is.
        ['openai', 'app.js', []],
      ],
      2,
    ),
  )('is handed to the instrumentation before the app loads it: %s, %s, with %j', async (name, file, more) => {
    const app = createWith(filesOf(MODULES[name] as (typeof MODULES)[string]), more);
    const { stdout } = await app.run(file, { env: env() });
    expect(stdout).toBe('client loaded\nreply\n');
    expect(receiver.spans().map(({ attributes }) => attributes.cost_usd)).toEqual([0.0035]);
  });

  it.each(
    someRows<[string, Record<string, string>]>([
      ['app.cjs', {}],
      ['app.js', { 'package.json': '{ "type": "commonjs" }' }],
    ]),
  )('is not loaded in advance in an app of CommonJS: %s', async (file, more) => {
    const files = { ...filesOf(MODULES.openai as (typeof MODULES)[string]), ...more };
    const app = createWith({ ...files, 'app.js': files['app.cjs'] });
    const { stdout } = await app.run(file, { env: env() });
    expect(stdout).toBe('client loaded\nreply\n');
  });

  it('is set to call its callbacks in order, if it is LangChain and the app has not set this', async () => {
    const app = createWith({
      ...filesOf(MODULES.LangChain as (typeof MODULES)[string]),
      'app.mjs': 'console.log(process.env.LANGCHAIN_CALLBACKS_BACKGROUND);',
    });
    expect((await app.run('app.mjs', { env: env() })).stdout).toBe('client loaded\nfalse\n');
    const own = { ...env(), LANGCHAIN_CALLBACKS_BACKGROUND: 'true' };
    expect((await app.run('app.mjs', { env: own })).stdout).toBe('client loaded\ntrue\n');
  });

  it('does not disturb the app when it cannot be loaded in advance', async () => {
    const files = filesOf(MODULES.openai as (typeof MODULES)[string]);
    const app = createWith({
      ...files,
      'node_modules/openai/x.mjs': 'throw new Error("no key");',
      'app.mjs': 'console.log("ran");',
    });
    const { code, stdout, stderr } = await app.run('app.mjs', { env: env() });
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'ran\n' });
    expect(stderr).toContain(`${PREFERRED} could not be given the ES module openai: no key`);
  });

  it('leads to the package that shows it, where the instrumentation needs a loader and there is none', async () => {
    const name = '@anthropic-ai/claude-agent-sdk';
    const openInference = '@arizeai/openinference-instrumentation-claude-agent-sdk';
    const app = createWith({ ...dualClient(name, '.'), ...byHand(openInference), 'idle.mjs': '' });
    const { stderr } = await app.run('idle.mjs', { env: env() });
    expect(stderr).toBe(
      `otel-agent-cost: no GenAI span was seen, though ${openInference} was loaded; ${openInference} sees what is ` +
        'loaded with require(), and not with import; if calls were made, npm install import-in-the-middle, ' +
        'or wrap your calls with withTask, withLlm and withTool\n',
    );
  });

  it('is not given to an instrumentation that does harm, and the notice says so', async () => {
    const traceloop = '@traceloop/instrumentation-langchain';
    const client = dualClient('@langchain/core', './callbacks/manager');
    const app = createWith({ ...client, ...byHand(traceloop), 'idle.mjs': '' });
    const { stdout, stderr } = await app.run('idle.mjs', { env: env() });
    expect(stdout).toBe('');
    expect(stderr).toContain(`${traceloop} is not loaded: it replaces the app's callbacks`);
    expect(stderr).toContain('npm install @arizeai/openinference-instrumentation-langchain');
  });
});

describe('a call that a framework makes through an instrumented client', () => {
  const LANGCHAIN = '@arizeai/openinference-instrumentation-langchain';
  /** The client's method is patched as the real ones are: by `_wrap` on the prototype of the class that makes calls. */
  const client = {
    'node_modules/openai/package.json': '{ "name": "openai", "version": "7.0.0", "main": "index.js" }',
    'node_modules/openai/index.js': `
      class Completions { create() { return 'reply'; } }
      class Embeddings { create() { return 'vector'; } }
      module.exports = { completions: new Completions(), embeddings: new Embeddings() };`,
    [`node_modules/${PREFERRED}/package.json`]: JSON.stringify({ name: PREFERRED, version: '1.0.0' }),
    [`node_modules/${PREFERRED}/index.js`]: `
      const { InstrumentationBase, InstrumentationNodeModuleDefinition } = require('@opentelemetry/instrumentation');
      exports.OpenAIInstrumentation = class OpenAIInstrumentation extends InstrumentationBase {
        constructor() { super('${PREFERRED}', '1.0.0', {}); }
        init() {
          return [new InstrumentationNodeModuleDefinition('openai', ['*'], (openai) => {
            for (const made of Object.values(openai))
              this._wrap(Object.getPrototypeOf(made), 'create', (create) => function (...args) {
                exports.count = (exports.count ?? 0) + 1;
                return create.apply(this, args);
              });
            return openai;
          })];
        }
      };`,
  };
  const framework = (instrumented: boolean) => ({
    ...client,
    ...(instrumented ? byHand(LANGCHAIN) : {}),
    'node_modules/@langchain/core/package.json': JSON.stringify({
      name: '@langchain/core',
      version: '1.4.0',
      exports: { './package.json': './package.json', './callbacks/manager': './manager.js' },
    }),
    'node_modules/@langchain/core/manager.js': 'exports.Client = class { chat() {} };',
    'node_modules/@langchain/openai/package.json':
      '{ "name": "@langchain/openai", "version": "1.5.0", "main": "index.js" }',
    'node_modules/@langchain/openai/index.js': `
      const openai = require('openai');
      exports.chat = () => openai.completions.create();
      exports.embed = () => openai.embeddings.create();`,
    'app.cjs': `
      const openai = require('openai');
      const framework = require('@langchain/openai');
      const seen = require('${PREFERRED}');
      const countOf = (call) => { const before = seen.count ?? 0; call(); return (seen.count ?? 0) - before; };
      console.log(JSON.stringify({
        ownCall: countOf(() => openai.completions.create()),
        frameworkCall: countOf(() => framework.chat()),
        frameworkEmbedding: countOf(() => framework.embed()),
      }));`,
  });

  it.each([
    ['left to the framework’s instrumentation, where that reports it', true, 0],
    ['seen at the client, if nothing else reports it', false, 1],
  ])('is %s', async (_what, instrumented, frameworkCall) => {
    const app = appWith(framework(instrumented));
    const { stdout } = await app.run('app.cjs', { env: env() });
    expect(JSON.parse(stdout)).toEqual({ ownCall: 1, frameworkCall, frameworkEmbedding: 1 });
  });
});
