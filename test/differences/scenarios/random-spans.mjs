/** Random traces of other instrumentations' spans: nested and concurrent, late, repeated, full, sampled, below ended spans. */
import { ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { TraceIdRatioBasedSampler } from '@opentelemetry/sdk-trace-base';
import { randomOf } from '../support/random.mjs';
import { clock, startTrace } from '../support/recorder.mjs';
import { KINDS, MODELS, PROVIDERS, startAttributes, usageAttributes } from '../support/span-shapes.mjs';

const SCOPES = ['app', '@traceloop/instrumentation-openai', 'com.anthropic.sdk.typescript', 'ai'];
const TOOLS = { search: { costUsd: 0.005 }, paid: { billable: true }, free: { costUsd: 0 } };
const STEPS = 40;
const COUNTS = [0, 1, 10, 1200, 5000];

export async function* run(lib, { scenario, seeds }) {
  for (let seed = seeds.from; seed <= seeds.to; seed++) {
    const started = startTrace(lib, { scenario, trace: seed }, optionsOf(seed));
    play(randomOf(seed), `seed ${seed}`);
    yield* await started.rows();
  }
}

/** @returns {import('../support/recorder.mjs').TraceOptions} */
function optionsOf(seed) {
  return {
    cost: {
      tools: TOOLS,
      ...(seed % 5 === 0 && { overrides: { 'made-up': { inputUsdPerMtok: 1, outputUsdPerMtok: 2 } } }),
      ...(seed % 7 === 0 && { budgets: { session: { usd: 0.01 } } }),
      ...(seed % 17 === 0 && { priceFactors: { openai: 0.9 } }),
      ...(seed % 19 === 0 && { dialects: ['openinference', 'langfuse', 'logfire'] }),
    },
    sdk: {
      ...(seed % 11 === 0 && { spanLimits: { attributeCountLimit: 6 } }),
      ...(seed % 13 === 0 && { sampler: new TraceIdRatioBasedSampler(0.5) }),
    },
    metrics: seed % 23 === 0,
  };
}

function play(random, label) {
  /** Spans that may be ended, or be the parent of another. */
  const open = [];
  const all = [];
  const scopes = SCOPES.map((name) => trace.getTracer(name));
  for (let step = 0; step < STEPS; step++) {
    clock.tick();
    if (open.length === 0 || random.chance(0.5)) open.push(start(random, { open, all, scopes, label }));
    else end(random, open);
  }
  while (open.length > 0) {
    clock.tick();
    end(random, open);
  }
}

function start(random, { open, all, scopes, label }) {
  const parent = parentOf(random, open, all);
  const number = all.length;
  const node = {
    kind: random.pick(KINDS),
    convention: random.pick(['gen_ai', 'gen_ai', 'gen_ai', 'legacy', 'openinference', 'ai-sdk', 'traceloop']),
    children: [],
    model: random.pick(MODELS),
    provider: random.pick(PROVIDERS),
    responseId: `${label}, ${random.below(12)}`,
    input: random.pick(COUNTS),
    output: random.pick(COUNTS),
  };
  const attributes = random.chance(0.15) ? {} : startAttributes(node, random);
  if (random.chance(0.12)) attributes['session.id'] = random.pick(['s1', 's2']);
  if (random.chance(0.05)) attributes['gen_ai.conversation.id'] = 's3';
  node.isBare = Object.keys(attributes).length === 0;
  const around = parent === undefined ? ROOT_CONTEXT : trace.setSpan(ROOT_CONTEXT, parent.span);
  node.span = random
    .pick(scopes)
    .startSpan(`${node.kind} ${number}`, { attributes, startTime: clock.millis }, around);
  parent?.children.push(node);
  all.push(node);
  return node;
}

/** Mostly an open one; some children start below a span that has ended. */
function parentOf(random, open, all) {
  if (open.length > 0 && random.chance(0.85)) return random.pick(open);
  return all.length > 0 && random.chance(0.3) ? random.pick(all) : undefined;
}

function end(random, open) {
  const [node] = open.splice(random.below(open.length), 1);
  const { span } = node;
  // All of it only now, as some instrumentations do.
  if (node.isBare && random.chance(0.7)) span.setAttributes(startAttributes(node, random));
  if (saysUsage(random, node)) {
    takeOver(random, node);
    span.setAttributes(usageAttributes(node, random));
  }
  if (random.chance(0.12)) {
    span.setStatus({ code: 2 });
    if (random.chance(0.5)) span.setAttribute('error.type', random.pick(['429', '400', 'timeout']));
  }
  span.end(clock.millis);
}

function saysUsage(random, { kind }) {
  if (kind === 'chat' || kind === 'embeddings') return random.chance(0.92);
  if (kind === 'invoke_agent') return random.chance(0.5);
  return random.chance(0.1);
}

/** Frameworks repeat usage: of one call below, or the sum of all of them. */
function takeOver(random, node) {
  const below = node.children.filter(({ hasUsage }) => hasUsage);
  node.hasUsage = true;
  if (below.length === 0) return;
  const isAgent = node.kind === 'invoke_agent';
  if (random.chance(isAgent ? 0.7 : 0.3)) {
    node.input = below.reduce((sum, { input }) => sum + input, 0);
    node.output = below.reduce((sum, { output }) => sum + output, 0);
  }
  const [first] = below;
  if (random.chance(isAgent ? 0.1 : 0.5)) {
    const { model, provider, input, output } = first;
    Object.assign(node, { model, provider, input, output });
    if (random.chance(0.6)) node.responseId = first.responseId;
  }
}
