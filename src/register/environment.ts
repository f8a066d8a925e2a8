import { DiagLogLevel } from '@opentelemetry/api';
import { notice } from './notice.js';

/** The OTLP protocols, each with the package that speaks it. */
export const EXPORTER_PACKAGES = {
  'http/json': '@opentelemetry/exporter-trace-otlp-http',
  'http/protobuf': '@opentelemetry/exporter-trace-otlp-proto',
  grpc: '@opentelemetry/exporter-trace-otlp-grpc',
} as const;

export type Protocol = keyof typeof EXPORTER_PACKAGES;

/** What the environment asks for. The SDK reads samplers and limits itself, the exporters their own variables. */
export interface Environment {
  /** `OTEL_SDK_DISABLED=true`. */
  sdkDisabled: boolean;
  /** From `OTEL_TRACES_EXPORTER`, a list; both false for `none`. Default: OTLP. */
  otlp: boolean;
  console: boolean;
  /** From `OTEL_EXPORTER_OTLP_TRACES_PROTOCOL` or `OTEL_EXPORTER_OTLP_PROTOCOL`. Default `http/json`. */
  protocol: Protocol;
  /** The environment says how long an export may take. */
  hasExportTimeout: boolean;
  hasMaxQueueSize: boolean;
  hasMaxExportBatchSize: boolean;
  /** `OTEL_AGENT_COST_CONFIG`: path of a JSON file with the options. */
  configPath: string | undefined;
  /** `OTEL_LOG_LEVEL`: what OpenTelemetry's own diagnostics say on the console. Default: nothing. */
  logLevel: DiagLogLevel | undefined;
  /** `OTEL_AGENT_COST_SUMMARY`: a line a task to stderr. */
  summary: boolean;
}

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
  const exporters = exporterNames(env);
  return {
    sdkDisabled: setting(env, 'OTEL_SDK_DISABLED')?.toLowerCase() === 'true',
    otlp: exporters.includes('otlp'),
    console: exporters.includes('console'),
    protocol: protocolOf(env),
    hasExportTimeout:
      isSet(env, 'OTEL_EXPORTER_OTLP_TIMEOUT') || isSet(env, 'OTEL_EXPORTER_OTLP_TRACES_TIMEOUT'),
    hasMaxQueueSize: isSet(env, 'OTEL_BSP_MAX_QUEUE_SIZE'),
    hasMaxExportBatchSize: isSet(env, 'OTEL_BSP_MAX_EXPORT_BATCH_SIZE'),
    logLevel: LOG_LEVELS.get(setting(env, 'OTEL_LOG_LEVEL')?.toUpperCase() ?? ''),
    configPath: setting(env, 'OTEL_AGENT_COST_CONFIG'),
    summary: ['1', 'true'].includes(setting(env, 'OTEL_AGENT_COST_SUMMARY')?.toLowerCase() ?? ''),
  };
}

/** Where traces go, as the OTLP exporters work it out. */
export function tracesUrl(env: NodeJS.ProcessEnv): string {
  const own = setting(env, 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT');
  if (own !== undefined) return own;
  const base = setting(env, 'OTEL_EXPORTER_OTLP_ENDPOINT') ?? 'http://localhost:4318';
  return `${base.replace(/\/$/, '')}/v1/traces`;
}

/** Request headers, as the OTLP exporters read them: `key=value` pairs, percent-encoded, the traces' own last. */
export function tracesHeaders(env: NodeJS.ProcessEnv): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const name of ['OTEL_EXPORTER_OTLP_HEADERS', 'OTEL_EXPORTER_OTLP_TRACES_HEADERS']) {
    for (const pair of (env[name] ?? '').split(',')) {
      const at = pair.indexOf('=');
      if (at > 0) headers[decoded(pair.slice(0, at))] = decoded(pair.slice(at + 1));
    }
  }
  return headers;
}

function exporterNames(env: NodeJS.ProcessEnv): string[] {
  const names = (setting(env, 'OTEL_TRACES_EXPORTER') ?? 'otlp').split(',').map((name) => name.trim());
  const unknown = names.filter((name) => !['otlp', 'console', 'none', ''].includes(name));
  if (unknown.length > 0) {
    notice(
      `OTEL_TRACES_EXPORTER must be otlp, console or none, got ${JSON.stringify(unknown.join(','))}; it is left out`,
    );
  }
  return names;
}

function protocolOf(env: NodeJS.ProcessEnv): Protocol {
  const name =
    setting(env, 'OTEL_EXPORTER_OTLP_TRACES_PROTOCOL') ?? setting(env, 'OTEL_EXPORTER_OTLP_PROTOCOL');
  if (name === undefined) return 'http/json';
  if (isProtocol(name)) return name;
  const known = Object.keys(EXPORTER_PACKAGES).join(', ');
  notice(
    `OTEL_EXPORTER_OTLP_PROTOCOL must be one of ${known}, got ${JSON.stringify(name)}; http/json is used`,
  );
  return 'http/json';
}

function isProtocol(name: string): name is Protocol {
  return Object.hasOwn(EXPORTER_PACKAGES, name);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.trim());
  } catch {
    return text.trim();
  }
}

function setting(env: NodeJS.ProcessEnv, name: string): string | undefined {
  const value = env[name]?.trim();
  return value === '' ? undefined : value;
}

function isSet(env: NodeJS.ProcessEnv, name: string): boolean {
  return setting(env, name) !== undefined;
}
