import { useEffect } from 'preact/hooks';
import type { Status } from '../../src/api.js';
import { Bar } from './bar.js';
import { Explore } from './explore/explore.js';
import { FirstRun } from './first-run.js';
import { connection } from './live.js';
import { Notices } from './notices.js';
import { Overview } from './overview/overview.js';
import { useResource } from './resource.js';
import { type Route, route } from './route.js';
import { useStore } from './store.js';
import { TaskScreen } from './task/task-screen.js';

export function App() {
  const current = useStore(route);
  const status = useResource<Status>('/api/status');
  useEffect(() => {
    document.title = titleOf(current);
  }, [current]);
  return (
    <>
      <a class="skip" href="#content" onClick={skipToContent}>
        Skip to the content
      </a>
      <Bar route={current} status={status.data} />
      <main id="content" tabIndex={-1}>
        <Notices status={status.data} error={status.error} />
        {status.data?.spans === 0 ? <FirstRun status={status.data} /> : <Screen route={current} />}
      </main>
      <ConnectionMessage />
    </>
  );
}

function Screen({ route: current }: { route: Route }) {
  if (current.screen === 'task') return <TaskScreen key={current.taskId} route={current} />;
  if (current.screen === 'explore') return <Explore route={current} />;
  return <Overview route={current} />;
}

/** The address is the route: a link to an anchor would change it. */
function skipToContent(event: Event): void {
  event.preventDefault();
  document.querySelector<HTMLElement>('#content')?.focus();
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
