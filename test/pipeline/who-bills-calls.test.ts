/** Calls, and the spans below them. The notation is in `test/support/who-bills`. */
import { describe } from 'vitest';
import { billsAsWritten } from '../support/who-bills/table.js';

describe('work behind a tool is billed on top of the call around the tool', () => {
  billsAsWritten({
    'a sub-agent below a tool below the LLM span that asked for it (Mastra, ADK, AI SDK 5)': `
      withTask                 → total $0.00375 for 1500+0 in 2 calls
        invoke_agent           → total $0.00375 for 1500+0 in 2 calls
          chat 1000            → $0.0025
            execute_tool
              invoke_agent     → total $0.00125 for 500+0 in 1 call
                chat 500       → $0.00125`,
    'the same without a wrapper around it': `
      invoke_agent             → total $0.00375 for 1500+0 in 2 calls
        chat 1000              → $0.0025
          execute_tool
            invoke_agent       → total $0.00125 for 500+0 in 1 call
              chat 500         → $0.00125`,
    'a call below a wrapped tool': `
      withTask                 → total $0.0095 for 3000+200 in 2 calls
        withLlm 1000+100       → $0.0035
          withTool
            chat 2000+100      → $0.006`,
    "a call below another instrumentation's tool": `
      withTask                 → total $0.0095 for 3000+200 in 2 calls
        withLlm 1000+100       → $0.0035
          execute_tool
            chat 2000+100      → $0.006`,
    'tools in tools, each with a call of its own': `
      withTask                 → total $0.00425 for 1700+0 in 3 calls
        chat 1000              → $0.0025
          execute_tool
            invoke_agent
              chat 500         → $0.00125
                withTool
                  chat 200     → $0.0005`,
    'and a larger call behind the tool leaves the call in front of it as it is': `
      withTask                 → total $0.015 for 6000+0 in 2 calls
        chat 1000              → $0.0025
          execute_tool
            chat 5000          → $0.0125`,
    'a call behind a tool that ends after the call in front of it': `
      withTask ends 2          → total $0.0002 for 0+20 in 2 calls
        withLlm 0+10           → $0.0001
          withTool
            chat 0+10 ends 1   → $0.0001`,
    'a call that starts below a tool that has ended': `
      withTask ends 2          → total $0.0002 for 0+20 in 2 calls
        withLlm 0+10 ends 2    → $0.0001
          withTool
            chat 0+10 starts 1 → $0.0001`,
  });
});

describe('agents, steps and tasks inside a call are part of it', () => {
  billsAsWritten({
    'a wrapped agent': `
      withTask                 → total $0.006 for 2000+100 in 1 call
        withLlm 1000+100       → not billed (aggregate)
          withAgent
            chat 2000+100      → $0.006`,
    'a wrapped step': `
      withTask                 → total $0.006 for 2000+100 in 1 call
        withLlm 1000+100       → not billed (aggregate)
          withStep
            chat 2000+100      → $0.006`,
    'a wrapped task': `
      withTask                 → total $0.006 for 2000+100 in 1 call
        withLlm 1000+100       → not billed (aggregate)
          withTask             → total $0.006 for 2000+100 in 1 call
            chat 2000+100      → $0.006`,
    "another instrumentation's agent": `
      withTask                 → total $0.006 for 2000+100 in 1 call
        withLlm 1000+100       → not billed (aggregate)
          invoke_agent
            chat 2000+100      → $0.006`,
    "another instrumentation's step": `
      withTask                 → total $0.006 for 2000+100 in 1 call
        withLlm 1000+100       → not billed (aggregate)
          agent_step
            chat 2000+100      → $0.006`,
    'an agent inside an LLM span, of which that span says more': `
      withTask                 → total $0.006 for 2000+100 in 1 call, $0.0025 estimated
        chat 2000+100          → not billed (aggregate), cost $0.0025 (partial_statement)
          invoke_agent
            chat 1000+100      → $0.0035`,
  });
});

