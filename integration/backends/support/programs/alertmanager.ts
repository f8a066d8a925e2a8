/** Alertmanager: every alert goes to one webhook, at once. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { urlOf } from './binaries.js';
import { answers, type Program, runningElsewhere, startProgram } from './program.js';

export interface Alertmanager extends Program {
  readonly url: string;
}

export async function startAlertmanager(webhookUrl: string): Promise<Alertmanager> {
  const elsewhere = urlOf('alertmanager');
  if (elsewhere !== undefined) return runningElsewhere('alertmanager', { url: elsewhere });
  return startProgram('alertmanager', 1, ({ folder, ports: [port] }) => {
    const config = join(folder, 'alertmanager.yaml');
    const route = { receiver: 'webhook', group_by: ['...'], group_wait: '0s', group_interval: '1s' };
    const receivers = [{ name: 'webhook', webhook_configs: [{ url: webhookUrl }] }];
    // JSON is YAML.
    writeFileSync(config, JSON.stringify({ route, receivers }, null, 2));
    const url = `http://127.0.0.1:${port}`;
    return {
      arguments: [
        `--config.file=${config}`,
        `--storage.path=${join(folder, 'data')}`,
        `--web.listen-address=127.0.0.1:${port}`,
        // Alone: it looks for no peers.
        '--cluster.listen-address=',
      ],
      isReady: () => answers(`${url}/-/ready`),
      facts: { url },
    };
  });
}
