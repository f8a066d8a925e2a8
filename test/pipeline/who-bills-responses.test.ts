/** Several records of one response, by the id that the provider gave it. See `test/support/who-bills`. */
import { trace } from '@opentelemetry/api';
import { describe, expect, it } from 'vitest';
import { withTask } from '../../src/index.js';
import { Responses } from '../../src/settlement/responses.js';
import { chatAttributes, startTracing } from '../support/tracing.js';
import { billsAsWritten } from '../support/who-bills/table.js';

describe('two records of one response', () => {
  billsAsWritten({
    'side by side: the first is billed': `
      withTask                 → total $0.0035 for 1000+100 in 1 call
        chat 1000+100 id=r1 by=a → $0.0035
        chat 1000+100 id=r1 by=b → not billed (duplicate)`,
    'side by side, with a wrapper in between that bills nothing': `
      withTask                 → total $0.0035 for 1000+100 in 1 call
        invoke_agent 1000+100  → not billed (aggregate)
          chat 1000+100 id=r1 by=a → $0.0035
        invoke_agent 1000+100  → not billed (aggregate)
          chat 1000+100 id=r1 by=b → not billed (duplicate)`,
    'of which the later one is richer: it bills what it has more': `
      withTask                 → total $0.0055 for 1000+300 in 1 call, $0.002 estimated
        chat 1000+100 id=r1 by=a → $0.0035
        chat 1000+300 id=r1 by=b → $0.002 (partial_statement)`,
    'of which the later one is poorer': `
      withTask                 → total $0.0055 for 1000+300 in 1 call
        chat 1000+300 id=r1 by=a → $0.0055
        chat 1000+100 id=r1 by=b → not billed (duplicate)`,
    'of which the later one has no input': `
      withTask                 → total $0.0035 for 1000+100 in 1 call
        chat 1000+100 id=r1 by=a → $0.0035
        chat 0+100 id=r1 by=b  → not billed (duplicate)`,
    'that split the input into different kinds of tokens': `
      withTask                 → total $0.0035 for 1000+100 in 1 call
        chat 1000+100 id=r1 by=a → $0.0035
        chat 1000+100 id=r1 by=b cached=100 → not billed (duplicate)`,
    'with a reported bill of which the later one is more': `
      withTask                 → total $0.003 for 800+100 in 1 call, $0.0002 estimated
        chat 800+100 id=r1 by=a $0.0028 → $0.0028
        chat 800+100 id=r1 by=b $0.003 → $0.0002 (partial_statement)`,
    'by a wrapper and an instrumentation beside it': `
      withTask                 → total $0.0035 for 1000+100 in 1 call
        withLlm 1000+100 id=r1 → $0.0035
        chat 1000+100 id=r1    → not billed (duplicate)`,
    'one above the other': `
      withTask                 → total $0.0035 for 1000+100 in 1 call
        chat 1000+100 id=r1 by=a → not billed (aggregate)
          chat 1000+100 id=r1 by=b → $0.0035`,
    'of which the later one has a call below it that has spoken: then the tree decides': `
      withTask                 → total $0.007 for 2000+200 in 2 calls
        chat 1000+100 id=r1 by=a → $0.0035
        chat 1000+100 id=r1 by=b → not billed (aggregate)
          chat 1000+100        → $0.0035`,
    'are one call in each of two tasks': `
      withSession              → total $0.007 for 2000+200 in 2 calls
        withTask               → total $0.0035 for 1000+100 in 1 call
          chat 1000+100 id=r1 by=a → $0.0035
        withTask               → total $0.0035 for 1000+100 in 1 call
          chat 1000+100 id=r1 by=b → $0.0035`,
  });
});

