/**
 * Agents whose traces each hold one thing that a backend may count in its own way. Started with `otel-agent-cost/register`;
 * prints one line of JSON for each trace: what the ledger booked.
 */
import { trace } from '@opentelemetry/api';
import {
  ActionError,
  recordCost,
  recordUsage,
  withAgent,
  withLlm,
  withSession,
  withStep,
  withTask,
  withTool,
} from 'otel-agent-cost';

const otherInstrumentation = trace.getTracer('another-instrumentation');
const USAGE = { prompt_tokens: 1000, completion_tokens: 100 };

/** A call to gpt-4o, $2.50 in and $10 out per million tokens, with another model or a bill if named. */
function chat({ model = 'gpt-4o', usage = USAGE } = {}) {
  return withLlm({ provider: 'openai', model }, () => ({ model, usage }));
}

function failing(work) {
  try {
    work();
  } catch {
    // The agent goes on without it.
  }
}

/** A span that another instrumentation records, with the usage of a call to gpt-4o. */
function foreignSpan(operation, inputTokens, work = () => {}) {
  const attributes = {
    'gen_ai.operation.name': operation,
    'gen_ai.provider.name': 'openai',
    'gen_ai.request.model': 'gpt-4o',
    'gen_ai.usage.input_tokens': inputTokens,
    'gen_ai.usage.output_tokens': 100,
  };
  otherInstrumentation.startActiveSpan(`${operation} gpt-4o`, { attributes }, (span) => {
    work();
    span.end();
  });
}

const SITUATIONS = {
  'Two calls to a model': () => {
    chat();
    chat();
  },
  'A call with a bill of its gateway': () => chat({ usage: { ...USAGE, cost: 0.0042 } }),
  'A call and a paid tool': () => {
    withStep('turn', () => {
      chat();
      withTool('format', () => 'a local function');
      withTool({ name: 'web_search', costUsd: 0.005 }, () => 'found');
    });
  },
  'A paid tool and a fee, no model': () => {
    withTool({ name: 'web_search', costUsd: 0.005 }, () => 'found');
    recordCost(0.25, { kind: 'other', name: 'payment_fee' });
  },
  'A tool inside a call, and a call inside the tool': () => {
    withLlm({ provider: 'openai', model: 'gpt-4o' }, () => {
      withTool({ name: 'research', costUsd: 0.01 }, () => chat());
      return { model: 'gpt-4o', usage: USAGE };
    });
  },
  'An agent span of a framework that repeats the usage of its call': () =>
    foreignSpan('invoke_agent', 1000, () => {
      foreignSpan('chat', 1000);
      withTool({ name: 'web_search', costUsd: 0.005 }, () => 'found');
    }),
  'A call seen by our wrapper and by another instrumentation': () => {
    withLlm({ provider: 'openai', model: 'gpt-4o' }, () => {
      foreignSpan('chat', 1000);
      return { model: 'gpt-4o', usage: USAGE };
    });
  },
  'A call that broke off, and a tool that failed': () => {
    failing(() =>
      withLlm({ provider: 'openai', model: 'gpt-4o' }, () => {
        recordUsage({ inputTokens: 100, outputTokens: 10 });
        throw new Error('broke off');
      }),
    );
    failing(() =>
      withTool('crm_lookup', () => {
        throw new ActionError('not found', { costUsd: 0.001 });
      }),
    );
  },
  'A call that is free, by our settings': () => chat({ model: 'gpt-4o-mini' }),
};

for (const [name, work] of Object.entries(SITUATIONS)) {
  withSession('measured', () =>
    withTask(name, (task) => {
      withAgent('researcher', work);
      process.once('beforeExit', () => {
        const { traceId } = task.span.spanContext();
        process.stdout.write(`${JSON.stringify({ name, traceId, costUsd: task.totals.costUsd })}\n`);
      });
    }),
  );
}
