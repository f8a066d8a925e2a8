/** The bills that a `withLlm` collects, and how they are held against its response. See `test/support/who-bills`. */
import { describe, expect, it } from 'vitest';
import { withLlm, withTask } from '../../src/index.js';
import { chat, completion, startTracing } from '../support/tracing.js';
import { billsAsWritten } from '../support/who-bills/table.js';

describe('the response of a withLlm with one span inside', () => {
  billsAsWritten({
    'does not stand for it where the span shows more input': `
      withTask                 → total $0.006 for 2000+100 in 1 call
        withLlm 1000+100       → $0.006
          chat 2000+100        → not billed (covered)`,
    'counts a step that has no span': `
      withTask                 → total $0.0095 for 3000+200 in 2 calls
        withLlm steps=r1:1000+100,r2:2000+100 → $0.0095
          chat 1000+100 id=r1  → not billed (covered)`,
    'is priced step by step where the price depends on the size of each step': `
      withTask                 → total $0.375 for 300000+0 in 2 calls
        withLlm steps=r1:150000+0,r2:150000+0 model=gemini-2.5-pro provider=google → $0.375
          chat 150000 id=r1 model=gemini-2.5-pro provider=google → not billed (covered)`,
    'is known to a sum around that states a reported bill': `
      withTask                 → total $0.0035 for 1000+100 in 1 call
        invoke_agent 1000+100 $0.0035 → not billed (aggregate)
          withLlm 1000+100     → $0.0035
            chat 1000+100      → not billed (covered)`,
    'of an unknown model leaves calls that end later their price': `
      withTask ends 3          → total $0.0025 for 2000+100 in 2 calls, 1 unpriced
        withLlm 2000+100 model=house → unpriced (unknown_model)
          chat 1000+100 model=house → not billed (covered)
          invoke_agent ends 2
            chat 1000 ends 1   → $0.0025`,
  });

  it('is of the provider and model that the span names', () => {
    const { attributes } = startTracing();
    withLlm({ operation: 'ours' }, () => {
      chat(1000, 100);
      return { usage: { input_tokens: 1000, output_tokens: 100 } };
    });
    expect(attributes('ours')).toMatchObject({ cost_usd: 0.0035 });
    expect(attributes('ours')).not.toHaveProperty(['cost.status']);
  });

  it('is a lower bound where one of its counts cannot be read', () => {
    const { attributes } = startTracing();
    withTask('t', () =>
      withLlm({ provider: 'openai', model: 'gpt-4o', operation: 'ours' }, () => {
        chat(1000, 0);
        return completion(1000, 0, { usage: { prompt_tokens: 1000, completion_tokens: 'many' } });
      }),
    );
    expect(attributes('ours gpt-4o')).toMatchObject({ cost_usd: 0.0025, 'cost.status': 'estimated' });
    expect(attributes('task t')).toMatchObject({ 'task.cost_complete': false, 'task.unpriced_calls': 1 });
  });
});

describe('a reported bill inside a withLlm', () => {
  billsAsWritten({
    'is billed once where the response reports the same': `
      withTask                 → total $0.003 for 1000+100 in 1 call, $0.003 estimated
        withLlm 1000+100 $0.003 → $0.003 (reported_differs)
          chat 1000+100 $0.003 → not billed (covered)`,
    'is part of the larger one that the response reports': `
      withTask                 → total $0.01 for 3000+200 in 2 calls
        withLlm 3000+200 $0.01 → $0.01
          chat 1000+100 $0.003 → not billed (covered)
          chat 2000+100 $0.006 → not billed (covered)`,
    'is known once to a sum around': `
      withTask                 → total $0.007 for 2000+200 in 1 call, $0.0035 estimated
        invoke_agent 2000+200 $0.007 → not billed (aggregate), cost $0.0035 (partial_statement)
          withLlm              → $0.0035
            chat 1000+100 $0.0035 → not billed (covered)`,
    'is known once to a sum around both': `
      withTask                 → total $0.0035 for 1000+100 in 1 call
        invoke_agent 1000+100 $0.0035 → not billed (aggregate)
          withLlm 1000+100 $0.0035 → $0.0035
            chat 1000+100 $0.0035 → not billed (covered)`,
  });
});

