/** Statements that come late, below spans and wrappers that have ended. See `test/support/who-bills`. */
import { describe } from 'vitest';
import { billsAsWritten, type Rows } from '../support/who-bills/table.js';

describe('a span that has ended', () => {
  billsAsWritten({
    'stands for a call below that ends after it': `
      withTask ends 3          → total $0.0095 for 3000+200 in 2 calls, $0.006 estimated
        invoke_agent 3000+200 ends 1 → not billed (aggregate), cost $0.006 (partial_statement)
          chat 1000+100        → $0.0035
          chat 2000+100 ends 2 → not billed (duplicate)`,
    'stands for no more than it said': `
      withTask ends 3          → total $0.0085 for 3000+100 in 1 call, $0.005 estimated
        invoke_agent 1000+100 ends 1 → not billed (aggregate), cost $0.0035
          chat 3000+100 ends 2 → $0.005 (partial_statement)`,
    'is used before another one further out': `
      withTask ends 4          → total $0.005 for 2000+0 in 1 call, $0.0025 estimated
        invoke_agent 2000 ends 2 → not billed (aggregate), cost $0.0025 (partial_statement)
          invoke_agent 1000 ends 1 → not billed (aggregate), cost $0.0025
            chat 2000 ends 3   → not billed (duplicate)`,
    'does not stand for a call beside it': `
      withTask                 → total $0.005 for 2000+0 in 2 calls
        invoke_agent 1000      → not billed (aggregate), cost $0.0025
        chat 1000              → $0.0025`,
    'stands for what ends below it, though one further out had paid for it': `
      withTask ends 4          → total $0.0001 for 0+10 in 1 call
        chat 0+10 ends 1       → $0.0001
          chat 0+10 ends 2     → not billed (duplicate)
            chat 0+10 ends 3   → not billed (duplicate)`,
    'of an unknown model does not take the bill from the calls below it': `
      withTask ends 4          → total $0.0003 for 0+30 in 2 calls, 1 unpriced
        invoke_agent 0+30 model=none ends 1 → not billed (aggregate), cost unpriced (unknown_model)
          chat 0+10 ends 2     → $0.0001
          chat 0+20 ends 3     → $0.0002`,
    'of an unknown model leaves a part of a call below it to be billed, which is estimated': `
      withTask ends 4          → total $0.0000025 for 1000+0 in 1 call, $0.0000025 estimated, 2 unpriced
        chat 1000 model=none ends 2 → not billed (aggregate), cost unpriced (unknown_model)
          chat 1 model=none ends 1 → unpriced (unknown_model)
            chat 1000 ends 3   → $0.0000025 (partial_statement)`,
    'of an unknown model is counted once with a call of an unknown model below it': `
      withTask ends 3          → total $0 for 0+30 in 1 call, 1 unpriced
        invoke_agent 0+30 model=none ends 1 → not billed (aggregate), cost unpriced (unknown_model)
          chat 0+10 model=none ends 2 → not billed (duplicate)`,
    'of an unknown model in the middle makes no bill of tokens that one further out has paid for': `
      withTask ends 4          → total $0.0003 for 0+30 in 1 call
        chat 0+30 ends 1       → $0.0003
          invoke_agent 0+30 model=none ends 2 → not billed (duplicate)
            chat 0+30 ends 3   → not billed (duplicate)`,
    'nor of those that one further out has paid for in part': `
      withTask ends 4          → total $0.0002 for 0+30 in 1 call, 1 unpriced
        chat 0+20 ends 1       → $0.0002
          invoke_agent 0+30 model=none ends 2 → not billed (aggregate), cost unpriced (unknown_model)
            chat 0+30 ends 3   → not billed (duplicate)`,
    'of an unknown model is one unpriced call, though the call below has no price either': `
      withTask ends 3          → total $0 for 0+20 in 1 call, 1 unpriced
        invoke_agent 0+20 model=none ends 1 → not billed (aggregate), cost unpriced (unknown_model)
          chat 0+20 model=none ends 2 → not billed (duplicate)`,
    'with a reported bill pays for a call below of an unknown model': `
      withTask ends 3          → total $0.0003 for 0+30 in 1 call
        chat 0+30 $0.0003 ends 1 → $0.0003
          chat 0+30 model=none ends 2 → not billed (duplicate)`,
    'pays for a span that starts below a call that had ended before': `
      withTask ends 4          → total $0.0003 for 0+30 in 1 call, $0.0002 estimated
        chat 0+30 ends 2       → not billed (aggregate), cost $0.0002 (partial_statement)
          chat 0+10 ends 1     → $0.0001
            chat 0+30 starts 3 → not billed (duplicate)`,
    'is not seen twice for it by the spans around': `
      withTask ends 4          → total $0.0002 for 0+20 in 1 call, $0.0001 estimated
        chat 0+20 ends 2       → not billed (aggregate), cost $0.0001 (partial_statement)
          chat 0+10            → $0.0001
            chat ends 3 starts 1
              chat 0+10        → not billed (duplicate)`,
    ...everyOrder(['outer', 'middle', 'leaf']),
  });
});

