import { useEffect, useRef } from 'preact/hooks';
import type { Status } from '../../src/api.js';
import { Bar } from './bar.js';
import { Explore } from './explore/explore.js';
import { FirstRun } from './first-run.js';
import { connection } from './live.js';
import { Notices } from './notices.js';
import { Overview } from './overview/overview.js';
import { Boundary } from './parts/boundary.js';
import { useResource } from './resource.js';
import { type Route, route } from './route.js';
import { useStore } from './store.js';
import { TaskScreen } from './task/task-screen.js';
import { bytes, plural } from './text.js';

export function App() {
  const current = useStore(route);
  const status = useResource<Status>('/api/status');
  useEffect(() => {
    document.title = titleOf(current);
  }, [current]);
  useFocusOnScreen(current);
  return (
    <>
      <button type="button" class="skip" onClick={skipToContent}>
        Skip to the content
      </button>
      <Bar route={current} />
      <main id="content" tabIndex={-1}>
        <Notices status={status.data} error={status.error} />
        <Boundary key={current.screen}>
          {status.data?.spans === 0 ? <FirstRun status={status.data} /> : <Screen route={current} />}
        </Boundary>
      </main>
      {status.data !== undefined && status.data.spans > 0 && <Footer status={status.data} />}
      <ConnectionMessage />
    </>
  );
}

function Screen({ route: current }: { route: Route }) {
  if (current.screen === 'task') return <TaskScreen key={current.taskId} route={current} />;
  if (current.screen === 'explore') return <Explore route={current} />;
  return <Overview route={current} />;
}

/** A button, for a link to an anchor would change the route. */
function skipToContent(): void {
  document.querySelector<HTMLElement>('#content')?.focus();
}

function Footer({ status }: { status: Status }) {
  const place = status.file === null ? 'in memory: gone when the viewer stops' : `kept in ${status.file}`;
  return (
    <footer>
      {plural(status.spans, 'span')}, {bytes(status.bytes)}, {place}. Send more to {status.endpoint}.
      otel-agent-cost-cli {status.version}
    </footer>
  );
}

/** A new screen starts at its top, also for those who hear it. */
function useFocusOnScreen(current: Route): void {
  const place = `${current.screen} ${current.taskId}`;
  const shown = useRef(place);
  useEffect(() => {
    if (shown.current === place) return;
    shown.current = place;
    scrollTo(0, 0);
    document.querySelector<HTMLElement>('#content')?.focus({ preventScroll: true });
  }, [place]);
}

function titleOf(current: Route): string {
  if (current.screen === 'explore') return 'Explore · Agent cost';
  return current.screen === 'task' ? `Task ${current.taskId} · Agent cost` : 'Agent cost';
}

function ConnectionMessage() {
  const state = useStore(connection);
  return (
    <p class="sr-only" role="status">
      {state === 'disconnected' ? 'Disconnected from the viewer. Trying again.' : ''}
    </p>
  );
}