describe('a call without usage inside a withLlm', () => {
  billsAsWritten({
    'is known by its response': `
      withTask                 → total $0.0035 for 1000+100 in 1 call
        withLlm 1000+100       → $0.0035
          chat`,
    'is missing where the response is of another one like it': `
      withTask                 → total $0.0035 for 1000+100 in 2 calls, $0.0035 estimated, 1 unpriced
        withLlm 1000+100       → $0.0035 (unread_usage)
          chat
          chat`,
    'is missing where the response is of one that shows usage': `
      withTask                 → total $0.0035 for 1000+100 in 2 calls, $0.0035 estimated, 1 unpriced
        withLlm 1000+100       → $0.0035 (unread_usage)
          chat 1000+100        → not billed (covered)
          chat`,
    'is missing where there is no response, and another one shows usage': `
      withTask                 → total $0.0035 for 1000+100 in 2 calls, $0.0035 estimated, 1 unpriced
        withLlm                → $0.0035 (unread_usage)
          chat 1000+100        → not billed (covered)
          chat`,
    'is free where it was refused': `
      withTask                 → total $0.0035 for 1000+100 in 1 call
        withLlm 1000+100       → $0.0035
          chat refused
          chat`,
    'is the same call as one around it or below it that shows usage': `
      withTask                 → total $0.007 for 2000+200 in 2 calls
        withLlm 1000+100       → $0.0035
          chat
            chat 1000+100      → not billed (covered)
        withLlm 1000+100       → $0.0035
          chat 1000+100        → not billed (covered)
            chat`,
  });
});

describe('the response of a withLlm with several spans inside', () => {
  billsAsWritten({
    'has the only price where all of them are of unknown models': `
      withTask                 → total $0.0095 for 3000+200 in 2 calls
        withLlm 3000+200       → $0.0095
          chat 1000+100 model=house → not billed (covered)
          chat 2000+100 model=house → not billed (covered)`,
    'has the only price, an estimate where it depends on the size of each call': `
      withTask                 → total $0.75 for 300000+0 in 2 calls, $0.75 estimated
        withLlm 300000+0 model=gemini-2.5-pro provider=google → $0.75 (sum_of_calls)
          chat 150000+0 model=house → not billed (covered)
          chat 150000+0 model=house → not billed (covered)`,
    'has the only price, of a part where the spans inside show more': `
      withTask                 → total $0.0035 for 3000+200 in 2 calls, $0.0035 estimated, 1 unpriced
        withLlm 1000+100       → $0.0035 (partial_statement)
          chat 1000+100 model=house → not billed (covered)
          chat 2000+100 model=house → not billed (covered)`,
    'has the only price where each shows more on one side': `
      withTask                 → total $0.006 for 2000+200 in 1 call, $0.006 estimated, 1 unpriced
        withLlm 2000+100       → $0.006 (partial_statement)
          chat 1000+200 model=house → not billed (covered)`,
    'leaves a part without a price where one of them is of an unknown model': `
      withTask                 → total $0.0035 for 3000+200 in 2 calls, $0.0035 estimated, 1 unpriced
        withLlm 3000+200       → $0.0035 (partial_statement)
          chat 1000+100        → not billed (covered)
          chat 2000+100 model=house → not billed (covered)`,
    'is of the one with its id, though another one has the same counts': `
      withTask                 → total $0.00575 for 2000+200 in 2 calls, 1000 cached
        withLlm 1000+100 id=r2 cached=1000 → $0.00575
          chat 1000+100 id=r1  → not billed (covered)
          chat 1000+100 id=r2  → not billed (covered)`,
    'is of none where the counts of the one with its id are others': `
      withTask                 → total $0.0095 for 3000+200 in 2 calls
        withLlm 1000+50 id=r2 cached=1000 → $0.0095
          chat 1000+100 id=r1  → not billed (covered)
          chat 2000+100 id=r2  → not billed (covered)`,
  });
});

describe('a reported bill of a withLlm', () => {
  billsAsWritten({
    'has the cached tokens that the response shows': `
      withTask                 → total $0.00225 for 1000+100 in 1 call, 1000 cached
        withLlm 1000+100 cached=1000 $0.00225 → $0.00225
          chat 1000+100        → not billed (covered)`,
    'without counts is for those of the span inside': `
      withTask                 → total $0.004 for 1000+100 in 1 call
        withLlm $0.004         → $0.004
          chat 1000+100        → not billed (covered)`,
    'counts once what it has above the span inside': `
      withTask                 → total $0.0085 for 3000+100 in 1 call
        withLlm 3000+100 $0.0085 → $0.0085
          chat 2000+100        → not billed (covered)`,
    'takes the larger of each count, and prices what the span has above it': `
      withTask                 → total $0.008142857143 for 3000+100 in 1 call, $0.008142857143 estimated
        withLlm 3000+50 $0.008 → $0.008142857143 (partial_statement)
          chat 2000+100        → not billed (covered)`,
    'is known to a sum around with all that was priced beside it': `
      withTask                 → total $0.009265625 for 3000+200 in 2 calls, $0.009265625 estimated
        invoke_agent 3000+200 $0.009265625 → not billed (aggregate)
          withLlm 2000+100 $0.006 → $0.009265625 (partial_statement)
            chat 1000+100      → not billed (covered)
            chat 2000+100      → not billed (covered)`,
  });
});

