import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { isSameUsd } from '../../integration/ai-backends/figures.js';
import { readMeasured, readPage, withMeasured } from '../../integration/ai-backends/page.js';
import { DIALECTS } from '../../src/runtime/dialects.js';

interface MeasuredTrace {
  name: string;
  ledgerUsd: number;
  shownUsd: Record<string, number>;
}

const measured: Record<string, { version: string; date: string; traces: MeasuredTrace[] }> = readMeasured();
const names = Object.keys(measured);
const AI_BACKENDS = new URL('../../integration/ai-backends/', import.meta.url);

describe('the page of backends', () => {
  it('names every dialect', () => {
    const page = readPage();
    expect(DIALECTS.filter((name) => !page.includes(`\`${name}\``) && name !== 'gen_ai')).toEqual([]);
  });

  it('has the figures that were measured', () => {
    expect(names.sort()).toEqual(['mlflow', 'phoenix']);
    expect(withMeasured(readPage())).toBe(readPage());
  });

  it.each(names)('has a date and the version of the list that is installed: %s', (name) => {
    const { version, date } = measured[name] ?? { version: '', date: '' };
    expect(date).toMatch(/^20\d\d-\d\d-\d\d$/);
    const list = readFileSync(new URL(`programs/${name}.txt`, AI_BACKENDS), 'utf8');
    expect(list.split('\n')).toContain(`${name === 'phoenix' ? 'arize-phoenix' : name}==${version}`);
  });

  it('has the traces of the app, as the ledger of these sources books them', () => {
    const args = ['--import', 'otel-agent-cost/register', 'app.js'];
    const env = {
      PATH: process.env.PATH,
      OTEL_TRACES_EXPORTER: 'none',
      OTEL_METRICS_EXPORTER: 'none',
      OTEL_AGENT_COST_CONFIG: 'agent-cost.json',
    };
    const output = execFileSync(process.execPath, args, { cwd: AI_BACKENDS, env, encoding: 'utf8' });
    const ledger = output
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    for (const name of names) {
      const booked = measured[name]?.traces.map((trace) => [trace.name, trace.ledgerUsd]);
      expect(booked).toEqual(ledger.map((trace) => [trace.name, trace.costUsd]));
    }
  });

  it('says that MLflow shows what the ledger books, with its dialect and not without', () => {
    const traces = measured.mlflow?.traces ?? [];
    const sameBy = (dialect: string) =>
      traces.filter(({ shownUsd, ledgerUsd }) => isSameUsd(shownUsd[dialect] ?? Number.NaN, ledgerUsd));
    expect(traces.length).toBeGreaterThan(5);
    expect(sameBy('mlflow')).toEqual(traces);
    expect(sameBy('gen_ai').length).toBeLessThan(traces.length);
  });
});
