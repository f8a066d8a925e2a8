/** Spans that repeat the usage of calls below them, and bills that are reported. See `test/support/who-bills`. */
import { describe } from 'vitest';
import { billsAsWritten, type Rows } from '../support/who-bills/table.js';

/** The same row for each kind of span. */
function ofEach(kinds: readonly string[], rowOf: (kind: string) => string): Rows {
  return Object.fromEntries(kinds.map((kind) => [kind, rowOf(kind)]));
}

describe('a sum of its calls bills nothing', () => {
  billsAsWritten({
    ...ofEach(
      ['invoke_agent', 'invoke_workflow', 'agent_step', 'ai.generateText', 'chat'],
      (kind) => `
      span                     → total $0.0095 for 3000+200 in 2 calls
        ${kind} 3000+200       → not billed (aggregate)
          chat 1000+100        → $0.0035
          chat 2000+100        → $0.006`,
    ),
    'of its last step alone': `
      invoke_agent 2000+100    → not billed (aggregate), total $0.0095 for 3000+200 in 2 calls
        chat 1000+100          → $0.0035
        chat 2000+100          → $0.006`,
    'through plain spans, agents and steps in between': `
      invoke_agent 3000+200    → not billed (aggregate), total $0.0095 for 3000+200 in 2 calls
        span
          invoke_agent 3000+200 → not billed (aggregate), total $0.0095 for 3000+200 in 2 calls
            chat 1000+100      → $0.0035
            agent_step
              chat 2000+100    → $0.006`,
    'around a wrapper': `
      invoke_agent 1000+100    → not billed (aggregate), total $0.0035 for 1000+100 in 1 call
        withLlm 1000+100       → $0.0035
          chat 1000+100        → not billed (covered)`,
  });
});

describe('a sum is compared with all calls below, behind tools or not', () => {
  /** Its own call states 1,000, and the call of a sub-agent 500. */
  const around = (sum: string, total: string): string => `
      withTask                 → ${total}
        ${sum}
          chat 1000            → $0.0025
            execute_tool
              invoke_agent 500 → not billed (aggregate), total $0.00125 for 500+0 in 1 call
                chat 500       → $0.00125`;
  billsAsWritten({
    'one of less than its own calls bills nothing': around(
      'invoke_agent 600        → not billed (aggregate)',
      'total $0.00375 for 1500+0 in 2 calls',
    ),
    'one of its own calls bills nothing': around(
      'invoke_agent 1000       → not billed (aggregate)',
      'total $0.00375 for 1500+0 in 2 calls',
    ),
    'one of all calls bills nothing': around(
      'invoke_agent 1500       → not billed (aggregate)',
      'total $0.00375 for 1500+0 in 2 calls',
    ),
    'one in between bills nothing, and the task is not complete: nothing explains it': around(
      'invoke_agent 1200       → estimated (unexplained_sum)',
      'total $0.00375 for 1500+0 in 2 calls, 1 unpriced',
    ),
    'one of more than all calls bills the rest, at a likely price': around(
      'invoke_agent 1600       → not billed (aggregate), cost $0.00025 (partial_statement)',
      'total $0.004 for 1600+0 in 2 calls, $0.00025 estimated',
    ),
    'a run of the AI SDK that repeats its own call bills nothing': around(
      'ai.generateText 1000    → not billed (aggregate)',
      'total $0.00375 for 1500+0 in 2 calls',
    ),
    'one beside a wrapped tool and a wrapped agent bills nothing': `
      withTask                 → total $0.0035 for 1400+0 in 3 calls
        invoke_agent 900       → not billed (aggregate)
          chat 400             → $0.001
          chat 500             → $0.00125
          withTool
            withAgent
              chat 500         → $0.00125`,
  });
});

describe('the rest of a sum', () => {
  billsAsWritten({
    'is billed below its span, and estimated: it may be of several calls': `
      invoke_agent 5000+300    → not billed (aggregate), cost $0.006 (partial_statement), total $0.0155 for 5000+300 in 2 calls, $0.006 estimated
        chat 1000+100          → $0.0035
        chat 2000+100          → $0.006`,
    'is taken of input and of output, each for itself': `
      invoke_agent 500+300     → not billed (aggregate), cost $0.002 (partial_statement), total $0.0055 for 1000+300 in 1 call, $0.002 estimated
        chat 1000+100          → $0.0035`,
    'is all of it where no call was seen below': `
      invoke_agent 1000+100    → not billed (aggregate), cost $0.0035, total $0.0035 for 1000+100 in 1 call`,
    'is estimated where its price depends on the size of each call, as it is not for one call': `
      withTask                 → total $1.5 for 600000+0 in 2 calls, $0.75 estimated
        invoke_agent 300000 model=gemini-2.5-pro provider=google → not billed (aggregate), cost $0.75 (sum_of_calls)
        chat 300000 model=gemini-2.5-pro provider=google → $0.75`,
    'is unpriced where its model is not known, and the calls below keep their price': `
      withTask                 → total $0.0035 for 3000+100 in 1 call, 1 unpriced
        invoke_agent 3000+100 model=none → not billed (aggregate), cost unpriced (unknown_model)
          chat 1000+100        → $0.0035`,
    'does not take calls beside it for its own': `
      span                     → total $0.007 for 2000+200 in 2 calls
        invoke_agent 1000+100  → not billed (aggregate)
          chat 1000+100        → $0.0035
        invoke_agent 1000+100  → not billed (aggregate), cost $0.0035`,
    'is of usage: a tool below is no part of it': `
      invoke_agent 1000+100    → not billed (aggregate), cost $0.0035, total $5.0035 for 1000+100 in 1 call, $5 of tools
        execute_tool $5        → $5`,
  });
});