describe('two calls that share an id: some gateways give one to all', () => {
  billsAsWritten({
    'have different input': `
      withTask                 → total $0.0095 for 3000+200 in 2 calls
        chat 1000+100 id=gateway by=a → $0.0035
        chat 2000+100 id=gateway by=b → $0.006`,
    'have different input, from one recorder': `
      withTask                 → total $0.0095 for 3000+200 in 2 calls
        chat 1000+100 id=gateway → $0.0035
        chat 2000+100 id=gateway → $0.006`,
    'are alike, from one recorder: billed both, and flagged': `
      withTask                 → total $0.007 for 2000+200 in 2 calls, $0.0035 estimated
        chat 1000+100 id=gateway → $0.0035
        chat 1000+100 id=gateway → $0.0035 (ambiguous_usage)`,
    'are alike but for more output, from one recorder': `
      withTask                 → total $0.009 for 2000+400 in 2 calls, $0.0055 estimated
        chat 1000+100 id=gateway → $0.0035
        chat 1000+300 id=gateway → $0.0055 (ambiguous_usage)`,
    'have less output the second time, from one recorder: no record of one call shrinks': `
      withTask                 → total $0.009 for 2000+400 in 2 calls
        chat 1000+300 id=gateway → $0.0055
        chat 1000+100 id=gateway → $0.0035`,
    'are made by wrappers, which have seen both': `
      withTask                 → total $0.007 for 2000+200 in 2 calls
        withLlm 1000+100 id=gateway → $0.0035
        withLlm 1000+100 id=gateway → $0.0035`,
    'are made by wrappers, and an instrumentation shows one of them': `
      withTask                 → total $0.007 for 2000+200 in 2 calls
        withLlm 1000+100 id=gateway → $0.0035
        withLlm 1000+100 id=gateway → $0.0035
        chat 1000+100 id=gateway → not billed (duplicate)`,
  });
});

describe('a response of several steps', () => {
  billsAsWritten({
    'whose calls were billed elsewhere bills nothing': `
      withTask                 → total $0.0095 for 3000+200 in 2 calls
        invoke_agent           → total $0.0095 for 3000+200 in 2 calls
          chat 1000+100 id=r1  → $0.0035
          chat 2000+100 id=r2  → $0.006
        withLlm steps=r1:1000+100,r2:2000+100 → not billed (aggregate)`,
    'of which one was billed elsewhere bills the other': `
      withTask                 → total $0.0095 for 3000+200 in 2 calls, $0.006 estimated
        invoke_agent
          chat 1000+100 id=r1  → $0.0035
        withLlm steps=r1:1000+100,r2:2000+100 → $0.006 (partial_statement)`,
    'whose calls show elsewhere later is billed for them': `
      withTask                 → total $0.0095 for 3000+200 in 2 calls
        withLlm steps=r1:1000+100,r2:2000+100 → $0.0095
        chat 1000+100 id=r1    → not billed (duplicate)
        chat 2000+100 id=r2    → not billed (duplicate)`,
    'does not pay for a call that it does not name': `
      withTask                 → total $0.0195 for 7000+200 in 3 calls
        withLlm steps=r1:1000+100,r2:2000+100 → $0.0095
        chat 4000 id=r9        → $0.01`,
    'between the records of its steps': `
      withTask                 → total $0.0095 for 3000+200 in 2 calls, $0.006 estimated
        chat 1000+100 id=r1    → $0.0035
        withLlm steps=r1:1000+100,r2:2000+100 → $0.006 (partial_statement)
        chat 2000+100 id=r2    → not billed (duplicate)`,
  });
});

describe('a duplicate below a span that was billed for it', () => {
  billsAsWritten({
    'is flagged there as soon as it is known': `
      withTask ends 3          → total $0.007 for 2000+200 in 2 calls, $0.0035 estimated
        invoke_agent 1000+100 ends 1 → not billed (aggregate), cost $0.0035
          chat 1000+100 id=r1 by=b ends 2 → estimated (ambiguous_usage)
        chat 1000+100 id=r1 by=a → $0.0035`,
    'is no reason to bill an open span around it': `
      withTask                 → total $0.0035 for 1000+100 in 1 call
        chat 1000+100 id=r1 by=a → $0.0035
        invoke_agent 1000+100  → not billed (aggregate)
          chat 1000+100 id=r1 by=b → not billed (duplicate)`,
  });
});

describe('the ids that a task remembers', () => {
  it('are limited: the oldest is forgotten first, and a record of its response is a call again', () => {
    startTracing({ processors: (cost) => [cost] });
    withTask('t', (task) => {
      for (let id = 0; id <= Responses.MAX_IDS; id++) record('a', id);
      const { llmCalls } = task.totals;
      record('b', 1);
      expect(task.totals.llmCalls).toBe(llmCalls);
      record('b', 0);
      expect(task.totals.llmCalls).toBe(llmCalls + 1);
    });
  });
});

function record(by: string, id: number): void {
  const attributes = chatAttributes(1, 1, { 'gen_ai.response.id': `id-${id}` });
  trace.getTracer(by).startSpan('chat', { attributes }).end();
}

describe('a response of which a sub-task and the task around it have a record', () => {
  billsAsWritten({
    'is billed once': `
      withTask                 → total $0.0035 for 1000+100 in 1 call
        withTask               → total $0.0035 for 1000+100 in 1 call
          chat 1000+100 id=r1 by=a → $0.0035
        chat 1000+100 id=r1 by=b → not billed (duplicate)`,
  });
});
