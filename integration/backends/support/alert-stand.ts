/** Prometheus with the rules of `deploy/alerts/`, behind the collector and before Alertmanager, which tells a webhook. */
import { askJson, eventually } from './ask.js';
import { writeHastyRules } from './hasty-rules.js';
import { startAlertmanager } from './programs/alertmanager.js';
import { startPrometheus } from './programs/prometheus.js';
import { PrometheusClient } from './prometheus.js';
import { startShippedCollector } from './shipped-collector.js';
import { type Notification, startWebhook } from './webhook.js';

export interface LoadedRule {
  name: string;
  health: 'ok' | 'err' | 'unknown';
  lastError?: string;
  /** As an ISO date. */
  lastEvaluation: string;
}

export interface ActiveAlert {
  labels: Record<string, string>;
  annotations: Record<string, string>;
  state: 'pending' | 'firing';
}

export interface AlertStand {
  /** Where apps send to. */
  otlpUrl: string;
  prometheus: PrometheusClient;
  loadedRules(): Promise<LoadedRule[]>;
  activeAlerts(alertname: string): Promise<ActiveAlert[]>;
  /** What has come out at the other end. */
  notifications: readonly Notification[];
  stop(): Promise<void>;
}

export async function startAlertStand(): Promise<AlertStand> {
  const rules = writeHastyRules();
  const webhook = await startWebhook();
  const alertmanager = await startAlertmanager(webhook.url);
  const prometheus = await startPrometheus({ ruleFiles: [rules.pattern], alertmanagerUrl: alertmanager.url });
  await knowsAlertmanager(prometheus.url);
  const collector = await startShippedCollector({ prometheus });
  return {
    otlpUrl: collector.otlpUrl,
    prometheus: new PrometheusClient(prometheus.url),
    loadedRules: async () => {
      const { data } = await askJson<{ data: { groups: { rules: LoadedRule[] }[] } }>(
        `${prometheus.url}/api/v1/rules`,
      );
      return data.groups.flatMap((group) => group.rules);
    },
    activeAlerts: async (alertname) => {
      const { data } = await askJson<{ data: { alerts: ActiveAlert[] } }>(`${prometheus.url}/api/v1/alerts`);
      return data.alerts.filter(({ labels }) => labels.alertname === alertname);
    },
    notifications: webhook.received,
    stop: async () => {
      await Promise.all([collector, prometheus, alertmanager].map((program) => program.stop()));
      await webhook.close();
      rules.remove();
    },
  };
}

/** What fires before Prometheus has found an Alertmanager is told to nobody, and not said again for a minute. */
async function knowsAlertmanager(prometheusUrl: string): Promise<void> {
  await eventually(
    () => askJson<{ data: { activeAlertmanagers: object[] } }>(`${prometheusUrl}/api/v1/alertmanagers`),
    ({ data }) => {
      if (data.activeAlertmanagers.length === 0) throw new Error('Prometheus has found no Alertmanager');
    },
  );
}