describe('a reported bill', () => {
  billsAsWritten({
    'of a call is its cost': `
      withTask                 → total $0.0036 for 1000+100 in 1 call
        chat 1000+100 $0.0036  → $0.0036`,
    'far from the list price of its counts is estimated': `
      withTask                 → total $0.5 for 1000+100 in 1 call, $0.5 estimated
        chat 1000+100 $0.5     → $0.5 (reported_differs)`,
    'of a sum, somewhat more than its calls: the difference is billed there': `
      withTask                 → total $0.01 for 3000+200 in 2 calls, $0.0005 estimated
        invoke_agent 3000+200 $0.01 → not billed (aggregate), cost $0.0005 (partial_statement)
          chat 1000+100        → $0.0035
          chat 2000+100        → $0.006`,
    'of a sum, much more than its calls': `
      withTask                 → total $0.02 for 3000+200 in 2 calls, $0.0105 estimated
        invoke_agent 3000+200 $0.02 → not billed (aggregate), cost $0.0105 (reported_differs)
          chat 1000+100        → $0.0035
          chat 2000+100        → $0.006`,
    'of a sum, less than its calls by a margin that is no difference': `
      withTask                 → total $0.0095 for 3000+200 in 2 calls
        invoke_agent 3000+200 $0.009 → not billed (aggregate)
          chat 1000+100        → $0.0035
          chat 2000+100        → $0.006`,
    'of a sum, less than its calls: nothing is taken back, and the difference is estimated': `
      withTask                 → total $0.0095 for 3000+200 in 2 calls, $0.0035 estimated
        invoke_agent 3000+200 $0.006 → estimated (reported_differs)
          chat 1000+100        → $0.0035
          chat 2000+100        → $0.006`,
    'without counts bills what it has above the calls below, and no tool': `
      invoke_agent $0.01       → not billed (aggregate), cost $0.0065 (partial_statement), total $5.01 for 1000+100 in 1 call, $0.0065 estimated, $5 of tools
        chat 1000+100          → $0.0035
        withTool $5            → $5`,
    'of a call behind a tool is no part of the call in front of it': `
      withTask                 → total $0.0056 for 2000+200 in 2 calls, $0.002 estimated
        chat 1000+100 $0.0036  → $0.0036
          withTool
            chat 1000+100 $0.002 → $0.002 (reported_differs)`,
    'that ended first pays late calls in money': `
      withTask ends 3          → total $0.0035 for 1000+100 in 1 call
        invoke_agent 1000+100 $0.0035 ends 1 → not billed (aggregate), cost $0.0035
          chat 1000+100 ends 2 → not billed (duplicate)`,
    'that comes late below a sum in tokens is paid by the share of these tokens': `
      withTask ends 3          → total $0.007 for 2000+200 in 1 call, $0.0035 estimated
        invoke_agent 1000+100 ends 1 → not billed (aggregate), cost $0.0035
          chat 2000+200 $0.007 ends 2 → $0.0035 (partial_statement)`,
    'of 0 is free, where it is the provider that says so': `
      withTask                 → total $0 for 1000+100 in 1 call
        withLlm 1000+100 $0    → free`,
    'of 0 on a span is none: instrumentations write it where they know no price': `
      withTask                 → total $0.0035 for 1000+100 in 1 call
        chat 1000+100 $0       → $0.0035`,
  });
});

describe('a tool whose cost includes its children', () => {
  billsAsWritten({
    'pays for a tool below it that ends later': `
      withTask ends 2          → total $1 for 0+0 in 0 calls, $1 of tools
        withTool $1 includes   → $1
          withTool $0.5 ends 1 → not billed (covered)`,
    'includes what is recorded below it': `
      withTask                 → total $1 for 0+0 in 0 calls, $0.6 of tools
        withTool $1 includes   → $0.6, cost $0.4
          recordCost $0.4`,
    'includes once what a sum below it was billed': `
      withTask                 → total $1 for 1000+100 in 1 call, $0.9965 of tools
        withTool $1 includes   → $0.9965
          invoke_agent 1000+100 → not billed (aggregate), cost $0.0035`,
    'bills the rest above all money below': `
      withTask                 → total $0.01 for 1000+100 in 1 call, $0.0065 of tools
        withTool $0.01 includes → $0.0065
          chat 1000+100        → $0.0035`,
    'bills nothing where more was billed below': `
      withTask                 → total $0.0035 for 1000+100 in 1 call
        withTool $0.002 includes → $0
          chat 1000+100        → $0.0035`,
    'pays for a call that ends after it': `
      withTask ends 3          → total $0.01 for 1000+100 in 1 call, $0.01 of tools
        withTool $0.01 includes ends 1 → $0.01
          chat 1000+100 ends 2 → not billed (covered)`,
    'pays for tools below, too': `
      withTask                 → total $0.01 for 0+0 in 0 calls, $0.01 of tools
        withTool $0.01 includes → $0.007
          withTool $0.003      → $0.003`,
  });
});

describe('several calls in one span of another instrumentation', () => {
  billsAsWritten({
    'are priced one by one where their own spans stand below': `
      withTask                 → total $0.0095 for 3000+200 in 2 calls
        chat 3000+200          → not billed (aggregate)
          chat 1000+100        → $0.0035
          chat 2000+100        → $0.006`,
    'with models of their own': `
      withTask                 → total $0.00371 for 2000+200 in 2 calls
        chat 2000+200 model=house → not billed (aggregate)
          chat 1000+100        → $0.0035
          chat 1000+100 model=gpt-4o-mini → $0.00021`,
    'of which one has a span: the rest is estimated': `
      withTask                 → total $0.0095 for 3000+200 in 1 call, $0.006 estimated
        chat 3000+200          → not billed (aggregate), cost $0.006 (partial_statement)
          chat 1000+100        → $0.0035`,
  });
});
