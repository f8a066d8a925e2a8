/** Next bundles what it serves: instrumentation.js and the routes may hold copies of our package of their own. */
export const RUNS = [
  { title: 'bundled', env: { EXTERNAL: '' } },
  { title: 'in serverExternalPackages', env: { EXTERNAL: 'yes' } },
];
