import type { ExportTally } from './export-tally.js';
import { installLine } from './install-line.js';
import type { InstrumentedLibraries } from './instrumentations.js';
import { notice } from './notice.js';

const count = new Intl.NumberFormat('en-US');

/** Says that spans were lost, if any were. */
export function reportLosses(tally: ExportTally, url: string): void {
  if (tally.missing <= 0) return;
  const spans = `${count.format(tally.missing)} of ${count.format(tally.ended)} spans`;
  const why = tally.lastError === undefined ? '' : ` (${tally.lastError})`;
  const advice =
    tally.delivered > 0
      ? ''
      : '. Is a receiver running there? OTEL_EXPORTER_OTLP_ENDPOINT names another, OTEL_TRACES_EXPORTER=none sends nothing';
  notice(`${spans} were lost: ${url} did not confirm them${why}${advice}`);
}

/** Says that the metrics of this process did not arrive as they stood in the end. */
export function reportLostMetrics(error: string | undefined, url: string): void {
  if (error === undefined) return;
  notice(
    `the latest metrics were lost: ${url} did not confirm them (${error}); OTEL_METRICS_EXPORTER=none sends none`,
  );
}

/** Says why a summary stayed empty. */
export function reportNoSdk(): void {
  const install = installLine(['@opentelemetry/sdk-trace-node', '@opentelemetry/resources']);
  notice(
    `no call was seen: wrap your calls with withTask, withLlm and withTool, or ${install} for those of your LLM client`,
  );
}

/** Says that no AI work was seen, and what to do about it. */
export function reportNothingSeen({ loaded, suggested, limits }: InstrumentedLibraries): void {
  const though = loaded.length === 0 ? '' : `, though ${loaded.join(', ')} was loaded`;
  const facts = [`no GenAI span was seen${though}`, ...limits].join('; ');
  const wrap = 'wrap your calls with withTask, withLlm and withTool';
  const install = suggested.length === 0 ? undefined : installLine(suggested);
  if (loaded.length > 0) notice(`${facts}; if calls were made, ${install ? `${install}, or ` : ''}${wrap}`);
  else if (install !== undefined) notice(`${facts}; ${install}, or ${wrap}`);
  else notice(`${facts}; install an instrumentation of your LLM client, or ${wrap}`);
}