/** Three spans with the same usage, in every order of their ends. The total stays the same, the billed span differs. */
function everyOrder(names: readonly string[]): Rows {
  const rows: Record<string, string> = {};
  for (const order of [
    [1, 2, 3],
    [1, 3, 2],
    [2, 1, 3],
    [2, 3, 1],
    [3, 1, 2],
    [3, 2, 1],
  ]) {
    const said = order.map((end, at) => {
      if (end === 1) return at === 2 ? '$0.005' : 'not billed (aggregate), cost $0.005';
      const isBelowFirst = order.slice(at + 1).some((other) => other < end);
      return `not billed (${isBelowFirst ? 'aggregate' : 'duplicate'})`;
    });
    rows[`is billed once: ${[1, 2, 3].map((n) => names[order.indexOf(n)]).join(', ')}`] = `
      withTask ends 4          → total $0.005 for 2000+0 in 1 call
        invoke_agent 2000 ends ${order[0]} → ${said[0]}
          invoke_agent 2000 ends ${order[1]} → ${said[1]}
            chat 2000 ends ${order[2]} → ${said[2]}`;
  }
  return rows;
}

describe('the run of an agent that goes on after the withLlm around it', () => {
  billsAsWritten({
    'is paid for by the response of one call': `
      withTask ends 3          → total $0.0035 for 1000+100 in 1 call
        withLlm steps=r1:1000+100 → $0.0035
          invoke_agent ends 2
            chat 1000+100 id=r1 ends 1 → not billed (covered)`,
    'is paid for by the response of two calls': `
      withTask ends 4          → total $0.0095 for 3000+200 in 2 calls
        withLlm steps=r1:1000+100,r2:2000+100 → $0.0095
          invoke_agent ends 3
            chat 1000+100 id=r1 ends 1 → not billed (duplicate)
            chat 2000+100 id=r2 ends 2 → not billed (duplicate)`,
    'is paid for by the rest of the response where a part of it had ended': `
      withTask ends 3          → total $0.0095 for 3000+200 in 2 calls, $0.006 estimated
        withLlm steps=r1:1000+100,r2:2000+100 → $0.006 (partial_statement)
          invoke_agent ends 2
            chat 1000+100 id=r1 → $0.0035
            chat 2000+100 id=r2 ends 1 → not billed (duplicate)`,
    'bills what it has above all that the response says': `
      withTask ends 4          → total $0.0155 for 5000+300 in 2 calls, $0.006 estimated
        withLlm steps=r1:1000+100,r2:2000+100 → $0.0095
          invoke_agent ends 3
            chat 4000 id=r9 ends 1 → $0.0025 (partial_statement)
            chat 1000+300 id=r1 ends 2 → $0.0035 (partial_statement)`,
    'makes the call known where the withLlm learned nothing': `
      withTask ends 4          → total $0.0095 for 3000+200 in 2 calls
        withLlm                → unpriced (no_usage)
          invoke_agent ends 3
            chat 1000+100 ends 1 → $0.0035
            chat 2000+100 ends 2 → $0.006`,
    'makes it known by a withLlm inside': `
      withTask ends 3          → total $0.0035 for 1000+100 in 1 call
        withLlm                → unpriced (no_usage)
          invoke_agent ends 2
            withLlm 1000+100 starts 1 → $0.0035`,
    'makes it known by a withLlm around another agent inside': `
      withTask ends 3          → total $0.0035 for 1000+100 in 1 call
        withLlm                → unpriced (no_usage)
          invoke_agent ends 2
            withLlm starts 1   → not billed (aggregate)
              invoke_agent
                chat 1000+100  → $0.0035`,
    'makes it known once: usage recorded later settles nothing else': `
      withTask ends 5          → total $0.0035 for 1000+100 in 2 calls, 1 unpriced
        withLlm                → unpriced (no_usage)
          invoke_agent ends 2
            chat 1000+100 ends 1 → $0.0035
          recordUsage 10+1 starts 4
        withLlm starts 3       → unpriced (no_usage)`,
    'does not make it known by a cost that is no call': `
      withTask ends 3          → total $1 for 0+0 in 1 call, 1 unpriced
        withLlm                → unpriced (no_usage), cost $1
          recordCost llm $1 starts 1`,
    'has no unpriced call in the agent, which never counted it': `
      withTask ends 4          → total $0.0095 for 3000+200 in 2 calls
        withLlm                → unpriced (no_usage)
          invoke_agent ends 3  → total $0.0095 for 3000+200 in 1 call
            chat 1000+100 ends 1 → $0.0035
            chat 2000+100 ends 2 → $0.006`,
    'leaves the agent incomplete where a call in it has no price': `
      withTask ends 4          → total $0.0035 for 3000+200 in 2 calls, 1 unpriced
        withLlm                → unpriced (no_usage)
          invoke_agent ends 3  → total $0.0035 for 3000+200 in 1 call, 1 unpriced
            chat 1000+100 ends 1 → $0.0035
            chat 2000+100 model=none ends 2 → unpriced (unknown_model)`,
    'has none there where a withLlm inside collected the call': `
      withTask ends 3          → total $0.0035 for 1000+100 in 1 call
        withLlm                → unpriced (no_usage)
          invoke_agent ends 2  → total $0.0035 for 1000+100 in 0 calls
            withLlm starts 1   → $0.0035
              chat 1000+100    → not billed (covered)`,
    'nor where the response shows it, too': `
      withTask ends 3          → total $0.0035 for 1000+100 in 1 call
        withLlm                → unpriced (no_usage)
          invoke_agent ends 2  → total $0.0035 for 1000+100 in 0 calls
            withLlm 1000+100 starts 1 → $0.0035
              chat 1000+100    → not billed (covered)`,
    'makes it known where its record is in another agent': `
      withTask ends 3          → total $0.0035 for 1000+100 in 1 call
        invoke_agent ends 3    → total $0 for 0+0 in 1 call
          chat id=r1 by=a ends 1 → unpriced (no_usage)
        invoke_agent ends 3    → total $0.0035 for 1000+100 in 0 calls
          chat 1000+100 id=r1 by=b ends 2 → $0.0035`,
    'makes it known that it was free': `
      withTask ends 3          → total $0 for 0+0 in 1 call
        withLlm                → unpriced (no_usage)
          invoke_agent ends 2
            chat 0+0 ends 1    → $0`,
    'is one call where nobody learns anything': `
      withTask ends 3          → total $0 for 0+0 in 1 call, 1 unpriced
        withLlm                → unpriced (no_usage)
          invoke_agent ends 2
            chat ends 1`,
  });
});

