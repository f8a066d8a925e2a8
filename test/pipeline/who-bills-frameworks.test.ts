/** Shapes that frameworks write, each with the figures that it was once billed wrongly at. See `test/support/who-bills`. */
import { describe } from 'vitest';
import { billsAsWritten } from '../support/who-bills/table.js';

describe('spans as frameworks nest them', () => {
  billsAsWritten({
    'Mastra, Google ADK, AI SDK 5 and 6: a tool that runs a sub-agent, below the LLM span that asked for it': `
      invoke_agent             → total $0.00375 for 1500+0 in 2 calls
        chat 1000              → $0.0025
          execute_tool
            invoke_agent       → total $0.00125 for 500+0 in 1 call
              chat 500         → $0.00125`,
    'an agent span that repeats the sum of its own calls, with a sub-agent behind a tool': `
      invoke_agent 1000        → not billed (aggregate), total $0.00375 for 1500+0 in 2 calls
        chat 1000              → $0.0025
        execute_tool
          invoke_agent 500     → not billed (aggregate), total $0.00125 for 500+0 in 1 call
            chat 500           → $0.00125`,
    'an agent span that repeats the sum of all calls, with a sub-agent behind a tool': `
      invoke_agent 1500        → not billed (aggregate), total $0.00375 for 1500+0 in 2 calls
        chat 1000              → $0.0025
        execute_tool
          invoke_agent 500     → not billed (aggregate), total $0.00125 for 500+0 in 1 call
            chat 500           → $0.00125`,
    'AI SDK 7 in a withLlm: the calls of the run are seen, and the response has the bill of OpenRouter and an id': `
      withTask                 → total $0.0006 for 3000+200 in 2 calls, $0.00003 estimated
        withLlm 3000+200 id=r2 $0.0006 provider=openrouter model=openai/gpt-4o-mini → $0.00003 (partial_statement)
          invoke_agent provider=openrouter model=none
            chat 1000+100 id=r1 provider=openrouter model=openai/gpt-4o-mini → $0.00021
            chat 2000+100 id=r2 provider=openrouter model=openai/gpt-4o-mini → $0.00036`,
    'AI SDK 7 in a withLlm: the same response without an id': `
      withTask                 → total $0.0006 for 3000+200 in 2 calls, $0.00003 estimated
        withLlm 3000+200 $0.0006 provider=openrouter model=openai/gpt-4o-mini → $0.00003 (partial_statement)
          invoke_agent provider=openrouter model=none
            chat 1000+100 provider=openrouter model=openai/gpt-4o-mini → $0.00021
            chat 2000+100 provider=openrouter model=openai/gpt-4o-mini → $0.00036`,
    'AI SDK 7 in a withLlm: a bill that is lower than the list price of the calls': `
      withTask                 → total $0.00057 for 3000+200 in 2 calls, $0.00027 estimated
        withLlm 3000+200 $0.0003 provider=openrouter model=openai/gpt-4o-mini → estimated (reported_differs)
          invoke_agent provider=openrouter model=none
            chat 1000+100 provider=openrouter model=openai/gpt-4o-mini → $0.00021
            chat 2000+100 provider=openrouter model=openai/gpt-4o-mini → $0.00036`,
    'Claude Agent SDK in a withLlm: its result has the bill of the run, and the agent span of OpenInference the counts': `
      withTask                 → total $0.0125 for 2000+400 in 1 call, $0.0005 estimated
        withLlm 2000+400 $0.0125 result=claude → $0.0005 (partial_statement)
          openinference 2000+400 provider=anthropic model=claude-sonnet-4-5 → not billed (aggregate), cost $0.012`,
    'Claude Agent SDK in a withLlm: the agent span of OpenInference ends after it': `
      withTask ends 2          → total $0.0125 for 2000+400 in 1 call
        withLlm 2000+400 $0.0125 result=claude → $0.0125
          openinference 2000+400 provider=anthropic model=claude-sonnet-4-5 ends 1 → not billed (covered)`,
    'Claude Agent SDK in a withLlm: the same bill on both': `
      withTask                 → total $0.0125 for 2000+400 in 1 call
        withLlm 2000+400 $0.0125 result=claude → not billed (aggregate)
          openinference 2000+400 $0.0125 provider=anthropic model=claude-sonnet-4-5 → not billed (aggregate), cost $0.0125`,
    'Genkit: each flow begins a trace of its own inside the task': `
      withTask                 → total $0.005 for 2000+0 in 2 calls
        span root
          withLlm 1000         → $0.0025
        span root
          chat 1000            → $0.0025`,
    'several calls in one span, which are seen below it': `
      withTask                 → total $0.0095 for 3000+200 in 2 calls
        chat 3000+200          → not billed (aggregate)
          chat 1000+100        → $0.0035
          chat 2000+100        → $0.006`,
    'several calls of different models in one span': `
      withTask                 → total $0.00371 for 2000+200 in 2 calls
        chat 2000+200          → not billed (aggregate)
          chat 1000+100        → $0.0035
          chat 1000+100 model=gpt-4o-mini → $0.00021`,
  });
});
