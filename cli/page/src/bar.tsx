import { paused } from './hold.js';
import { connection } from './live.js';
import { formatRoute, type Route, toScreen } from './route.js';
import { useStore } from './store.js';
import { nextTheme, theme } from './theme.js';
import { WindowPicker } from './window-picker.js';

export function Bar({ route }: { route: Route }) {
  return (
    <header class="bar">
      <span class="brand">Agent cost</span>
      <nav aria-label="Screens">
        <NavLink route={route} screen="overview" label="Overview" />
        <NavLink route={route} screen="explore" label="Explore" />
      </nav>
      <div class="bar-tools">
        <LiveState />
        {route.screen !== 'task' && <WindowPicker route={route} />}
        <ThemeButton />
      </div>
    </header>
  );
}

function NavLink({ route, screen, label }: { route: Route; screen: Route['screen']; label: string }) {
  const isHere = route.screen === screen;
  return (
    <a href={formatRoute(toScreen(route, screen))} aria-current={isHere ? 'page' : undefined}>
      {label}
    </a>
  );
}

function LiveState() {
  const isPaused = useStore(paused);
  const state = useStore(connection);
  const label = state === 'disconnected' ? 'Disconnected' : isPaused ? 'Paused' : 'Live';
  const kind = state === 'disconnected' ? 'lost' : isPaused || state === 'connecting' ? 'still' : 'on';
  return (
    <span class="live">
      <span class={`dot ${kind}`} aria-hidden="true" />
      <span class="live-label">{label}</span>
      <button
        type="button"
        class="button icon"
        aria-pressed={isPaused}
        aria-label="Pause: hold the view still"
        title={isPaused ? 'Go on' : 'Hold the view still'}
        onClick={() => paused.set(!isPaused)}
      >
        <svg viewBox="0 0 12 12" aria-hidden="true">
          <path d={isPaused ? 'M3 1.5v9l7.5-4.5z' : 'M2.5 2h2.5v8H2.5zM7 2h2.5v8H7z'} />
        </svg>
      </button>
    </span>
  );
}

function ThemeButton() {
  const current = useStore(theme);
  const label = { system: 'Theme: system', light: 'Theme: light', dark: 'Theme: dark' }[current];
  const path = {
    system: 'M6 1a5 5 0 1 0 0 10A5 5 0 0 0 6 1zm0 1.2v7.6a3.8 3.8 0 0 1 0-7.6z',
    light:
      'M6 3.4a2.6 2.6 0 1 0 0 5.2 2.6 2.6 0 0 0 0-5.2zM5.5 0h1v2h-1zM5.5 10h1v2h-1zM0 5.5h2v1H0zM10 5.5h2v1h-2z',
    dark: 'M4.4 1A5.2 5.2 0 1 0 11 7.6 4.6 4.6 0 0 1 4.4 1z',
  }[current];
  return (
    <button type="button" class="button icon" onClick={nextTheme} aria-label={label} title={label}>
      <svg viewBox="0 0 12 12" aria-hidden="true">
        <path d={path} />
      </svg>
    </button>
  );
}
