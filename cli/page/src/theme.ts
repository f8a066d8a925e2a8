import { Store } from './store.js';

export type Theme = 'system' | 'light' | 'dark';

const KEY = 'agent-cost-theme';
const THEMES: readonly Theme[] = ['system', 'light', 'dark'];

/** The page works without local storage, which a browser may refuse. */
function stored(): Theme {
  try {
    const value = localStorage.getItem(KEY);
    return THEMES.find((theme) => theme === value) ?? 'system';
  } catch {
    return 'system';
  }
}

export const theme = new Store<Theme>(stored());

export function nextTheme(): void {
  const next = THEMES[(THEMES.indexOf(theme.get()) + 1) % THEMES.length] ?? 'system';
  try {
    localStorage.setItem(KEY, next);
  } catch {
    // The choice then lasts as long as the page.
  }
  theme.set(next);
}

export function applyTheme(): void {
  const write = () => {
    document.documentElement.dataset.theme = theme.get();
  };
  write();
  theme.subscribe(write);
}
