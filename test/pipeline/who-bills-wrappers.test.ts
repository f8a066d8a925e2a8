/** A `withLlm` and the spans inside it. See `test/support/who-bills`. */
import { describe } from 'vitest';
import { billsAsWritten } from '../support/who-bills/table.js';

describe('a withLlm around a span of the same call', () => {
  billsAsWritten({
    'bills the response, and the span says why it is not billed': `
      withTask                 → total $0.0035 for 1000+100 in 1 call
        withLlm 1000+100       → $0.0035
          chat 1000+100        → not billed (covered)`,
    'knows cached tokens that the instrumentation dropped': `
      withTask                 → total $0.00225 for 1000+100 in 1 call, 1000 cached
        withLlm 1000+100 cached=1000 → $0.00225
          chat 1000+100        → not billed (covered)`,
    'bills the span where it saw no response': `
      withTask                 → total $0.0035 for 1000+100 in 1 call
        withLlm                → $0.0035
          chat 1000+100        → not billed (covered)`,
    'bills the response where it shows more than the span': `
      withTask                 → total $0.0035 for 1000+100 in 1 call
        withLlm 1000+100       → $0.0035
          chat 1000+50         → not billed (covered)`,
    'bills the span where it shows more than the response': `
      withTask                 → total $0.0035 for 1000+100 in 1 call
        withLlm 1000+50        → $0.0035
          chat 1000+100        → not billed (covered)`,
    'takes the larger of each side': `
      withTask                 → total $0.004 for 1200+100 in 1 call, $0.0005 estimated
        withLlm 1200+50        → $0.004 (partial_statement)
          chat 1000+100        → not billed (covered)`,
    'bills the span when it threw': `
      withTask                 → total $0.0035 for 1000+100 in 1 call, 1 failed, $0.0035 wasted
        withLlm throws         → $0.0035
          chat 1000+100        → not billed (covered)`,
    'bills a span of another model at that price where it saw no response': `
      withTask                 → total $0.00021 for 1000+100 in 1 call
        withLlm                → $0.00021
          chat 1000+100 model=gpt-4o-mini → not billed (covered)`,
    'bills the least that was used where the output count of the span cannot be read': `
      withTask                 → total $0.0025 for 1000+0 in 1 call, $0.0025 estimated, 1 unpriced
        withLlm                → $0.0025 (unread_usage)
          chat 1000 unreadable → not billed (covered)`,
    'knows all of the call where the response has a count that the span has not': `
      withTask                 → total $0.0035 for 1000+100 in 1 call
        withLlm 1000+100       → $0.0035
          chat 1000 unreadable → not billed (covered)`,
    'is unpriced where neither knows anything': `
      withTask                 → total $0 for 0+0 in 1 call, 1 unpriced
        withLlm                → unpriced (no_usage)
          chat`,
    'through further spans in between': `
      withTask                 → total $0.0035 for 1000+100 in 1 call
        withLlm 1000+100       → $0.0035
          ai.generateText
            span
              chat 1000+100    → not billed (covered)`,
    'with a sum in between': `
      withTask                 → total $0.0035 for 1000+100 in 1 call
        withLlm 1000+100       → $0.0035
          ai.generateText 1000+100 → not billed (covered)
            chat 1000+100      → not billed (covered)`,
    'that ends after the wrapper': `
      withTask ends 2          → total $0.0035 for 1000+100 in 1 call
        withLlm 1000+100       → $0.0035
          chat 1000+100 ends 1 → not billed (covered)`,
    'as a stream': `
      withTask                 → total $0.0035 for 1000+100 in 1 call
        withLlm 1000+100 stream → $0.0035
          chat 1000+100        → not billed (covered)`,
    'bills a reported cost of the response': `
      withTask                 → total $0.0034 for 1000+100 in 1 call
        withLlm 1000+100 $0.0034 → $0.0034
          chat 1000+100        → not billed (covered)`,
  });
});

