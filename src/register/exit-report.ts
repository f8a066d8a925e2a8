import type { ExportTally } from './export-tally.js';
import { installLine } from './install-line.js';
import type { InstrumentedLibraries } from './instrumentations.js';
import { notice } from './notice.js';

const count = new Intl.NumberFormat('en-US');

/** Reports lost spans, if there are any. */
export function reportLosses(tally: ExportTally, url: string): void {
  if (tally.missing <= 0) return;
  const spans = `${count.format(tally.missing)} of ${count.format(tally.ended)} spans`;
  const why = tally.lastError === undefined ? '' : ` (${tally.lastError})`;
  const advice =
    tally.delivered > 0
      ? ''
      : '. Is a receiver running there? OTEL_EXPORTER_OTLP_ENDPOINT names another, OTEL_TRACES_EXPORTER=none sends nothing, ' +
        'OTEL_AGENT_COST_SUMMARY=1 shows the costs here';
  notice(`${spans} were lost: ${url} did not confirm them${why}${advice}`);
}

/** Reports that the final metrics of this process were not delivered. */
export function reportLostMetrics(error: string | undefined, url: string): void {
  if (error === undefined) return;
  notice(
    `the latest metrics were lost: ${url} did not confirm them (${error}); OTEL_METRICS_EXPORTER=none sends none`,
  );
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
