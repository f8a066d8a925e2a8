import { nearestName } from '../nearest-name.js';
import { notice } from './notice.js';
import { endpointText } from './secrets.js';

interface Check {
  expected: string;
  isRight(text: string): boolean;
}

const OWN_SETTINGS = ['OTEL_AGENT_COST_CONFIG', 'OTEL_AGENT_COST_HINTS', 'OTEL_AGENT_COST_SUMMARY'];

const SAMPLERS = ['always_on', 'always_off', 'traceidratio'].flatMap((name) => [name, `parentbased_${name}`]);

const ABOVE_ZERO: Check = { expected: 'a number above 0', isRight: isAboveZero };
const FROM_ZERO_TO_ONE: Check = {
  expected: 'a number from 0 to 1',
  isRight: (text) => Number(text) >= 0 && Number(text) <= 1,
};
const URL_WITH_SCHEME: Check = {
  expected: 'a URL like http://localhost:4318',
  isRight: (text) => /^https?:\/\//i.test(text) && URL.canParse(text),
};

export const HISTOGRAM_AGGREGATION = 'OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION';
export const EXPONENTIAL = 'base2_exponential_bucket_histogram';

/** Settings whose invalid values the SDK ignores silently unless its diagnostics are enabled. */
const CHECKS: Readonly<Record<string, Check>> = {
  OTEL_AGENT_COST_HINTS: oneOf('1', 'true', '0', 'false'),
  OTEL_AGENT_COST_SUMMARY: oneOf('1', 'true', 'tree', '0', 'false'),
  OTEL_SDK_DISABLED: oneOf('true', 'false'),
  OTEL_LOG_LEVEL: oneOf('none', 'error', 'warn', 'info', 'debug', 'verbose', 'all'),
  OTEL_TRACES_SAMPLER: oneOf(...SAMPLERS),
  OTEL_TRACES_SAMPLER_ARG: FROM_ZERO_TO_ONE,
  OTEL_BSP_MAX_QUEUE_SIZE: ABOVE_ZERO,
  OTEL_BSP_MAX_EXPORT_BATCH_SIZE: ABOVE_ZERO,
  OTEL_EXPORTER_OTLP_TIMEOUT: ABOVE_ZERO,
  OTEL_EXPORTER_OTLP_TRACES_TIMEOUT: ABOVE_ZERO,
  OTEL_EXPORTER_OTLP_METRICS_TIMEOUT: ABOVE_ZERO,
  [HISTOGRAM_AGGREGATION]: oneOf('explicit_bucket_histogram', EXPONENTIAL),
};

const ENDPOINTS = [
  'OTEL_EXPORTER_OTLP_ENDPOINT',
  'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT',
  'OTEL_EXPORTER_OTLP_METRICS_ENDPOINT',
];

export function isAboveZero(text: string | undefined): boolean {
  return text !== undefined && Number(text) > 0;
}

/** Prints one line for each invalid setting. */
export function tellWrongSettings(env: NodeJS.ProcessEnv): void {
  for (const name of Object.keys(env)) {
    if (name.startsWith('OTEL_AGENT_COST_') && !OWN_SETTINGS.includes(name)) reportUnknown(name);
  }
  for (const [name, check] of Object.entries(CHECKS)) reportIfWrong(env, name, check);
  // For gRPC, a host and a port are enough.
  if (Object.entries(env).some(([name, value]) => name.endsWith('_PROTOCOL') && value === 'grpc')) return;
  for (const name of ENDPOINTS) reportIfWrong(env, name, URL_WITH_SCHEME);
}

function reportUnknown(name: string): void {
  const meant = nearestName(name, OWN_SETTINGS);
  const guess = meant === undefined ? `known are ${OWN_SETTINGS.join(', ')}` : `did you mean ${meant}?`;
  notice(`${name} is not a setting; ${guess}`);
}

function reportIfWrong(env: NodeJS.ProcessEnv, name: string, { expected, isRight }: Check): void {
  const text = env[name]?.trim();
  if (text === undefined || text === '' || isRight(text)) return;
  const shown = ENDPOINTS.includes(name) ? endpointText(text) : text;
  notice(`${name} must be ${expected}, got ${JSON.stringify(shown)}`);
}

function oneOf(...values: string[]): Check {
  return {
    expected: `one of ${values.join(', ')}`,
    isRight: (text) => values.includes(text.toLowerCase()),
  };
}
