import { Store } from './store.js';

/** At most two refreshes a second, however fast spans arrive. */
const REFRESH_MILLIS = 500;
const FIRST_RETRY_MILLIS = 500;
const LAST_RETRY_MILLIS = 15_000;
/** Windows that end now, and the cost per hour, move without new spans, too. */
const CLOCK_MILLIS = 10_000;

export type Connection = 'connecting' | 'connected' | 'disconnected';

export const connection = new Store<Connection>('connecting');
/** Grows when the panels are to be read again. */
export const refreshes = new Store(0);

let lastRefresh = 0;
let timer: ReturnType<typeof setTimeout> | undefined;
let isMissed = false;

export function refresh(): void {
  if (document.hidden) {
    isMissed = true;
    return;
  }
  if (timer !== undefined) return;
  const wait = Math.max(0, lastRefresh + REFRESH_MILLIS - Date.now());
  timer = setTimeout(() => {
    timer = undefined;
    lastRefresh = Date.now();
    refreshes.set(refreshes.get() + 1);
  }, wait);
}

export function followChanges(): void {
  connect(FIRST_RETRY_MILLIS);
  setInterval(refresh, CLOCK_MILLIS);
  document.addEventListener('visibilitychange', () => {
    if (document.hidden || !isMissed) return;
    isMissed = false;
    refresh();
  });
}

function connect(retryMillis: number): void {
  const source = new EventSource('/api/live');
  let next = retryMillis;
  source.onopen = () => {
    next = FIRST_RETRY_MILLIS;
    const wasAway = connection.get() === 'disconnected';
    connection.set('connected');
    if (wasAway) refresh();
  };
  source.onmessage = refresh;
  source.addEventListener('change', refresh);
  source.onerror = () => {
    source.close();
    connection.set('disconnected');
    const jitter = 1 + Math.random() / 4;
    setTimeout(connect, next * jitter, Math.min(next * 2, LAST_RETRY_MILLIS));
  };
}
