// Before the first paint, so that a chosen theme does not flash. The rest is in src/theme.ts.
try {
  document.documentElement.dataset.theme = localStorage.getItem('agent-cost-theme') ?? 'system';
} catch {
  // Without local storage, the theme of the system is shown.
}