describe('usage that the app records after the end of a withLlm', () => {
  billsAsWritten({
    'is the bill of a call that was unpriced': `
      withTask ends 2          → total $0.0035 for 1000+100 in 1 call
        withLlm                → unpriced (no_usage), cost $0.0035
          recordUsage 1000+100 starts 1`,
    'bills what it has above the response': `
      withTask ends 2          → total $0.0055 for 1000+300 in 1 call, $0.002 estimated
        withLlm 1000+100       → $0.0035, cost $0.002 (partial_statement)
          recordUsage 1000+300 starts 1`,
    'adds up': `
      withTask ends 3          → total $0.006 for 2000+100 in 1 call, $0.0025 estimated
        withLlm                → unpriced (no_usage), cost $0.0035, cost $0.0025 (partial_statement)
          recordUsage 1000+100 starts 1
          recordUsage 1000 starts 2`,
    'bills nothing where it is no more than the response': `
      withTask ends 2          → total $0.0035 for 1000+100 in 1 call
        withLlm 1000+100       → $0.0035
          recordUsage 1000+100 starts 1`,
    'bills nothing where spans inside were billed for it': `
      withTask ends 2          → total $0.0035 for 1000+100 in 1 call
        withLlm                → $0.0035
          chat 1000+100        → not billed (covered)
          recordUsage 900+100 starts 1`,
    'after the end of a session inside a task corrects that': `
      withTask ends 2          → total $0.0055 for 1000+300 in 1 call, $0.002 estimated
        withSession            → total $0.0035 for 1000+100 in 1 call; then $0.0055 for 1000+300 in 1 call, $0.002 estimated
          withLlm 1000+100     → $0.0035, cost $0.002 (partial_statement)
            recordUsage 1000+300 starts 1`,
    'after the end of its task corrects that': `
      withTask                 → total $0 for 0+0 in 1 call, 1 unpriced; then $0.0035 for 1000+100 in 1 call
        withLlm                → unpriced (no_usage), cost $0.0035
          recordUsage 1000+100 starts 1`,
  });
});