describe('a withLlm around several spans', () => {
  billsAsWritten({
    'bills each of them where it saw no response': `
      withTask                 → total $0.0095 for 3000+200 in 2 calls
        withLlm                → $0.0095
          chat 1000+100        → not billed (covered)
          chat 2000+100        → not billed (covered)`,
    'bills each of them where the response is their sum': `
      withTask                 → total $0.0095 for 3000+200 in 2 calls
        withLlm 3000+200       → $0.0095
          chat 1000+100        → not billed (covered)
          chat 2000+100        → not billed (covered)`,
    'bills all of them where the response is that of the last turn': `
      withTask                 → total $0.0095 for 3000+200 in 2 calls
        withLlm 2000+100       → $0.0095
          chat 1000+100        → not billed (covered)
          chat 2000+100        → not billed (covered)`,
    'takes the richer record of the turn that the response is of': `
      withTask                 → total $0.007 for 3000+200 in 2 calls, 2000 cached
        withLlm 2000+100 id=r2 cached=2000 → $0.007
          chat 1000+100 id=r1  → not billed (covered)
          chat 2000+100 id=r2  → not billed (covered)`,
    'bills what the response has more, at a likely price': `
      withTask                 → total $0.0105 for 3400+200 in 2 calls, $0.001 estimated
        withLlm 3400+200       → $0.0105 (partial_statement)
          chat 1000+100        → not billed (covered)
          chat 2000+100        → not billed (covered)`,
    'of different models bills each at its own price': `
      withTask                 → total $0.00371 for 2000+200 in 2 calls
        withLlm 2000+200       → $0.00371
          chat 1000+100        → not billed (covered)
          chat 1000+100 model=gpt-4o-mini → not billed (covered)`,
    'of which one has no price is a lower bound': `
      withTask                 → total $0.0035 for 2000+200 in 2 calls, $0.0035 estimated, 1 unpriced
        withLlm                → $0.0035 (partial_statement)
          chat 1000+100        → not billed (covered)
          chat 1000+100 model=house → not billed (covered)`,
    'bills a reported cost, and prices nothing beside it': `
      withTask                 → total $0.0094 for 3000+200 in 2 calls
        withLlm 3000+200 $0.0094 → $0.0094
          chat 1000+100        → not billed (covered)
          chat 2000+100        → not billed (covered)`,
    'prices what the spans have above the counts of a reported bill': `
      withTask                 → total $0.009265625 for 3000+200 in 2 calls, $0.009265625 estimated
        withLlm 2000+100 $0.006 → $0.009265625 (partial_statement)
          chat 1000+100        → not billed (covered)
          chat 2000+100        → not billed (covered)`,
  });
});

