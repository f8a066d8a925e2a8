import { useEffect } from 'preact/hooks';
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

export function App() {
  const current = useStore(route);
  const status = useResource<Status>('/api/status');
  useEffect(() => {
    document.title = titleOf(current);
  }, [current]);
  return (
    <>
      <button type="button" class="skip" onClick={skipToContent}>
        Skip to the content
      </button>
      <Bar route={current} status={status.data} />
      <main id="content" tabIndex={-1}>
        <Notices status={status.data} error={status.error} />
        <Boundary key={current.screen}>
          {status.data?.spans === 0 ? <FirstRun status={status.data} /> : <Screen route={current} />}
        </Boundary>
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

/** A button, for a link to an anchor would change the route. */
function skipToContent(): void {
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
