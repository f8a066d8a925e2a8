/** Prometheus: takes remote write, evaluates rules as often as a test can wait for. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { urlOf } from './binaries.js';
import { answers, type Program, runningElsewhere, startProgram } from './program.js';

export interface Prometheus extends Program {
  /** Of its API; remote write goes to `/api/v1/write` below it. */
  readonly url: string;
}

export interface PrometheusOptions {
  /** Absolute paths, or patterns. */
  ruleFiles?: string[];
  /** `host:port` of what it scrapes by itself, once a second, with the labels that the target gives. */
  scrapeTargets?: string[];
  alertmanagerUrl?: string;
  /** So often it evaluates rules. Default `1s`. */
  evaluationInterval?: string;
  /** Keeps exponential histograms. Default false, as for Prometheus 2 without the flag. */
  nativeHistograms?: boolean;
}

export async function startPrometheus(options: PrometheusOptions = {}): Promise<Prometheus> {
  const elsewhere = urlOf('prometheus');
  if (elsewhere !== undefined) return runningElsewhere('prometheus', { url: elsewhere });
  return startProgram('prometheus', 1, ({ folder, ports: [port] }) => {
    const config = join(folder, 'prometheus.yaml');
    // JSON is YAML.
    writeFileSync(config, JSON.stringify(configOf(options), null, 2));
    const url = `http://127.0.0.1:${port}`;
    return {
      arguments: [
        `--config.file=${config}`,
        `--storage.tsdb.path=${join(folder, 'data')}`,
        `--web.listen-address=127.0.0.1:${port}`,
        '--web.enable-remote-write-receiver',
        '--web.enable-lifecycle',
        ...(options.nativeHistograms === true ? ['--enable-feature=native-histograms'] : []),
      ],
      isReady: () => answers(`${url}/-/ready`),
      facts: { url },
    };
  });
}

function configOf(options: PrometheusOptions): object {
  const { ruleFiles = [], scrapeTargets = [], alertmanagerUrl, evaluationInterval = '1s' } = options;
  return {
    global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: evaluationInterval },
    // As collector-config.yaml wants it: what a queue held while a process went on comes late.
    storage: { tsdb: { out_of_order_time_window: '2h' } },
    rule_files: ruleFiles,
    scrape_configs: scrapeTargets.map((target) => ({
      job_name: target,
      honor_labels: true,
      static_configs: [{ targets: [target] }],
    })),
    ...(alertmanagerUrl !== undefined && {
      alerting: { alertmanagers: [{ static_configs: [{ targets: [new URL(alertmanagerUrl).host] }] }] },
    }),
  };
}