describe('a withLlm around the run of an agent', () => {
  const calls = `
          invoke_agent
            chat 1000+100 id=r1 → $0.0035
            chat 2000+100 id=r2 → $0.006`;
  billsAsWritten({
    'bills nothing for the steps that were billed inside': `
      withTask                 → total $0.0095 for 3000+200 in 2 calls
        withLlm steps=r1:1000+100,r2:2000+100 → not billed (aggregate)${calls}`,
    'bills a step that was not': `
      withTask                 → total $0.0095 for 3000+200 in 2 calls, $0.006 estimated
        withLlm steps=r1:1000+100,r2:2000+100 → $0.006 (partial_statement)
          invoke_agent
            chat 1000+100 id=r1 → $0.0035`,
    'bills nothing for their sum without an id': `
      withTask                 → total $0.0095 for 3000+200 in 2 calls
        withLlm 3000+200       → not billed (aggregate)${calls}`,
    'bills nothing for their sum with the id of the last': `
      withTask                 → total $0.0095 for 3000+200 in 2 calls
        withLlm 3000+200 id=r2 → not billed (aggregate)${calls}`,
    'bills nothing for their sum with an id of its own': `
      withTask                 → total $0.0095 for 3000+200 in 2 calls
        withLlm 3000+200 id=r3 → not billed (aggregate)${calls}`,
    'bills what it has more on one side': `
      withTask                 → total $0.0105 for 3000+300 in 2 calls, $0.001 estimated
        withLlm 1000+300       → $0.001 (partial_statement)${calls}`,
    'bills nothing where it is less than they are': `
      withTask                 → total $0.0095 for 3000+200 in 2 calls
        withLlm 1000+200       → not billed (aggregate)${calls}`,
    'bills the difference to a reported bill, as the AI SDK 7 has it of OpenRouter': `
      withTask                 → total $0.0006 for 3000+200 in 2 calls, $0.00003 estimated
        withLlm 3000+200 id=r2 $0.0006 provider=openrouter model=openai/gpt-4o-mini → $0.00003 (partial_statement)
          invoke_agent
            chat 1000+100 id=r1 provider=openrouter model=openai/gpt-4o-mini → $0.00021
            chat 2000+100 id=r2 provider=openrouter model=openai/gpt-4o-mini → $0.00036`,
    'and the same without an id': `
      withTask                 → total $0.0006 for 3000+200 in 2 calls, $0.00003 estimated
        withLlm 3000+200 $0.0006 provider=openrouter model=openai/gpt-4o-mini → $0.00003 (partial_statement)
          invoke_agent
            chat 1000+100 provider=openrouter model=openai/gpt-4o-mini → $0.00021
            chat 2000+100 provider=openrouter model=openai/gpt-4o-mini → $0.00036`,
    'takes nothing back for a reported bill that is less': `
      withTask                 → total $0.0095 for 3000+200 in 2 calls, $0.0035 estimated
        withLlm 3000+200 $0.006 → estimated (reported_differs)${calls}`,
    'as a stream': `
      withTask                 → total $0.0095 for 3000+200 in 2 calls
        withLlm 3000+200 stream → not billed (aggregate)${calls}`,
    'that learned nothing is no call of its own': `
      withTask                 → total $0.0095 for 3000+200 in 2 calls
        withLlm                → not billed (aggregate)${calls}`,
    'with a sub-agent behind a tool of the agent': `
      withTask                 → total $0.0095 for 3000+200 in 2 calls
        withLlm 1000+100       → not billed (aggregate)
          invoke_agent
            chat 1000+100      → $0.0035
            execute_tool
              chat 2000+100    → $0.006`,
    'bills the whole where only its agent states it (Claude Agent SDK, OpenInference)': `
      withTask                 → total $0.012 for 2000+400 in 1 call
        withLlm 2000+400 $0.012 result=claude → not billed (aggregate)
          openinference 2000+400 provider=anthropic model=claude-sonnet-4-5 → not billed (aggregate), cost $0.012`,
    'bills the reported bill above the price of the counts on its agent (Claude Agent SDK, OpenInference)': `
      withTask                 → total $0.0125 for 2000+400 in 1 call, $0.0005 estimated
        withLlm 2000+400 $0.0125 result=claude → $0.0005 (partial_statement)
          openinference 2000+400 provider=anthropic model=claude-sonnet-4-5 → not billed (aggregate), cost $0.012`,
  });
});

