import * as api from '@opentelemetry/api';
import { startSdk2 } from '../shared/sdk2.js';
import { checkTraces, loadServer, SpanKeeper } from '../shared/server-load.js';

const spans = new SpanKeeper();
await startSdk2({ api, load: (name) => import(name), processors: [spans] });
const { default: express } = await import('express');
const { answer } = await import('./answer.js');

const app = express();
app.get('/ask/:request', async (request, response) => {
  // As an instrumentation of HTTP would: a span around the request.
  await api.trace.getTracer('http').startActiveSpan(`GET ${request.params.request}`, async (span) => {
    const { totals, words } = await answer(request.params.request);
    span.end();
    response.json({ totals, words });
  });
});

const server = app.listen(0, '127.0.0.1', async () => {
  const tasks = await loadServer(`http://127.0.0.1:${server.address().port}/ask`);
  process.send({ tasks, checks: checkTraces(tasks, spans) }, () => process.exit(0));
});
