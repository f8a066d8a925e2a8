/** The oracle of frameworks/: it must see what is wrong, and only that. */
import { describe, expect, it } from 'vitest';
import { listed } from '../frameworks/run-row.js';
import { judge } from '../frameworks/verdict.js';
import { chosenTool } from '../provider/tools.js';

const SERVED = [
  {
    status: 200,
    whole: true,
    model: 'gpt-4o-mini',
    usage: { input: 1000, output: 100, cacheRead: 0, cacheWrite: 0 },
  },
];
const RIGHT = 0.00021;

function task(costUsd, more) {
  return {
    'task.id': 'a',
    'task.cost_usd': costUsd,
    'task.input_tokens': 1000,
    'task.output_tokens': 100,
    'task.llm_calls': 1,
    'task.cost_complete': true,
    ...more,
  };
}

function verdict({ own = RIGHT, attributes = task(own), mode = 'bare', ...more }) {
  const spans = [
    { name: 'chat', attributes: { cost_usd: own, 'cost.source': 'x' }, raw: {} },
    { name: 'app', attributes, raw: {} },
  ];
  return judge({ scenario: 'plain', mode, served: SERVED, spans, ...more });
}

describe('a verdict', () => {
  it('is right for the bill of what was served', () => {
    expect(verdict({})).toBe('right');
  });

  it('is wrong for another amount, and flagged where it is said to be estimated or incomplete', () => {
    expect(verdict({ own: 2 * RIGHT })).toMatch(/^wrong: ×2\.000/);
    const estimated = task(2 * RIGHT, { 'task.estimated_cost_usd': 2 * RIGHT });
    expect(verdict({ own: 2 * RIGHT, attributes: estimated })).toBe('flagged');
    const incomplete = task(2 * RIGHT, { 'task.cost_complete': false });
    expect(verdict({ own: 2 * RIGHT, attributes: incomplete })).toBe('flagged');
  });

  it('is wrong for the right amount with other tokens', () => {
    expect(verdict({ attributes: task(RIGHT, { 'task.input_tokens': 1 }) })).toMatch(/^wrong: ×1\.000/);
  });

  it('is wrong when the own costs are not the total', () => {
    expect(verdict({ attributes: task(2 * RIGHT) })).toMatch(/^wrong: the spans cost/);
  });

  it('adds up tasks of several roots, each as it was stated last, and leaves out those inside of others', () => {
    const half = (id, more) => ({
      ...task(RIGHT / 2),
      'task.id': id,
      'task.input_tokens': 500,
      'task.output_tokens': 50,
      ...more,
    });
    const spans = [
      { name: 'chat', attributes: { cost_usd: RIGHT, 'cost.source': 'x' }, raw: {} },
      ...[half('a', { 'task.cost_usd': 0 }), half('a'), half('b'), half('c', { 'task.root_id': 'a' })].map(
        (attributes) => ({ name: 'root', attributes, raw: {} }),
      ),
    ];
    expect(judge({ scenario: 'plain', mode: 'bare', served: SERVED, spans })).toBe('right');
  });

  it('is wrong inside of withLlm when nothing was metered, and unseen elsewhere', () => {
    const empty = { served: SERVED, spans: [], scenario: 'plain' };
    expect(judge({ ...empty, mode: 'bare' })).toBe('unseen');
    expect(judge({ ...empty, mode: 'withLlm' })).toBe('wrong: not metered');
  });

  it('is wrong when nothing was served, or the client threw', () => {
    expect(verdict({ served: [] })).toBe('wrong: nothing was served');
    expect(verdict({ error: 'Error: no\n at x' })).toBe('wrong: Error: no');
  });

  it('is wrong when a span has usage and does not say whether it is billed', () => {
    const spans = [{ name: 'chat', attributes: {}, raw: { 'gen_ai.usage.input_tokens': 1000 } }];
    expect(judge({ scenario: 'plain', mode: 'bare', served: SERVED, spans })).toMatch(/does not say why/);
  });
});

describe('an exception', () => {
  const pair = { row: { client: 'a' }, instrumentation: 'none' };
  const exceptions = { 'a, none': { scenarios: ['plain'], reason: 'known' } };

  it('turns what is wrong into known, and is a failure when it is not needed', () => {
    expect(listed(exceptions, pair, 'bare', 'plain', 'wrong: ×2')).toBe('known: ×2');
    expect(listed(exceptions, pair, 'bare', 'plain', 'right')).toMatch(/^wrong: listed/);
    expect(listed(exceptions, pair, 'bare', 'tools', 'wrong: ×2')).toBe('wrong: ×2');
  });
});

describe('the tool that is asked for', () => {
  const tools = [
    { name: 'get_weather', schema: { properties: { city: { type: 'string' } }, required: ['city'] } },
    { name: 'transfer_to_expert', schema: { properties: {} } },
  ];

  it('is the sub-agent in a scenario with one, and another tool elsewhere', () => {
    expect(chosenTool(tools, 'subAgent')).toEqual({ name: 'transfer_to_expert', input: {} });
    expect(chosenTool(tools, 'tools')).toEqual({ name: 'get_weather', input: { city: 'Paris' } });
    expect(chosenTool([], 'tools')).toBeUndefined();
  });
});