describe('a withLlm that learned nothing', () => {
  billsAsWritten({
    'is no call beside those of an agent of the app inside': `
      withTask                 → total $0.0035 for 1000+100 in 1 call
        withLlm                → not billed (aggregate)
          withAgent
            chat 1000+100      → $0.0035`,
    'is a call beside those of a tool': `
      withTask                 → total $0.0035 for 1000+100 in 2 calls, 1 unpriced
        withLlm                → unpriced (no_usage)
          withTool
            chat 1000+100      → $0.0035`,
    "is a call beside those of another instrumentation's tool": `
      withTask                 → total $0.0035 for 1000+100 in 2 calls, 1 unpriced
        withLlm                → unpriced (no_usage)
          execute_tool
            chat 1000+100      → $0.0035`,
    'is a call beside those of an agent inside a tool': `
      withTask                 → total $0.0035 for 1000+100 in 2 calls, 1 unpriced
        withLlm                → unpriced (no_usage)
          execute_tool
            invoke_agent
              chat 1000+100    → $0.0035`,
    'is a call beside those of a tool that its agent uses': `
      withTask                 → total $0.0035 for 1000+100 in 2 calls, 1 unpriced
        withLlm                → unpriced (no_usage)
          invoke_agent
            execute_tool
              chat 1000+100    → $0.0035`,
  });
});

describe('a withLlm in a withLlm', () => {
  billsAsWritten({
    'bills the call once, on the inner one': `
      withTask                 → total $0.0035 for 1000+100 in 1 call
        withLlm 1000+100       → not billed (aggregate)
          withLlm 1000+100     → $0.0035`,
    'three deep, with one response': `
      withTask                 → total $0.0001 for 0+10 in 1 call
        withLlm 0+10 id=r1     → not billed (aggregate)
          withLlm 0+10 id=r1   → not billed (aggregate)
            withLlm 0+10 id=r1 → $0.0001`,
    'bills the rest where it saw more': `
      withTask                 → total $0.0085 for 3000+100 in 1 call, $0.005 estimated
        withLlm 3000+100       → $0.005 (partial_statement)
          withLlm 1000+100     → $0.0035`,
    'that learned nothing is no call of its own beside a known one': `
      withTask                 → total $0.0035 for 1000+100 in 1 call
        withLlm                → not billed (aggregate)
          withLlm 1000+100     → $0.0035`,
    'that learned nothing is no call of its own beside an unpriced one': `
      withTask                 → total $0 for 0+0 in 1 call, 1 unpriced
        withLlm                → not billed (aggregate)
          withLlm              → unpriced (no_usage)`,
    'that throws is no failed call of its own beside one that failed': `
      withTask                 → total $0 for 0+0 in 1 call, 1 unpriced, 1 failed
        withLlm throws         → not billed (aggregate)
          withLlm throws       → unpriced (no_usage)`,
    'and a span beside that one: each token once': `
      withTask                 → total $0.0008 for 0+80 in 2 calls
        withLlm 0+80           → $0.0003
          chat 0+30            → not billed (covered)
          withLlm 0+50         → $0.0005`,
    'with a span inside the inner one': `
      withTask                 → total $0.0035 for 1000+100 in 1 call
        withLlm 1000+100       → not billed (aggregate)
          withLlm 1000+100     → $0.0035
            chat 1000+100      → not billed (covered)`,
  });
});

describe('a withLlm inside spans of other instrumentations', () => {
  billsAsWritten({
    'leaves nothing to an aggregate around it': `
      invoke_agent 1000+100    → not billed (aggregate), total $0.0035 for 1000+100 in 1 call
        withLlm 1000+100       → $0.0035
          chat 1000+100        → not billed (covered)`,
    'leaves the rest to an aggregate around it': `
      invoke_agent 1400+100    → not billed (aggregate), cost $0.001 (partial_statement), total $0.0045 for 1400+100 in 1 call, $0.001 estimated
        withLlm 1000+100       → $0.0035`,
    'bills nothing where a span around it has ended and was billed for it': `
      chat 0+100 ends 1        → $0.001
        withLlm 0+60 ends 2    → not billed (aggregate)
          chat 0+60 starts 2   → not billed (covered)`,
    'bills with the span around it what both show, where that ends while the wrapper holds a bill': `
      chat 0+20 ends 1         → not billed (aggregate), cost $0.0001 (partial_statement)
        withLlm 0+10 ends 2    → $0.0001
          chat 0+10            → not billed (covered)`,
  });
});
