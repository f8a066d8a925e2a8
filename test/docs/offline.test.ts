/** The program of docs/offline.md, on a file as the Collector writes it. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { JsonTraceSerializer } from '@opentelemetry/otlp-transformer';
import { InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { afterAll, expect, it } from 'vitest';
import { repositoryRoot } from '../package/sources.js';
import { chatAttributes } from '../support/tracing.js';

const folder = mkdtempSync(join(tmpdir(), 'otel-agent-cost-offline-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('prints the cost of each trace in a file of OTLP JSON', () => {
  const exporter = new InMemorySpanExporter();
  const tracer = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }).getTracer(
    'python',
  );
  const root = tracer.startSpan('POST /agent');
  const inside = trace.setSpan(ROOT_CONTEXT, root);
  tracer
    .startSpan(
      'chat',
      { attributes: { ...chatAttributes(1000, 100), 'gen_ai.response.finish_reasons': ['stop'] } },
      inside,
    )
    .end();
  tracer
    .startSpan(
      'execute_tool',
      { attributes: { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 'web_search' } },
      inside,
    )
    .end();
  root.end();
  const file = join(folder, 'traces.json');
  const request = new TextDecoder().decode(JsonTraceSerializer.serializeRequest(exporter.getFinishedSpans()));
  writeFileSync(file, `${request}\n${request}\n`);
  const [, program = ''] =
    /```js\n([\s\S]*?)```/.exec(readFileSync(`${repositoryRoot}docs/offline.md`, 'utf8')) ?? [];
  const output = execFileSync(process.execPath, ['--input-type=module', '-', file], {
    input: program,
    cwd: repositoryRoot,
    encoding: 'utf8',
  });
  expect(output.trim()).toBe('POST /agent 0.0085');
});
