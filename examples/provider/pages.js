/** A two-page encyclopaedia with the paths of Wikipedia's REST API, for the tools of the research example. */

const PAGES = [
  {
    key: 'OpenTelemetry',
    title: 'OpenTelemetry',
    source:
      'OpenTelemetry is a vendor-neutral framework that collects traces, metrics and logs from software.',
  },
  {
    key: 'Observability',
    title: 'Observability',
    source: 'Observability is how well the state of a system can be told from what it puts out.',
  },
];

/** @param {string} path `/w/rest.php/v1/search/page?q=…` or `/w/rest.php/v1/page/<key>` */
export function pageFor(path) {
  if (path.includes('/search/')) return { pages: PAGES.map(({ key, title }) => ({ key, title })) };
  return PAGES.find(({ key }) => path.endsWith(`/page/${key}`)) ?? PAGES[0];
}
