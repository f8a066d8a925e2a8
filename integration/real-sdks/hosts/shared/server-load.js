/** Concurrent requests to a server whose handler answers `{ totals }` of its task. */
const REQUESTS = 200;
const AT_A_TIME = 25;

/** What each request asks the provider for. */
const SCENARIOS = ['cached', 'streamedCached', 'streamed', 'streamedHelper', 'plain'];

/** @returns `tasks` for ../verdict.js, by request */
export async function loadServer(url, { requests = REQUESTS } = {}) {
  const waiting = Array.from({ length: requests }, (_each, number) => `request-${number}`);
  const tasks = {};
  await Promise.all(
    Array.from({ length: AT_A_TIME }, async () => {
      for (let request = waiting.shift(); request !== undefined; request = waiting.shift()) {
        const response = await fetch(`${url}/${request}`);
        const body = await response.text();
        const answer = response.ok ? JSON.parse(body) : { error: `${response.status} ${body.slice(0, 300)}` };
        tasks[request] = { path: request, scenarios: SCENARIOS, ...answer };
      }
    }),
  );
  return tasks;
}

/** Keeps the attributes of ended spans. */
export class SpanKeeper {
  spans = [];

  onStart() {}

  onEnd({ name, attributes }) {
    this.spans.push({ name, attributes });
  }

  forceFlush() {
    return Promise.resolve();
  }

  shutdown() {
    return Promise.resolve();
  }
}

/** Each request's own costs, added up by the task they name, are its total. */
export function checkTraces(tasks, { spans }) {
  const pico = (usd = 0) => Math.round(usd * 1e12);
  const wrong = Object.entries(tasks).filter(([request, { totals }]) => {
    const own = spans.filter(({ attributes }) => attributes['task.name'] === request);
    const sum = own.reduce((total, { attributes }) => total + pico(attributes.cost_usd), 0);
    return totals === undefined || sum !== pico(totals.costUsd);
  });
  return { 'own costs are the total of their task': wrong.length === 0 || wrong.slice(0, 3) };
}
