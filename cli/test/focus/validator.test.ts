import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { call, span } from '../support/made.js';
import { demoLines, fileWith, folder, otlpOf } from '../support/otlp-files.js';
import { run } from '../support/terminal.js';

const SCRIPT = fileURLToPath(new URL('../../scripts/focus-validator.sh', import.meta.url));
/** Where the validator is installed: `.ci/run` sets it. Without it, these tests are left out. */
const CACHE = process.env.FOCUS_VALIDATOR_CACHE ?? '';
const isHere = CACHE !== '' && existsSync(CACHE);

function validate(file: string) {
  const { status, stdout, stderr } = spawnSync('bash', [SCRIPT, CACHE, file], {
    encoding: 'utf8',
    timeout: 180_000,
  });
  return { status, text: stdout + stderr };
}

/** Priced, reported, free, failed and retried calls, tools, compute; with and without a task. */
function manyKinds(): string {
  const chat = (model: string, provider: string, more: Record<string, unknown> = {}) =>
    span({
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': provider,
      'gen_ai.response.model': model,
      'gen_ai.usage.input_tokens': 12_345,
      'gen_ai.usage.output_tokens': 67,
      ...more,
    });
  const spans = [
    chat('gpt-4o', 'openai', { 'gen_ai.usage.cache_read.input_tokens': 10_000 }),
    chat('claude-sonnet-4-5', 'anthropic', { 'gen_ai.usage.cache_creation.input_tokens': 1000 }),
    chat('gemini-2.5-flash', 'gcp.gemini'),
    chat('o3', 'openai', { 'gen_ai.usage.reasoning.output_tokens': 50 }),
  ].map((made, at) => ({ ...made, traceId: String(at).padStart(32, '1') }));
  const metered = [
    call(0.000000000001, { 'cost.source': 'reported' }),
    call(0, { 'cost.status': 'free' }),
    call(3, { 'cost.kind': 'tool', 'gen_ai.tool.name': '=search', 'gen_ai.operation.name': 'execute_tool' }),
    call(0.5, { 'cost.kind': 'compute' }, { name: 'cost gpu' }),
    call(1, { 'cost.attempt': 2, 'cost.tag.team': 'Support, "EU"', 'user.id': '-1' }, { statusCode: 2 }),
  ];
  return `${otlpOf(spans)}\n${otlpOf(metered)}\n`;
}

// The first run installs the validator.
describe.runIf(isHere)('the rows of focus, checked by the FinOps Foundation', { timeout: 300_000 }, () => {
  it.each([
    ['the demo', demoLines()],
    ['many kinds of cost', manyKinds()],
  ])('conform to FOCUS 1.2: %s', async (name, input) => {
    const file = join(folder, `${name}.csv`);
    expect(
      await run(['focus', '-', '-o', file, '--unpriced', join(folder, 'apart.csv')], { input }),
    ).toMatchObject({
      exitCode: 0,
    });
    expect(validate(file)).toMatchObject({ status: 0, text: expect.stringContaining('valid: yes') });
  });

  it('are refused with a null cost, so the check can fail', async () => {
    const unknown = span({
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai',
      'gen_ai.response.model': 'made-up-model',
      'gen_ai.usage.input_tokens': 10,
      'gen_ai.usage.output_tokens': 1,
    });
    const { out } = await run(['focus', '-'], { input: `${demoLines()}${otlpOf([unknown])}\n` });
    expect(validate(fileWith('unknown.csv', out))).toMatchObject({
      status: 1,
      text: expect.stringContaining('BilledCost MUST NOT be'),
    });
  });
});
