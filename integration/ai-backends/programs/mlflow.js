/** MLflow (`mlflow` on PyPI): how its server is started and sent to, and which figures are asked of its REST API. */
import { join } from 'node:path';
import { ask, expectUsd, sum } from '../figures.js';

export const mlflow = {
  title: 'MLflow',
  packageName: 'mlflow',
  dialect: 'mlflow',
  healthPath: '/health',

  command: (bin) => (port, folder) => ({
    file: join(bin, 'mlflow'),
    args: [
      ...['server', '--host', '127.0.0.1', '--port', String(port), '--workers', '1'],
      ...['--backend-store-uri', `sqlite:///${folder}/mlflow.db`],
      ...['--default-artifact-root', join(folder, 'artifacts')],
    ],
    env: {
      MLFLOW_DISABLE_TELEMETRY: 'true',
      MLFLOW_SERVER_ENABLE_JOB_EXECUTION: 'false',
      // The prices that it was built with. Else it loads newer ones, and waits for them while a request is open.
      MLFLOW_MODEL_CATALOG_URI: '',
      // It starts Python by name.
      PATH: `${bin}:${process.env.PATH}`,
    },
  }),

  async settings(url, name) {
    const { experiment_id: id } = await ask(`${url}/api/2.0/mlflow/experiments/create`, { name });
    return {
      OTEL_EXPORTER_OTLP_ENDPOINT: url,
      OTEL_EXPORTER_OTLP_HEADERS: `x-mlflow-experiment-id=${id}`,
    };
  },

  async read(url, name, traceIds) {
    const { experiment } = await ask(`${url}/api/2.0/mlflow/experiments/get-by-name?experiment_name=${name}`);
    const { experiment_id: id } = experiment;
    const locations = [{ type: 'MLFLOW_EXPERIMENT', mlflow_experiment: { experiment_id: id } }];
    const found = await ask(`${url}/api/3.0/mlflow/traces/search`, { locations, max_results: 100 });
    const traces = found.traces ?? [];
    if (traces.length < traceIds.length || traces.some(({ state }) => state === 'IN_PROGRESS'))
      return undefined;
    const byId = new Map(traces.map((trace) => [trace.trace_id.replace(/^tr-/, ''), trace]));
    const shown = traceIds.map((traceId) => costOf(byId.get(traceId)));
    return {
      traces: shown,
      totals: { 'the traces, added up': sum(shown), 'its chart by model': await spanCost(url, id) },
    };
  },

  /** With the dialect, each trace must show the amount in the ledger. */
  check({ traces }, ledger) {
    for (const [at, usd] of ledger.entries()) expectUsd(`trace ${at + 1}`, traces[at], usd);
  },
};

function costOf({ trace_metadata: metadata }) {
  return JSON.parse(metadata['mlflow.trace.cost'] ?? '{}').total_cost ?? 0;
}

/** The metric of its cost charts: the sum over the spans of each model, here of all of them. */
async function spanCost(url, experimentId) {
  const { data_points: points = [] } = await ask(`${url}/api/3.0/mlflow/traces/metrics`, {
    experiment_ids: [experimentId],
    view_type: 'SPANS',
    metric_name: 'total_cost',
    aggregations: [{ aggregation_type: 'SUM' }],
    dimensions: ['span_model_name'],
  });
  return sum(points.map(({ values }) => values.SUM));
}
