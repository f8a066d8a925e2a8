import { usdFromPico } from '../money.js';
import { countText, usdText } from '../text.js';
import { PACKAGE_VERSION } from '../version.js';
import { otlpUrl, protocolOf, protocolVariable } from './environment.js';
import type { ExportTally } from './export-tally.js';
import { installLine } from './install-line.js';
import type { InstrumentedLibraries } from './instrumentations.js';
import type { MetricsTally } from './metrics-tally.js';
import { notice } from './notice.js';
import type { ThreadCounts } from './thread-counts.js';

const ADVICE =
  'OTEL_EXPORTER_OTLP_ENDPOINT names another, OTEL_TRACES_EXPORTER=none sends nothing, ' +
  'OTEL_AGENT_COST_SUMMARY=1 shows the costs here';

/** Reports lost spans of this thread, if there are any. */
export function reportLosses({ missing, counts, lastError }: ExportTally, env: NodeJS.ProcessEnv): void {
  if (missing <= 0) return;
  counts.add('noticed', missing);
  const spans = partOf(missing, counts.get('ended'));
  const advice = counts.get('delivered') > 0 ? '' : `. ${adviceOn(lastError, env)}`;
  const url = otlpUrl(env, 'traces');
  notice(`${spans} spans were lost: ${url} did not confirm them${because(lastError)}${advice}`);
}

/** Advice on a receiver that accepted nothing. Its answer begins with the status, as written by `messageOf`. */
function adviceOn(error: string | undefined, env: NodeJS.ProcessEnv): string {
  const status = Number(/^[45]\d\d(?= |:|$)/.exec(error ?? '')?.[0]);
  if (Number.isNaN(status)) return `Is a receiver running there? ${ADVICE}`;
  const protocol = protocolOf(env, 'traces');
  const other = protocol === 'http/json' ? 'http/protobuf' : 'http/json';
  const advice = [
    ...(status === 415 || status === 422 || /content.?type|protobuf/i.test(error ?? '')
      ? [`The spans were sent as ${protocol}: try ${protocolVariable(env, 'traces')}=${other}`]
      : []),
    ...(status === 401 || status === 403 || status === 422
      ? ['OTEL_EXPORTER_OTLP_HEADERS=name=value adds a header']
      : []),
  ];
  return advice.length > 0 ? advice.join('. ') : ADVICE;
}

/** Reports that metrics of this thread were not delivered, and how much cost is missing in them. */
export function reportLostMetrics({ isUnconfirmed, counts, lastError }: MetricsTally, url: string): void {
  if (!isUnconfirmed) return;
  const { missingPico } = counts;
  counts.add('noticedPico', missingPico);
  const lost =
    missingPico > 0
      ? `${usdPartOf(missingPico, counts)} in metrics was lost`
      : 'the latest metrics were lost';
  notice(
    `${lost}: ${url} did not confirm ${missingPico > 0 ? 'it' : 'them'}${because(lastError ?? 'no answer')}; ` +
      'OTEL_METRICS_EXPORTER=none sends none',
  );
}

/** Reports losses that worker threads did not report themselves. */
export function reportLostWorkers(counts: ThreadCounts): void {
  const spans = counts.missingSpans - counts.get('noticed');
  const pico = counts.missingPico - counts.get('noticedPico');
  const lost = [
    ...(spans > 0 ? [`${partOf(spans, counts.get('ended'))} spans`] : []),
    ...(pico > 0 ? [`${usdPartOf(pico, counts)} in metrics`] : []),
  ];
  if (lost.length === 0) return;
  notice(
    `${lost.join(' and ')} of worker threads were lost: a thread that is terminated sends nothing more; ` +
      'let it end by itself, or by process.exit() inside it',
  );
}

/** Reports that metrics of a copy that shares nothing with this one cannot be sent without the event loop. */
export function reportOtherVersion(version: string | undefined): void {
  if (version === undefined) return;
  notice(
    `metrics of version ${version} of this package since their last export were lost: at process.exit and after a crash ` +
      `only those of version ${PACKAGE_VERSION} are sent`,
  );
}

function partOf(part: number, whole: number): string {
  return `${countText(part)} of ${countText(whole)}`;
}

function usdPartOf(pico: number, counts: ThreadCounts): string {
  return `${usdText(usdFromPico(pico))} of ${usdText(usdFromPico(counts.get('countedPico')))}`;
}

function because(error: string | undefined): string {
  return error === undefined ? '' : ` (${error})`;
}

const WRAP = 'wrap your calls with withTask, withLlm and withTool';

/** Reports that nothing or no LLM call was seen, with advice. Silent if the app failed before it began. */
export function reportUnseen(
  { seen, llmSeen }: { seen: boolean; llmSeen: boolean },
  libraries: InstrumentedLibraries,
  lacksSdk: boolean,
): void {
  if (llmSeen || (!seen && process.exitCode)) return;
  const { loaded, limits, clients } = libraries;
  // An app without any known client may not use an LLM at all.
  if (seen && clients.length === 0) return;
  const though =
    loaded.length === 0 ? installedText(clients, seen) : `, though ${loaded.join(', ')} was loaded`;
  const facts = [
    `${seen ? 'no LLM call' : lacksSdk ? 'no call' : 'no GenAI span'} was seen${though}`,
    ...limits,
  ];
  const advice = [...installAdvice(libraries, lacksSdk), seen ? 'wrap your LLM calls with withLlm' : WRAP];
  notice(`${facts.join('; ')}; ${loaded.length > 0 ? 'if calls were made, ' : ''}${advice.join(', or ')}`);
}

function installedText(clients: readonly string[], seen: boolean): string {
  return seen ? `, though ${clients.join(', ')} ${clients.length === 1 ? 'is' : 'are'} installed` : '';
}

function installAdvice({ loaded, suggested, clients }: InstrumentedLibraries, lacksSdk: boolean): string[] {
  const sdk =
    lacksSdk && clients.length > 0 ? ['@opentelemetry/sdk-trace-node', '@opentelemetry/resources'] : [];
  const packages = [...sdk, ...suggested];
  if (packages.length > 0) return [installLine(packages)];
  return loaded.length > 0 || (clients.length === 0 && lacksSdk)
    ? []
    : ['install an instrumentation of your LLM client'];
}
