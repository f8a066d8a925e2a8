import { DiagLogLevel } from '@opentelemetry/api';
import { notice } from './notice.js';
import { EXPONENTIAL, HISTOGRAM_AGGREGATION, isAboveZero } from './settings-check.js';

/** The OTLP protocols, each with its exporter packages. */
export const EXPORTER_PACKAGES = {
  'http/json': {
    traces: '@opentelemetry/exporter-trace-otlp-http',
    metrics: '@opentelemetry/exporter-metrics-otlp-http',
  },
  'http/protobuf': {
    traces: '@opentelemetry/exporter-trace-otlp-proto',
    metrics: '@opentelemetry/exporter-metrics-otlp-proto',
  },
  grpc: {
    traces: '@opentelemetry/exporter-trace-otlp-grpc',
    metrics: '@opentelemetry/exporter-metrics-otlp-grpc',
  },
} as const;

export type Protocol = keyof typeof EXPORTER_PACKAGES;
export type Signal = 'traces' | 'metrics';

/** The settings of one signal. */
export interface SignalEnvironment {
  /**
   * From `OTEL_TRACES_EXPORTER` or `OTEL_METRICS_EXPORTER`, a list; both fields are false for `none`. Default:
   * OTLP, or nothing when a summary is requested and no endpoint is set.
   */
  otlp: boolean;
  console: boolean;
  /** From `OTEL_EXPORTER_OTLP_<SIGNAL>_PROTOCOL` or `OTEL_EXPORTER_OTLP_PROTOCOL`. Default `http/json`. */
  protocol: Protocol;
  /** True if the environment sets an export timeout. */
  hasExportTimeout: boolean;
}

/**
 * The settings in the environment. The SDK reads samplers and limits itself, and the exporters read their own
 * variables.
 */
export interface Environment extends SignalEnvironment {
  /** `OTEL_SDK_DISABLED=true`. */
  sdkDisabled: boolean;
  /** `OTEL_BSP_MAX_QUEUE_SIZE`. Undefined if it is not set. */
  maxQueueSize: number | undefined;
  hasMaxExportBatchSize: boolean;
  metrics: SignalEnvironment & {
    /** True if `OTEL_METRICS_EXPORTER` was set, so that problems with metrics are reported. */
    asked: boolean;
    /** `OTEL_METRIC_EXPORT_INTERVAL`, in ms. Default 60,000. */
    exportIntervalMillis: number;
    /**
     * `OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION=base2_exponential_bucket_histogram`: histograms have no
     * fixed boundaries. Prometheus keeps them as native histograms.
     */
    exponentialHistograms: boolean;
  };
  /** `OTEL_AGENT_COST_CONFIG`: path of a JSON file with the options. */
  configPath: string | undefined;
  /** `OTEL_LOG_LEVEL`: the level of OpenTelemetry's own diagnostics on the console. Default: none. */
  logLevel: DiagLogLevel | undefined;
  /** `OTEL_AGENT_COST_SUMMARY`: prints a line for each task to stderr, or its tree and the line. */
  summary: Summary;
  /** `OTEL_AGENT_COST_HINTS=1`: calls are recorded for `costHints`, and counted for the metrics behind the hints. */
  hints: boolean;
  /** True if there is a summary and no spans are sent or printed. */
  isSummaryOnly: boolean;
}

export type Summary = 'none' | 'line' | 'tree';

const LOG_LEVELS = new Map<string, DiagLogLevel>([
  ['NONE', DiagLogLevel.NONE],
  ['ERROR', DiagLogLevel.ERROR],
  ['WARN', DiagLogLevel.WARN],
  ['INFO', DiagLogLevel.INFO],
  ['DEBUG', DiagLogLevel.DEBUG],
  ['VERBOSE', DiagLogLevel.VERBOSE],
  ['ALL', DiagLogLevel.ALL],
]);

export function readEnvironment(env: NodeJS.ProcessEnv): Environment {
  const summary = readSummary(env);
  const byDefault = summary !== 'none' && !ENDPOINTS.some((name) => isSet(env, name)) ? 'none' : 'otlp';
  const traces = readSignal(env, 'traces', byDefault);
  return {
    sdkDisabled: setting(env, 'OTEL_SDK_DISABLED')?.toLowerCase() === 'true',
    ...traces,
    metrics: {
      ...readSignal(env, 'metrics', byDefault),
      asked: isSet(env, 'OTEL_METRICS_EXPORTER'),
      exportIntervalMillis: exportInterval(env),
      exponentialHistograms: setting(env, HISTOGRAM_AGGREGATION)?.toLowerCase() === EXPONENTIAL,
    },
    maxQueueSize: aboveZero(setting(env, 'OTEL_BSP_MAX_QUEUE_SIZE')),
    hasMaxExportBatchSize: isAboveZero(setting(env, 'OTEL_BSP_MAX_EXPORT_BATCH_SIZE')),
    logLevel: LOG_LEVELS.get(setting(env, 'OTEL_LOG_LEVEL')?.toUpperCase() ?? ''),
    configPath: setting(env, 'OTEL_AGENT_COST_CONFIG'),
    summary,
    hints: ['1', 'true'].includes(setting(env, 'OTEL_AGENT_COST_HINTS')?.toLowerCase() ?? ''),
    isSummaryOnly: summary !== 'none' && !traces.otlp && !traces.console,
  };
}