describe('a task that ends while a call is open', () => {
  billsAsWritten({
    'is incomplete until the call has ended': `
      withTask                 → total $0 for 0+0 in 0 calls, 1 unpriced; then $0.0035 for 1000+100 in 1 call
        withLlm 1000+100 ends 1 → $0.0035`,
    'is incomplete for a span of another instrumentation, too': `
      withTask                 → total $0 for 0+0 in 0 calls, 1 unpriced; then $0.0035 for 1000+100 in 1 call
        chat 1000+100 ends 1   → $0.0035`,
    'is stated again once, when the agent in between has ended': `
      withTask                 → total $0 for 0+0 in 0 calls, 2 unpriced; then $0.0095 for 3000+200 in 2 calls
        invoke_agent ends 3
          chat 1000+100 ends 1 → $0.0035
          chat 2000+100 ends 2 → $0.006`,
    'counts a call and the span inside it once': `
      withTask                 → total $0 for 0+0 in 0 calls, 1 unpriced; then $0.0035 for 1000+100 in 1 call
        withLlm 1000+100 ends 2 → $0.0035
          chat 1000+100 ends 1 → not billed (covered)`,
    'has what the call collected by then, and its span says the whole when it ends': `
      withTask                 → total $0.0035 for 1000+100 in 1 call, 1 unpriced; then $0.0095 for 3000+200 in 2 calls
        withLlm ends 2         → $0.0095
          chat 1000+100        → not billed (covered)
          chat 2000+100 ends 1 → not billed (covered)`,
    'posts only the increase of a response that says more': `
      withTask                 → total $0.0035 for 1000+100 in 1 call, 1 unpriced; then $0.0045 for 1400+100 in 1 call, $0.001 estimated
        withLlm 1400+100 ends 1 → $0.0045 (partial_statement)
          chat 1000+100        → not billed (covered)`,
    'posts a call of unknown cost once': `
      withTask                 → total $0 for 1000+100 in 1 call, 2 unpriced; then $0 for 1000+100 in 1 call, 1 unpriced
        withLlm ends 1         → unpriced (unknown_model)
          chat 1000+100 model=house → not billed (covered)`,
    'posts nothing more where the response says the same': `
      withTask                 → total $0.0035 for 1000+100 in 1 call, 1 unpriced; then $0.0035 for 1000+100 in 1 call
        withLlm 1000+100 ends 1 → $0.0035
          chat 1000+100        → not billed (covered)`,
    'in a session, which is incomplete as long': `
      withSession              → total $0 for 0+0 in 0 calls, 1 unpriced; then $0.0035 for 1000+100 in 1 call
        withTask               → total $0 for 0+0 in 0 calls, 1 unpriced; then $0.0035 for 1000+100 in 1 call
          withLlm 1000+100 ends 1 → $0.0035`,
    'is incomplete for a tool that has a price': `
      withTask                 → total $0 for 0+0 in 0 calls, 1 unpriced; then $1 for 0+0 in 0 calls, $1 of tools
        withTool $1 ends 1     → $1`,
    'is incomplete for it also below a sum that was billed': `
      withTask                 → total $0.0035 for 1000+100 in 1 call, 1 unpriced; then $1.0035 for 1000+100 in 1 call, $1 of tools
        invoke_agent 1000+100  → not billed (aggregate), cost $0.0035
          withTool $1 ends 1   → $1`,
    'is complete beside a call that a sum around it was billed for': `
      withTask                 → total $0.0035 for 1000+100 in 1 call
        invoke_agent 1000+100  → not billed (aggregate), cost $0.0035
          chat 1000+100 ends 1 → not billed (duplicate)`,
    'is complete beside a tool that has none': `
      withTask                 → total $0 for 0+0 in 0 calls; then $0 for 0+0 in 0 calls
        withTool ends 1`,
  });
});

describe('a call whose stream is never read', () => {
  billsAsWritten({
    'is posted at shutdown, where nothing is around it': `
      withLlm 1000+100 unread  → never ended, cost $0.0035
        chat 1000+100          → not billed (covered)`,
    'is posted when its session ends, where that has no task': `
      withSession              → total $0.0035 for 1000+100 in 1 call, 1 unpriced
        withLlm 1000+100 unread → never ended, cost $0.0035
          chat 1000+100        → not billed (covered)`,
    'is posted when its task ends, and written at shutdown': `
      withTask                 → total $0.0035 for 1000+100 in 1 call, 1 unpriced
        withLlm 1000+100 unread → never ended, cost $0.0035
          chat 1000+100        → not billed (covered)`,
    'without a span inside is not known': `
      withTask                 → total $0 for 0+0 in 0 calls, 1 unpriced
        withLlm 1000+100 unread → never ended`,
  });
});
