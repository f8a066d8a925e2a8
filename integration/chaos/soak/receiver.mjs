/**
 * A loopback OTLP/HTTP receiver in a process of its own. Prints its address, and answers `GET /figures/<service>` with what
 * came from there.
 */
import { createServer } from 'node:http';
import { buffer } from 'node:stream/consumers';

const PICO_PER_USD = 1e12;
const KEEP_ALIVE_MILLIS = 2000;

class Figures {
  arrivals = 0;
  ownPico = 0;
  taskPico = 0;
  metrics = {};
  #ids = new Set();

  toJSON() {
    return { ...this, spans: this.#ids.size };
  }

  addSpan({ spanId, attributes = [] }) {
    this.arrivals += 1;
    if (this.#ids.has(spanId)) return;
    this.#ids.add(spanId);
    for (const { key, value } of attributes) {
      if (key === 'cost_usd') this.ownPico += picoOf(value);
      if (key === 'task.cost_usd') this.taskPico += picoOf(value);
    }
  }

  /** Running totals: the last ones count. */
  setMetrics(metrics) {
    const sum = (name) => {
      const points = metrics.find((metric) => metric.name === name)?.sum?.dataPoints ?? [];
      return points.map((point) => Number(point.asDouble ?? point.asInt));
    };
    this.metrics = {
      pico: sum('cost.usd').reduce((total, usd) => total + Math.round(usd * PICO_PER_USD), 0),
      calls: sum('cost.calls').reduce((total, calls) => total + calls, 0),
      lostSpans: sum('cost.lost_spans').reduce((total, spans) => total + spans, 0),
    };
  }
}

const byService = new Map();

function figuresOf(service) {
  const figures = byService.get(service) ?? new Figures();
  byService.set(service, figures);
  return figures;
}

function serviceOf({ resource }) {
  return resource.attributes.find(({ key }) => key === 'service.name').value.stringValue;
}

function picoOf({ doubleValue, intValue }) {
  return Math.round(Number(doubleValue ?? intValue) * PICO_PER_USD);
}

function addTraces({ resourceSpans }) {
  for (const each of resourceSpans) {
    const figures = figuresOf(serviceOf(each));
    for (const { spans } of each.scopeSpans) for (const span of spans) figures.addSpan(span);
  }
}

function addMetrics({ resourceMetrics }) {
  for (const each of resourceMetrics) {
    figuresOf(serviceOf(each)).setMetrics(each.scopeMetrics.flatMap(({ metrics }) => metrics));
  }
}

const server = createServer(async (request, response) => {
  const body = await buffer(request);
  if (request.url === '/v1/traces') addTraces(JSON.parse(body));
  if (request.url === '/v1/metrics') addMetrics(JSON.parse(body));
  const service = /^\/figures\/(\w+)$/.exec(request.url)?.[1];
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(service === undefined ? '{}' : JSON.stringify(figuresOf(service)));
});
// Shorter than the interval of metrics, so that there are moments without any connection.
server.keepAliveTimeout = KEEP_ALIVE_MILLIS;
server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}`));
