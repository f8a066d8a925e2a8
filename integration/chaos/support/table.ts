/** The results as the table in docs/reliability.md. */
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { appFolder } from './app.js';
import type { Trial } from './trial.js';

const DOCUMENT = fileURLToPath(new URL('../../../docs/reliability.md', import.meta.url));
const [BEGIN, END] = ['<!-- chaos table -->', '<!-- end of chaos table -->'];

const count = new Intl.NumberFormat('en-US');

export function lineOf({ fault, end, tries, spans, usd }: Trial): string {
  const cells = [
    fault,
    end.startsWith('SIG') ? end : `\`${end}\``,
    count.format(tries),
    `${count.format(spans.lost)} of ${count.format(spans.ended)}`,
    count.format(spans.counted),
    `$${usd.lost.toFixed(2)} of $${usd.ended.toFixed(2)}`,
    `$${usd.counted.toFixed(2)}`,
  ];
  return `| ${cells.join(' | ')} |`;
}

export function tableOf(trials: readonly Trial[]): string {
  return [
    '| fault | end | tries | spans lost | counted | lost in metrics | counted |',
    '|---|---|---|---|---|---|---|',
    ...trials.map(lineOf),
  ].join('\n');
}

/** Replaces the table in the document, with the date and the versions that it was measured with. */
export function writeTable(trials: readonly Trial[]): void {
  const versionOf = (name: string) => {
    const manifest: { version: string } = createRequire(join(appFolder(), 'x.js'))(
      join(appFolder(), 'node_modules', name, 'package.json'),
    );
    return manifest.version;
  };
  const versions = [
    'otel-agent-cost',
    '@opentelemetry/sdk-trace-node',
    '@opentelemetry/exporter-trace-otlp-http',
  ];
  const used = [`Node.js ${process.versions.node}`, ...versions.map((name) => `${name} ${versionOf(name)}`)];
  const caption = `Measured on ${new Date().toISOString().slice(0, 10)} with ${used.join(', ')}.`;
  const text = readFileSync(DOCUMENT, 'utf8');
  const [before, rest = ''] = text.split(BEGIN);
  const [, after] = rest.split(END);
  if (after === undefined) throw new Error(`${DOCUMENT} has no place for the table`);
  writeFileSync(DOCUMENT, `${before}${BEGIN}\n${caption}\n\n${tableOf(trials)}\n${END}${after}`);
}