describe('a sum inside a withLlm that shows a cache of which its calls said nothing', () => {
  billsAsWritten({
    'says how much of the bill is not sure': `
      withTask                 → total $0.0035 for 1000+100 in 1 call, $0.00125 estimated
        withLlm                → $0.0035 (dropped_cache)
          ai.generateText 1000+100 cached=1000 → not billed (covered)
            chat 1000+100      → not billed (covered)`,
    'also where the response says nothing of it': `
      withTask                 → total $0.0035 for 1000+100 in 1 call, $0.00125 estimated
        withLlm 1000+100       → $0.0035 (dropped_cache)
          ai.generateText 1000+100 cached=1000 → not billed (covered)
            chat 1000+100      → not billed (covered)`,
    'is sure where the response shows it, too': `
      withTask                 → total $0.00225 for 1000+100 in 1 call, 1000 cached
        withLlm 1000+100 cached=1000 → $0.00225
          ai.generateText 1000+100 cached=1000 → not billed (covered)
            chat 1000+100      → not billed (covered)`,
    'is sure where the response agrees with the call, and only the span around it says more': `
      withTask                 → total $0.003125 for 1000+100 in 1 call, 300 cached
        withLlm 1000+100 cached=300 → $0.003125
          ai.generateText 1000+100 cached=1000 → not billed (covered)
            chat 1000+100 cached=300 → not billed (covered)`,
  });
});

describe('a withLlm that runs on after a scope around it', () => {
  billsAsWritten({
    'keeps its bills when an agent ends: its response may show a cache': `
      withTask ends 3          → total $0.00225 for 1000+100 in 1 call, 1000 cached
        withAgent ends 1       → total $0 for 0+0 in 0 calls, 1 unpriced; then $0.00225 for 1000+100 in 1 call, 1000 cached
          withLlm 1000+100 cached=1000 ends 2 → $0.00225
            chat 1000+100      → not billed (covered)`,
    'says what was posted when its task ended, though the rest has no price': `
      withTask                 → total $0.0035 for 1000+100 in 1 call, 1 unpriced; then $0.0035 for 2000+200 in 2 calls, $0.0035 estimated, 1 unpriced
        withLlm ends 2         → $0.0035 (partial_statement)
          chat 1000+100        → not billed (covered)
          chat 1000+100 model=house ends 1 → not billed (covered)`,
    'is known to a sum around its task with what was posted': `
      invoke_agent 1000+100 $0.0035 ends 1 → not billed (aggregate), total $0.0035 for 1000+100 in 1 call, 1 unpriced; then $0.0035 for 1000+100 in 1 call
        withTask               → total $0.0035 for 1000+100 in 1 call, 1 unpriced; then $0.0035 for 1000+100 in 1 call
          withLlm 1000+100 ends 2 → $0.0035
            chat 1000+100      → not billed (covered)`,
    'is known to it once, where that ends after it': `
      invoke_agent 1000+100 $0.0035 ends 2 → not billed (aggregate), total $0.0035 for 1000+100 in 1 call
        withTask               → total $0.0035 for 1000+100 in 1 call, 1 unpriced; then $0.0035 for 1000+100 in 1 call
          withLlm 1000+100 ends 1 → $0.0035
            chat 1000+100      → not billed (covered)`,
    'is known to it once, where the span inside reports its bill': `
      invoke_agent 1000+100 $0.0035 ends 2 → not billed (aggregate), total $0.0035 for 1000+100 in 1 call
        withTask               → total $0.0035 for 1000+100 in 1 call, 1 unpriced; then $0.0035 for 1000+100 in 1 call
          withLlm 1000+100 $0.0035 ends 1 → $0.0035
            chat 1000+100 $0.0035 → not billed (covered)`,
  });
});

describe('money that the app records in a withLlm', () => {
  billsAsWritten({
    'goes out below it where it repeats calls inside': `
      withTask                 → total $1.0035 for 1000+100 in 1 call
        withLlm 1000+100       → not billed (aggregate), cost $1
          recordCost llm $1
          invoke_agent
            chat 1000+100      → $0.0035`,
    'is known to a tool around whose cost includes it': `
      withTask                 → total $2 for 1000+100 in 1 call, $0.9965 of tools
        withTool $2 includes   → $0.9965
          withLlm 1000+100     → $1.0035
            recordCost llm $1`,
    'in a task inside it is that of the task': `
      withLlm 1000+100         → $0.0035
        withTask               → cost $1, total $1 for 0+0 in 0 calls
          recordCost llm $1`,
    'is wasted where the call failed and has no price': `
      withTask                 → total $1 for 0+0 in 1 call, 1 unpriced, 1 failed, $1 wasted
        withLlm throws         → unpriced (no_usage), cost $1
          recordCost llm $1`,
    'after its end goes out below the span that is still open': `
      withTask ends 3          → total $1 for 0+0 in 1 call, 1 unpriced
        withLlm                → unpriced (no_usage)
          span ends 2          → cost $1
            recordCost llm $1 starts 1`,
  });
});