/** If any of these is set, there is a receiver. */
const ENDPOINTS = [
  'OTEL_EXPORTER_OTLP_ENDPOINT',
  'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT',
  'OTEL_EXPORTER_OTLP_METRICS_ENDPOINT',
];

function readSummary(env: NodeJS.ProcessEnv): Summary {
  const text = setting(env, 'OTEL_AGENT_COST_SUMMARY')?.toLowerCase();
  if (text === 'tree') return 'tree';
  return text === '1' || text === 'true' ? 'line' : 'none';
}

/** The URL of a signal, computed as the OTLP exporters do. */
export function otlpUrl(env: NodeJS.ProcessEnv, signal: Signal): string {
  const own = setting(env, `OTEL_EXPORTER_OTLP_${signal.toUpperCase()}_ENDPOINT`);
  if (own !== undefined) return own;
  const base = setting(env, 'OTEL_EXPORTER_OTLP_ENDPOINT') ?? 'http://localhost:4318';
  return `${base.replace(/\/$/, '')}/v1/${signal}`;
}

function readSignal(env: NodeJS.ProcessEnv, signal: Signal, byDefault: string): SignalEnvironment {
  const exporters = exporterNames(env, `OTEL_${signal.toUpperCase()}_EXPORTER`, byDefault);
  return {
    otlp: exporters.includes('otlp'),
    console: exporters.includes('console'),
    protocol: protocolOf(env, signal),
    hasExportTimeout:
      isAboveZero(setting(env, 'OTEL_EXPORTER_OTLP_TIMEOUT')) ||
      isAboveZero(setting(env, `OTEL_EXPORTER_OTLP_${signal.toUpperCase()}_TIMEOUT`)),
  };
}

/** The standard's default interval, in ms. */
const EXPORT_INTERVAL_MILLIS = 60_000;

/** The longest timer. A longer interval would effectively switch the export off. */
const MAX_INTERVAL_MILLIS = 2 ** 31 - 1;

function exportInterval(env: NodeJS.ProcessEnv): number {
  const text = setting(env, 'OTEL_METRIC_EXPORT_INTERVAL');
  const millis = Number(text ?? EXPORT_INTERVAL_MILLIS);
  if (millis >= 1 && millis <= MAX_INTERVAL_MILLIS) return millis;
  notice(
    `OTEL_METRIC_EXPORT_INTERVAL must be from 1 to ${MAX_INTERVAL_MILLIS} ms, got ${JSON.stringify(text)}; ${EXPORT_INTERVAL_MILLIS} is used`,
  );
  return EXPORT_INTERVAL_MILLIS;
}

function exporterNames(env: NodeJS.ProcessEnv, variable: string, byDefault: string): string[] {
  const names = (setting(env, variable) ?? byDefault).split(',').map((name) => name.trim());
  const unknown = names.filter((name) => !['otlp', 'console', 'none', ''].includes(name));
  if (unknown.length > 0) {
    notice(
      `${variable} must be otlp, console or none, got ${JSON.stringify(unknown.join(','))}; it is left out`,
    );
  }
  return names;
}

/** Messages already printed: both signals usually read the protocol from one variable. */
const reportedProtocols = new Set<string>();

/** The variable that sets the protocol of a signal. */
export function protocolVariable(env: NodeJS.ProcessEnv, signal: Signal): string {
  const own = `OTEL_EXPORTER_OTLP_${signal.toUpperCase()}_PROTOCOL`;
  return isSet(env, own) ? own : 'OTEL_EXPORTER_OTLP_PROTOCOL';
}

/** The protocol of a signal. Prints one line about a wrong one. */
export function protocolOf(env: NodeJS.ProcessEnv, signal: Signal): Protocol {
  const variable = protocolVariable(env, signal);
  const name = setting(env, variable);
  if (name === undefined) return 'http/json';
  if (isProtocol(name)) return name;
  const known = Object.keys(EXPORTER_PACKAGES).join(', ');
  const message = `${variable} must be one of ${known}, got ${JSON.stringify(name)}; http/json is used`;
  if (!reportedProtocols.has(message)) notice(message);
  reportedProtocols.add(message);
  return 'http/json';
}

function isProtocol(name: string): name is Protocol {
  return Object.hasOwn(EXPORTER_PACKAGES, name);
}

function aboveZero(text: string | undefined): number | undefined {
  return isAboveZero(text) ? Number(text) : undefined;
}

function setting(env: NodeJS.ProcessEnv, name: string): string | undefined {
  const value = env[name]?.trim();
  return value === '' ? undefined : value;
}

function isSet(env: NodeJS.ProcessEnv, name: string): boolean {
  return setting(env, name) !== undefined;
}