describe('one call that several spans show', () => {
  billsAsWritten({
    'is billed once, on the innermost': `
      withTask                 → total $0.0035 for 1000+100 in 1 call
        withAgent              → total $0.0035 for 1000+100 in 1 call
          chat 1000+100        → not billed (aggregate)
            chat 1000+100      → $0.0035`,
    'is one call without usage on the outer one': `
      withTask                 → total $0.0035 for 1000+100 in 1 call
        chat
          chat 1000+100        → $0.0035`,
    'is one call without usage on the inner one, and not sure: that may have been an attempt of its own': `
      withTask                 → total $0.0035 for 1000+100 in 1 call, 1 unpriced
        chat 1000+100          → $0.0035
          chat                 → unpriced (no_usage)`,
    'is one free call where both have no tokens': `
      withTask                 → total $0 for 0+0 in 1 call
        chat 0+0               → not billed (aggregate)
          chat 0+0             → $0`,
    'is incomplete once where neither output count can be read': `
      withTask                 → total $0.0025 for 1000+0 in 1 call, $0.0025 estimated, 1 unpriced
        chat 1000 unreadable   → not billed (aggregate)
          chat 1000 unreadable → $0.0025 (unread_usage)`,
    'is unpriced where none of them has usage': `
      withTask                 → total $0 for 0+0 in 1 call, 1 unpriced
        chat
          chat                 → unpriced (no_usage)`,
    'is billed on the outer one as well for what that has more': `
      withTask                 → total $0.005 for 1200+200 in 1 call, $0.0015 estimated
        chat 1200+200          → not billed (aggregate), cost $0.0015 (partial_statement)
          chat 1000+100        → $0.0035`,
    'is compared by input and by output, each for itself': `
      withTask                 → total $0.0045 for 1000+200 in 1 call, $0.001 estimated
        chat 400+200           → not billed (aggregate), cost $0.001 (partial_statement)
          chat 1000+100        → $0.0035`,
    'is billed by the inner one where the model of the outer one is not known': `
      withTask                 → total $0.0035 for 1000+100 in 1 call
        chat 1000+100 model=house → not billed (aggregate)
          chat 1000+100        → $0.0035`,
    'is billed with the price of each part where an unknown model is in the middle': `
      withTask                 → total $0.0035 for 1000+100 in 1 call
        chat 1000+100          → not billed (aggregate)
          chat 1000+100 model=house → not billed (aggregate)
            chat 1000+100      → $0.0035`,
    'is unpriced where only an unknown model stated it, and its outer span repeats it': `
      withTask                 → total $0 for 1000+100 in 1 call, 1 unpriced
        chat 1000+100          → not billed (aggregate)
          chat 1000+100 model=house → unpriced (unknown_model)`,
    'keeps the price of the outer span where that ended first': `
      withTask ends 3          → total $0.0035 for 1000+100 in 1 call
        chat 1000+100 ends 1   → $0.0035
          chat 1000+100 ends 2 → not billed (duplicate)`,
  });
});

describe('one call of which a later span shows that the prompt came from a cache', () => {
  billsAsWritten({
    'takes nothing back, and says how much of the bill is not sure': `
      withTask                 → total $0.0035 for 1000+100 in 1 call, $0.00125 estimated
        chat 1000+100 cached=1000 → estimated (dropped_cache)
          chat 1000+100        → $0.0035`,
    'around an agent': `
      withTask                 → total $0.0035 for 1000+100 in 1 call, $0.00125 estimated
        withLlm 1000+100 cached=1000 → estimated (dropped_cache)
          invoke_agent
            chat 1000+100      → $0.0035`,
    'as a sum of two calls': `
      withTask                 → total $0.0095 for 3000+200 in 2 calls, $0.00375 estimated
        invoke_agent 3000+200 cached=3000 → estimated (dropped_cache)
          chat 1000+100        → $0.0035
          chat 2000+100        → $0.006`,
    'by the id of the response': `
      withTask                 → total $0.0035 for 1000+100 in 1 call, $0.00125 estimated
        chat 1000+100 id=r1 by=a → $0.0035
        chat 1000+100 id=r1 by=b cached=1000 → estimated (dropped_cache)`,
    'is sure where both show it': `
      withTask                 → total $0.00225 for 1000+100 in 1 call, 1000 cached
        chat 1000+100 cached=1000 → not billed (aggregate)
          chat 1000+100 cached=1000 → $0.00225`,
    'is sure where the price is the same within the margin': `
      withTask                 → total $0.0035 for 1000+100 in 1 call
        chat 1000+100 cached=100 → not billed (aggregate)
          chat 1000+100        → $0.0035`,
    'or from less of a cache': `
      withTask                 → total $0.00225 for 1000+100 in 1 call, $0.001125 estimated, 1000 cached
        chat 1000+100 cached=100 → estimated (dropped_cache)
          chat 1000+100 cached=1000 → $0.00225`,
    'is sure of a sum at a higher price than that of its calls': `
      withTask                 → total $0.00021 for 1000+100 in 1 call
        invoke_agent 1000+100 cached=1000 → not billed (aggregate)
          chat 1000+100 model=gpt-4o-mini → $0.00021`,
  });
});

describe('a call that was refused', () => {
  billsAsWritten({
    'is free on a span of its own': `
      withTask                 → total $0 for 0+0 in 1 call
        chat refused           → free`,
    'is one call, though the span below the wrapper ends after it and shows no usage': `
      withTask ends 2          → total $0 for 0+0 in 1 call, 1 failed
        withLlm refused        → free
          chat ends 1`,
    'is no further call of a wrapper around an agent that shows it': `
      withTask                 → total $0 for 0+0 in 1 call
        withLlm refused        → not billed (aggregate)
          invoke_agent
            chat refused       → free`,
  });
});
