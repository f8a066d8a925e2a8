import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { picoFromDecimal } from '../../src/money.js';
import { openStore } from '../../src/store/open-store.js';
import { span } from '../support/made.js';
import { demoLines, fileWith, folder, otlpOf } from '../support/otlp-files.js';
import { spansOfFixture } from '../support/otlp-json.js';
import { run } from '../support/terminal.js';

const demo = fileWith('demo.jsonl', demoLines());

type Rows = Record<string, string>[];

function rowsIn(csv: string): Rows {
  return parse(csv, { columns: true });
}

function sum(rows: Rows, column = 'EffectiveCost'): bigint {
  return rows.reduce((total, row) => total + (picoFromDecimal(row[column] ?? '') ?? -(10n ** 30n)), 0n);
}

/** As OpenTelemetry's GenAI conventions write it, in any language. */
function chat(model: string, parentSpanId = '') {
  return span(
    {
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': model,
      'gen_ai.response.model': model,
      'gen_ai.usage.input_tokens': 1000,
      'gen_ai.usage.output_tokens': 100,
    },
    { name: `chat ${model}`, parentSpanId },
  );
}

describe('focus', () => {
  it('gives the rows of the spans of a file, which add up to the roll-up of the task', async () => {
    const { exitCode, out, err } = await run(['focus', demo]);
    expect([exitCode, err]).toEqual([0, '']);
    const rows = rowsIn(out);
    expect(rows).toHaveLength(25);
    expect(sum(rows)).toBe(142_000_000_000n);
    expect(rows.filter(({ x_ToolName }) => x_ToolName !== '')).toHaveLength(5);
    for (const row of rows)
      expect(row).toMatchObject({
        x_TaskName: 'research',
        x_TaskOutcome: 'success',
        x_TaskCostComplete: 'true',
      });
  });

  it('gives the same from stdin, from one request over many lines, and from a file of the viewer', async () => {
    const { out } = await run(['focus', demo]);
    expect((await run(['focus', '-'], { input: demoLines() })).out).toBe(out);
    const [first = ''] = demoLines().split('\n');
    const pretty = fileWith('pretty.json', JSON.stringify(JSON.parse(first), null, 2));
    expect((await run(['focus', pretty])).out).toBe(out);
    const db = join(folder, 'focus.duckdb');
    const store = await openStore({ file: db });
    await store.add(spansOfFixture('demo-research.json'));
    await store.close();
    expect((await run(['focus', '--db', db])).out).toBe(out);
  });

  it('prices spans that come without our keys first, as the library does', async () => {
    const root = span(
      { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': 'helper' },
      { name: 'invoke_agent helper' },
    );
    const spans = [chat('gpt-4o', root.spanId), chat('gpt-4o-mini', root.spanId), root];
    const { exitCode, out } = await run(['focus', '-'], { input: otlpOf(spans) });
    expect(exitCode).toBe(0);
    const rows = rowsIn(out);
    expect(rows.map(({ SkuId, SkuMeter, EffectiveCost }) => [SkuId, SkuMeter, EffectiveCost])).toEqual([
      ['gpt-4o', 'input tokens', '0.0025'],
      ['gpt-4o', 'output tokens', '0.001'],
      ['gpt-4o-mini', 'input tokens', '0.00015'],
      ['gpt-4o-mini', 'output tokens', '0.00006'],
    ]);
    for (const row of rows) expect(row).toMatchObject({ x_AgentName: 'helper', x_TaskId: root.spanId });
    const own = fileWith('own.json', '{"overrides":{"gpt-4o":{"inputUsdPerMtok":1,"outputUsdPerMtok":1}}}');
    const cheaper = rowsIn((await run(['focus', '-', '--overrides', own], { input: otlpOf(spans) })).out);
    expect(cheaper[0]).toMatchObject({ EffectiveCost: '0.001', x_CostSource: 'override/gpt-4o' });
  });

  it('prices the tools of agent-cost.json, and leaves its other options alone', async () => {
    const search = span(
      { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 'search' },
      { name: 'execute_tool search' },
    );
    const input = otlpOf([search, chat('gpt-4o', search.spanId)]);
    const config = fileWith(
      'config.json',
      '{"tools":{"search":{"costUsd":0.005}},"budgets":{"user":{"usd":1}}}',
    );
    const rows = rowsIn((await run(['focus', '-', '--overrides', config], { input })).out);
    expect(rows.filter(({ x_ToolName }) => x_ToolName === 'search')).toMatchObject([
      { EffectiveCost: '0.005' },
    ]);
    const wrong = fileWith('wrong.json', '{"tools":{"search":{"costUsd":-1}}}');
    expect(await run(['focus', '-', '--overrides', wrong], { input })).toMatchObject({
      exitCode: 2,
      err: expect.stringContaining('tools.search'),
    });
  });

  it('prices a trace whose root is not in the file', async () => {
    const { out } = await run(['focus', '-'], { input: otlpOf([chat('gpt-4o', 'ffffffffffffffff')]) });
    expect(sum(rowsIn(out))).toBe(3_500_000_000n);
  });

  it('leaves an unknown cost empty, says so, and can put it apart', async () => {
    const input = otlpOf([chat('gpt-4o'), { ...chat('made-up-model'), traceId: 'b'.repeat(32) }]);
    const { exitCode, out, err } = await run(['focus', '-'], { input });
    expect(exitCode).toBe(0);
    expect(err).toContain('1 call has no known cost: their cost cells are empty');
    const unknown = rowsIn(out).filter(({ SkuId }) => SkuId === 'made-up-model');
    expect(
      unknown.map(({ SkuMeter, EffectiveCost, BilledCost }) => [SkuMeter, EffectiveCost, BilledCost]),
    ).toEqual([
      ['input tokens', '', ''],
      ['output tokens', '', ''],
    ]);
    const [priced, apart] = [join(folder, 'priced.csv'), join(folder, 'apart.csv')];
    const split = await run(['focus', '-', '-o', priced, '--unpriced', apart], { input });
    expect(split).toMatchObject({ exitCode: 0, out: '' });
    expect(sum(rowsIn(readFileSync(priced, 'utf8')))).toBe(3_500_000_000n);
    expect(rowsIn(readFileSync(apart, 'utf8'))).toEqual(unknown);
  });

  it.each([
    [['focus', join(folder, 'none.json')], 3, 'cannot be read'],
    [['focus', fileWith('text.json', 'hello')], 3, 'is not JSON'],
    [['focus', fileWith('cut.json', demoLines().slice(0, 500))], 3, 'line 1'],
    [['focus', fileWith('empty.json', '{"resourceSpans":[]}\n')], 3, 'has no spans'],
    [['focus', '--db', fileWith('other.duckdb', 'not a database')], 3, 'other.duckdb'],
    [['focus', demo, '--db', 'x'], 2, 'not both'],
    [['focus', demo, '-o', '/nowhere/x.csv'], 2, 'cannot be written'],
  ])('%j is refused', async (args, exitCode, message) => {
    const ran = await run(args);
    expect(ran).toMatchObject({ exitCode, out: '' });
    expect(ran.err).toContain(message);
    expect(ran.err).not.toContain('    at ');
  });

  it('reads requests over many lines, one after the other, with braces in strings', async () => {
    const odd = { ...chat('gpt-4o'), name: '}{"\\', traceId: 'd'.repeat(32) };
    const pretty = (text: string) => JSON.stringify(JSON.parse(text), null, 2);
    const input = `${pretty(otlpOf([odd]))}\n\n${pretty(otlpOf([{ ...chat('gpt-4o'), traceId: 'e'.repeat(32) }]))}`;
    expect(sum(rowsIn((await run(['focus', '-'], { input })).out))).toBe(7_000_000_000n);
  });

  it('takes what ended in a window', async () => {
    const old = chat('gpt-4o');
    const recent = Date.now() - 3_600_000;
    const startNanos = BigInt(recent) * 1_000_000n;
    const now = {
      ...chat('gpt-4o-mini'),
      traceId: 'c'.repeat(32),
      startNanos,
      endNanos: startNanos + 10n ** 9n,
    };
    const { out } = await run(['focus', '-', '--window', '90m'], { input: otlpOf([old, now]) });
    expect(new Set(rowsIn(out).map(({ SkuId }) => SkuId))).toEqual(new Set(['gpt-4o-mini']));
  });

  it('says when nothing has a cost', async () => {
    const ran = await run(['focus', '-'], { input: otlpOf([span({ 'http.method': 'GET' })]) });
    expect(ran.exitCode).toBe(3);
    expect(ran.err).toContain('no span with a cost');
  });
});
