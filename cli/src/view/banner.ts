import type { TakenPort } from '../server/port.js';
import { describeTaken } from '../server/port.js';

export interface Shown {
  version: string;
  url: string;
  /** The port that was wanted, when another one is used. */
  taken: TakenPort | undefined;
  /** Null in memory. */
  file: string | null;
  needsToken: boolean;
}

/** The lines that the terminal shows when the viewer is up. */
export function banner({ version, url, taken, file, needsToken }: Shown): string {
  const lines = [
    `otel-agent-cost-cli ${version}`,
    '',
    `  page    ${url}/${needsToken ? '  (asks for the token)' : ''}`,
    `  agents  ${exportLine(url, needsToken)}`,
    `  store   ${file ?? 'in memory, lost at the end; to keep it: --db agent-cost.duckdb'}`,
    ...(taken === undefined ? [] : [`  note    ${describeTaken(taken)}; this uses the next free one`]),
    '',
    'Waiting for the first span. Ctrl-C ends it.',
  ];
  return `${lines.join('\n')}\n`;
}

/** The variables that an app needs in its environment, in any language. */
export function exportLine(url: string, needsToken: boolean): string {
  const headers = needsToken ? ' OTEL_EXPORTER_OTLP_HEADERS="authorization=Bearer%20<token>"' : '';
  return `OTEL_EXPORTER_OTLP_ENDPOINT=${url} OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf${headers}`;
}
