import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { codeBlocks, PAGES } from '../support/readme.js';

const PAGE = PAGES.get('set-up.md') ?? '';
const CONFIG = readFileSync(new URL('../../collector-config.yaml', import.meta.url), 'utf8');
const CLICKHOUSE = readFileSync(
  new URL('../../deploy/collector-config.clickhouse.yaml', import.meta.url),
  'utf8',
);
const [prometheus, tempo] = codeBlocks('yaml', PAGE).map((block) => parse(block));

describe('the page on the set-up', () => {
  it('has the defaults of the collector', () => {
    const table = PAGE.slice(PAGE.indexOf('| part |'), PAGE.indexOf('\n\nTempo and Jaeger'));
    const defaults = [...table.matchAll(/`([A-Z_]+)`, `([^`]+)`/g)];
    expect(defaults).toHaveLength(4);
    for (const [, name, value] of defaults)
      expect(CONFIG + CLICKHOUSE).toContain(`\${env:${name}:-${value}}`);
  });

  it('has every variable from a configuration that reads it', () => {
    const variables = [...PAGE.matchAll(/`([A-Z_]+)=/g)].map(([, name]) => name);
    expect(variables.length).toBeGreaterThan(2);
    for (const name of variables) expect(CONFIG + CLICKHOUSE).toContain(`\${env:${name}:-`);
  });

  it('lets Tempo and Jaeger listen where the collector sends', () => {
    const { endpoint } = tempo.distributor.receivers.otlp.protocols.grpc;
    expect(CONFIG).toContain(`\${env:TEMPO_ENDPOINT:-${endpoint}}`);
    const [, jaeger] = /grpc\.endpoint=(\S+)/.exec(PAGE) ?? [];
    expect(CONFIG).toContain(`\${env:JAEGER_ENDPOINT:-${jaeger}}`);
  });

  it('gives Prometheus the window and the rules that their files ask for', () => {
    const window = prometheus.storage.tsdb.out_of_order_time_window;
    expect(CONFIG).toContain(`out_of_order_time_window: ${window}`);
    const targets = readFileSync(
      new URL('../../deploy/alerts/agent-cost.targets.rules.yaml', import.meta.url),
      'utf8',
    );
    expect(targets).toContain(`rule_files: ['${prometheus.rule_files}']`);
    const [retention = 'none'] = /--storage\.tsdb\.retention\.time=\w+/.exec(PAGE) ?? [];
    expect(targets).toContain(retention);
  });

  it('strikes exporters that there are', () => {
    const { pipelines } = parse(CONFIG, { merge: true }).service;
    expect(pipelines['traces/sampled'].exporters).toEqual(['otlp_grpc/tempo', 'otlp_grpc/jaeger']);
    for (const name of pipelines['traces/sampled'].exporters) expect(PAGE).toContain(`\`${name}\``);
  });
});
