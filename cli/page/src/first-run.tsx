import { useState } from 'preact/hooks';
import type { Status } from '../../src/api.js';
import { startDemo } from './api-client.js';
import { refresh } from './live.js';
import { CopyLine } from './parts/copy-line.js';

/** Until the first span arrives: how to send some. */
export function FirstRun({ status }: { status: Status }) {
  const exports = [
    `OTEL_EXPORTER_OTLP_ENDPOINT=${status.endpoint}`,
    'OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf',
  ];
  const environment = exports.join(' ');
  const ways = [
    { label: 'Node.js', text: `${environment} node --import otel-agent-cost/register app.js` },
    { label: 'Python', text: `${environment} opentelemetry-instrument python app.py` },
    { label: 'Any OTLP sender', text: exports.map((line) => `export ${line}`).join('; ') },
  ];
  return (
    <section class="first-run" aria-labelledby="first-run">
      <h1 id="first-run">Waiting for the first span</h1>
      <p class="lead">
        Send traces to <code>{status.endpoint}</code>. Agents, LLM calls and tools appear here with their cost
        as soon as they end.
      </p>
      <dl>
        {ways.map(({ label, text }) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>
              <CopyLine text={text} label={label} />
            </dd>
          </div>
        ))}
      </dl>
      <Demo state={status.demo} />
      <p class="muted">
        {status.file === null
          ? 'Spans are kept in memory: gone when the viewer stops. Start it with --db FILE to keep them.'
          : `Spans are kept in ${status.file}.`}
      </p>
    </section>
  );
}

function Demo({ state }: { state: Status['demo'] }) {
  const [isStarted, setStarted] = useState(false);
  const [error, setError] = useState('');
  if (state === 'unavailable') return null;
  const isRunning = state === 'running' || isStarted;
  const start = async () => {
    setStarted(true);
    setError('');
    try {
      await startDemo();
      refresh();
    } catch (refused) {
      setStarted(false);
      setError(refused instanceof Error ? refused.message : String(refused));
    }
  };
  return (
    <div class="demo">
      <button type="button" class="button primary" onClick={start} disabled={isRunning}>
        {isRunning ? 'The demo is running…' : 'Run the demo'}
      </button>
      <span class="muted">A few agents on this machine, without a key and without network.</span>
      {error !== '' && (
        <p class="trouble" role="alert">
          {error}
        </p>
      )}
    </div>
  );
}
