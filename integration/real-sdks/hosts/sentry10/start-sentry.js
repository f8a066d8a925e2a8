import * as Sentry from '@sentry/node';

const spans = [];

/** @returns `around(name, fn)`, a request of a server, and `checks()` of what Sentry saw */
export async function startSentry(withProcessor) {
  const { CostSpanProcessor } = await import('otel-agent-cost');
  Sentry.init({
    dsn: 'http://key@127.0.0.1:9/1',
    tracesSampleRate: 1,
    beforeSendTransaction: (event) => {
      spans.push(...event.spans);
      return null;
    },
    ...(withProcessor && { openTelemetrySpanProcessors: [new CostSpanProcessor()] }),
  });
  const options = (name) => ({ name: `request ${name}`, op: 'http.server', forceTransaction: true });
  return {
    around: (name, fn) => Sentry.startSpan(options(name), fn),
    checks: () => ({ 'Sentry sees the calls of the clients': seesCalls() }),
  };
}

function seesCalls() {
  const seen = spans.filter(({ op }) => op?.startsWith('gen_ai')).length;
  return seen > 0 || 'none';
}
