/** Every option may be `undefined`, as of an app that passes on options of its own. */

import { describe, expect, it } from 'vitest';
import {
  ActionError,
  ActionResult,
  type BudgetOptions,
  CostSpanProcessor,
  type CostSpanProcessorOptions,
  type LlmOptions,
  type ModelRate,
  recordCost,
  recordUsage,
  type TaskOptions,
  type ToolOptions,
  withLlm,
  withSession,
  withStep,
  withTask,
  withTool,
  wrapAgent,
  wrapLlm,
  wrapTool,
} from '../../src/index.js';
import { watchDiag } from '../support/diag.js';
import { completion, startTracing } from '../support/tracing.js';

// `clean.ts` lets each file begin as if nothing had been warned of.
const warn = watchDiag();

/** All options of a type, each of them undefined. A missing one is an error of the type check. */
type AllUndefined<O> = { [Key in keyof O as object extends Pick<O, Key> ? Key : never]-?: undefined };

const noBudget: AllUndefined<BudgetOptions> = {
  usd: undefined,
  llmUsd: undefined,
  toolUsd: undefined,
  tokens: undefined,
  llmCalls: undefined,
  toolCalls: undefined,
  steps: undefined,
  wallMillis: undefined,
  mode: undefined,
  timeZone: undefined,
  reserveTimeoutMillis: undefined,
  unknownPrice: undefined,
  shared: undefined,
  thresholds: undefined,
  onThreshold: undefined,
};
const noTask: AllUndefined<TaskOptions> = {
  sessionId: undefined,
  caller: undefined,
  attribution: undefined,
  startTimeMillis: undefined,
  budget: undefined,
  budgetUsd: undefined,
};
const noLlm: AllUndefined<LlmOptions> = {
  model: undefined,
  provider: undefined,
  operation: undefined,
  request: undefined,
  attempt: undefined,
  estimateUsd: undefined,
  startTimeMillis: undefined,
  counterfactual: undefined,
  countTokens: undefined,
  budget: undefined,
  budgetUsd: undefined,
};
const noTool: AllUndefined<ToolOptions> = {
  costUsd: undefined,
  billable: undefined,
  costIncludesChildren: undefined,
  unwrap: undefined,
  attempt: undefined,
  args: undefined,
  estimateUsd: undefined,
  startTimeMillis: undefined,
  budget: undefined,
  budgetUsd: undefined,
};
const noProcessor: AllUndefined<CostSpanProcessorOptions> = {
  tools: undefined,
  dialects: undefined,
  attributionKeys: undefined,
  baggageAttribution: undefined,
  metricAttributes: undefined,
  sessionIdKeys: undefined,
  maxSessions: undefined,
  budgets: undefined,
  knownUsage: undefined,
  onTaskEnd: undefined,
  overrides: undefined,
  aliases: undefined,
  providerAliases: undefined,
  priceFactors: undefined,
};
const request = { model: 'gpt-4o', messages: [] };

describe('options that are undefined', () => {
  it('are the same as none, without a warning', () => {
    startTracing({ cost: noProcessor });
    const { sessionId: _none, caller: _nobody, ...noAgent } = noTask;
    const { budget: _long, budgetUsd: _short, ...noStep } = noAgent;
    const attribution = { user: undefined, team: undefined };
    withSession({ id: 's', ...noAgent }, () =>
      withTask({ name: 't', ...noTask, budget: { ...noBudget, usd: 1 }, attribution }, (task) => {
        wrapAgent({ name: 'a', ...noAgent }, () =>
          withStep({ name: 's', ...noStep }, () => {
            wrapLlm({ ...noLlm, provider: 'openai' }, (_request: object) => completion(1000, 100))(request);
            withLlm({ ...noLlm, counterfactual: { model: undefined } }, () => completion(1000, 100));
            wrapTool({ name: 'x', ...noTool }, () => new ActionResult(1, { costUsd: undefined }))();
            withTool({ name: 'x', ...noTool }, () => new ActionError('x', { costUsd: undefined }));
            recordCost(0.001, { kind: undefined, name: undefined });
            recordUsage({ inputTokens: 1000, outputTokens: 100, costUsd: undefined, model: 'gpt-4o' });
          }),
        )();
        task.succeed({ actions: undefined });
        expect(task.totals).toMatchObject({ costUsd: 0.0115, llmCalls: 3, toolCalls: 2, costComplete: true });
      }),
    );
    expect(warn.mock.calls).toEqual([]);
  });

  it('read the request that a wrapped function gets', () => {
    const { attributes } = startTracing();
    wrapLlm({ provider: 'openai', request: undefined }, (_request: object) => completion(1, 1))(request);
    expect(attributes('chat gpt-4o')['gen_ai.request.model']).toBe('gpt-4o');
  });

  it('are none of prices', () => {
    const rate: ModelRate = {
      inputUsdPerMtok: 1,
      outputUsdPerMtok: 2,
      tiers: undefined,
      free: undefined,
      pricedBy: undefined,
      reasoningUsdPerMtok: undefined,
    };
    const options = { overrides: { m: rate }, tools: { x: { costUsd: undefined, billable: true } } };
    expect(() =>
      new CostSpanProcessor({ ...options, knownUsage: { ignore: undefined } }).shutdown(),
    ).not.toThrow();
  });
});
