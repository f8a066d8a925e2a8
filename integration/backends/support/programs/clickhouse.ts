/** ClickHouse's engine behind its HTTP interface, with the tables in a folder of its own. */
import { join } from 'node:path';
import { urlOf } from './binaries.js';
import { answers, type Program, runningElsewhere, startProgram } from './program.js';

export interface ClickHouse extends Program {
  /** Of its HTTP interface. */
  readonly url: string;
}

export async function startClickHouse(): Promise<ClickHouse> {
  const elsewhere = urlOf('clickhouse');
  if (elsewhere !== undefined) return runningElsewhere('clickhouse', { url: elsewhere });
  return startProgram('clickhouse', 1, ({ folder, ports: [port] }) => {
    const url = `http://127.0.0.1:${port}`;
    return {
      arguments: [`--port=${port}`, `--path=${join(folder, 'data')}`],
      isReady: () => answers(`${url}/ping`),
      facts: { url },
    };
  });
}
