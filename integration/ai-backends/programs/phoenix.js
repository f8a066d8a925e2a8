/** Phoenix (`arize-phoenix` on PyPI): how it is started and sent to, and which figures are asked of its GraphQL API. */
import { join } from 'node:path';
import { ask, expectUsd, sum } from '../figures.js';

export const phoenix = {
  title: 'Phoenix',
  packageName: 'arize-phoenix',
  dialect: 'openinference',
  healthPath: '/healthz',

  command: (bin) => (port, folder) => ({
    file: join(bin, 'phoenix'),
    args: ['serve'],
    env: {
      PHOENIX_HOST: '127.0.0.1',
      PHOENIX_PORT: String(port),
      // The gRPC receiver takes any free port.
      PHOENIX_GRPC_PORT: '0',
      PHOENIX_WORKING_DIR: folder,
      PHOENIX_TELEMETRY_ENABLED: 'false',
      PHOENIX_ALLOW_EXTERNAL_RESOURCES: 'false',
    },
  }),

  /** The variables with which an app sends to a project of it. */
  async settings(url, project) {
    return {
      OTEL_EXPORTER_OTLP_ENDPOINT: url,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
      OTEL_RESOURCE_ATTRIBUTES: `openinference.project.name=${project}`,
    };
  },

  /** Undefined as long as it has not stored all traces. */
  async read(url, name, traceIds) {
    const { getProjectByName: project } = await graphql(url, PROJECT_QUERY, { name });
    if ((project?.traceCount ?? 0) < traceIds.length) return undefined;
    const traces = [];
    for (const id of traceIds) traces.push((await graphql(url, TRACE_QUERY, { id })).getTraceByOtelId);
    if (traces.some((trace) => trace === null)) return undefined;
    const nodes = traces.flatMap(({ spans }) => spans.edges.map(({ node }) => node));
    return {
      traces: traces.map(({ costSummary }) => costSummary.total.cost ?? 0),
      totals: {
        'the project': project.costSummary.total.cost,
        '`llm.cost.total` on its spans, added up': sum(nodes.map(ownCost)),
      },
      kinds: kindsOf(nodes),
    };
  },

  /** With the dialect, the spans must have our cost, and each span a kind. */
  check({ totals, kinds }, ledger) {
    expectUsd('llm.cost.total', totals['`llm.cost.total` on its spans, added up'], sum(ledger));
    const unknown = Object.keys(kinds).filter((operation) => kinds[operation].includes('unknown'));
    if (unknown.length > 0) throw new Error(`spans without a kind: ${unknown.join(', ')}`);
  },
};

const PROJECT_QUERY = `query ($name: String!) {
  getProjectByName(name: $name) { traceCount costSummary { total { cost } } }
}`;

const TRACE_QUERY = `query ($id: String!) {
  getTraceByOtelId(traceId: $id) {
    costSummary { total { cost } }
    spans(first: 100) { edges { node { name spanKind attributes } } }
  }
}`;

async function graphql(url, query, variables) {
  const { data, errors } = await ask(`${url}/graphql`, { query, variables });
  if (errors !== undefined) throw new Error(`its GraphQL API answered ${JSON.stringify(errors)}`);
  return data;
}

function ownCost({ attributes }) {
  return JSON.parse(attributes).llm?.cost?.total ?? 0;
}

/** The kinds that it shows for the spans of each operation. */
function kindsOf(nodes) {
  const kinds = new Map();
  for (const { name, spanKind } of nodes) {
    const operation = name.split(' ')[0];
    kinds.set(operation, (kinds.get(operation) ?? new Set()).add(spanKind));
  }
  return Object.fromEntries(
    [...kinds].sort().map(([operation, found]) => [operation, [...found].join(', ')]),
  );
}
