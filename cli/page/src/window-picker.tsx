import { useState } from 'preact/hooks';
import { go, type Route, WINDOWS, windowQuery, withQuery } from './route.js';

const LABELS: Record<string, string> = {
  auto: 'Auto',
  '15m': '15 minutes',
  '1h': '1 hour',
  '6h': '6 hours',
  '24h': '24 hours',
  '7d': '7 days',
  '30d': '30 days',
  all: 'All',
};

export function WindowPicker({ route }: { route: Route }) {
  const [isOpen, setOpen] = useState(false);
  const current = windowQuery(route);
  const isCustom = current.window === undefined;
  const choose = (value: string) => {
    setOpen(value === 'custom');
    if (value !== 'custom') go(withQuery(route, { window: value, from: undefined, to: undefined }));
  };
  return (
    <div class="window-picker">
      <select
        aria-label="Time window"
        title="Auto follows the data: the shortest window that contains all spans"
        value={isCustom || isOpen ? 'custom' : current.window}
        onChange={(event) => choose(event.currentTarget.value)}
      >
        {WINDOWS.map((name) => (
          <option key={name} value={name}>
            {LABELS[name]}
          </option>
        ))}
        <option value="custom">Between…</option>
      </select>
      {(isCustom || isOpen) && <Between route={route} />}
    </div>
  );
}

function Between({ route }: { route: Route }) {
  const { from, to } = windowQuery(route);
  const now = Date.now();
  const [start, setStart] = useState(localText(Number(from ?? now - 3_600_000)));
  const [end, setEnd] = useState(localText(Number(to ?? now)));
  const isValid = Date.parse(start) < Date.parse(end);
  const show = (event: Event) => {
    event.preventDefault();
    if (!isValid) return;
    const period = { from: String(Date.parse(start)), to: String(Date.parse(end)) };
    go(withQuery(route, { window: undefined, ...period }));
  };
  return (
    <form class="between" onSubmit={show}>
      <input
        type="datetime-local"
        step="1"
        aria-label="From"
        value={start}
        onInput={(event) => setStart(event.currentTarget.value)}
      />
      <span aria-hidden="true">–</span>
      <input
        type="datetime-local"
        step="1"
        aria-label="To"
        value={end}
        onInput={(event) => setEnd(event.currentTarget.value)}
      />
      <button type="submit" class="button" disabled={!isValid}>
        Show
      </button>
    </form>
  );
}

/** As `datetime-local` wants it: local time without zone. */
function localText(millis: number): string {
  const date = new Date(millis - new Date(millis).getTimezoneOffset() * 60_000);
  return date.toISOString().slice(0, 19);
}
