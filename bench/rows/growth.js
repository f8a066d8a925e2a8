/**
 * The cost of a span in something large relative to something small. Each side is relative to the bare SDK doing
 * the same, so that the general cost of large heaps is excluded.
 */
import { ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { compareCpu } from '../measure.js';
import { bareTracer, meteredProvider, useContextManager } from '../setup.js';

const TARGET = 1.25;

const CHAT = { 'gen_ai.operation.name': 'chat', 'gen_ai.request.model': 'gpt-4o-mini' };
const AGENT = { attributes: { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': 'researcher' } };

function startChat(tracer, ctx) {
  return tracer.startSpan('chat', { attributes: { ...CHAT } }, ctx);
}

function endChat(span) {
  span.setAttribute('gen_ai.usage.input_tokens', 900);
  span.setAttribute('gen_ai.usage.output_tokens', 100);
  span.end();
}

/** A chain of plain spans with a call at every level: two spans per level. */
function deep(tracer, levels) {
  const open = [];
  let ctx = ROOT_CONTEXT;
  for (let level = 0; level < levels; level++) {
    const span = tracer.startSpan('work', undefined, ctx);
    ctx = trace.setSpan(ctx, span);
    endChat(startChat(tracer, ctx));
    open.push(span);
  }
  while (open.length > 0) open.pop().end();
}

/** Calls below one agent, all open at once. */
function wide(tracer, calls) {
  const agent = tracer.startSpan('invoke_agent', AGENT, ROOT_CONTEXT);
  const ctx = trace.setSpan(ROOT_CONTEXT, agent);
  const open = [];
  for (let call = 0; call < calls; call++) open.push(startChat(tracer, ctx));
  for (const span of open) endChat(span);
  agent.end();
}

/** Tasks that are all open while each makes a call. */
function concurrent(tracer, tasks) {
  const agents = [];
  for (let task = 0; task < tasks; task++) agents.push(tracer.startSpan('invoke_agent', AGENT, ROOT_CONTEXT));
  for (const agent of agents) endChat(startChat(tracer, trace.setSpan(ROOT_CONTEXT, agent)));
  for (const agent of agents) agent.end();
}

/** One agent that makes calls one after the other. */
function long(tracer, calls) {
  const agent = tracer.startSpan('invoke_agent', AGENT, ROOT_CONTEXT);
  const ctx = trace.setSpan(ROOT_CONTEXT, agent);
  for (let call = 0; call < calls; call++) endChat(startChat(tracer, ctx));
  agent.end();
}

/** The same number of spans in both cases: `total` spans in tasks of `size`. */
function inTasksOf(work, size, total) {
  return (tracer) => () => {
    for (let done = 0; done < total; done += size) work(tracer, size);
  };
}

async function row(work, small, large) {
  const metered = meteredProvider({}).getTracer('bench');
  const sizes = [small, large].map((size) => inTasksOf(work, size, large));
  const results = [];
  for (const task of sizes) {
    const variants = { a: task(bareTracer()), b: task(metered), control: task(bareTracer()) };
    results.push(await compareCpu(variants));
  }
  const [few, many] = results;
  return {
    ratio: many.ratio / few.ratio,
    nullRatio: many.nullRatio / few.nullRatio,
    target: TARGET,
    detail: `x${few.ratio.toFixed(2)} of the bare SDK at ${small}, x${many.ratio.toFixed(2)} at ${large}`,
  };
}

/** The ratio itself: a small case that gets cheaper would make a ratio of ratios look worse. */
async function openTasks() {
  const task = inTasksOf(concurrent, 100_000, 100_000);
  const metered = task(meteredProvider({}).getTracer('bench'));
  const result = await compareCpu({ a: task(bareTracer()), b: metered, control: task(bareTracer()) });
  return { ...result, target: 2.5, detail: 'relative to the bare SDK with as many open tasks' };
}

export const rows = {
  'growth: depth 10 to 1,000': () => row(deep, 10, 1000),
  'growth: fan-out 10 to 100,000': () => row(wide, 10, 100_000),
  'open tasks: 100,000': openTasks,
  'growth: one task of 200,000 spans': () => row(long, 10, 200_000),
};

export const prepare = useContextManager;
