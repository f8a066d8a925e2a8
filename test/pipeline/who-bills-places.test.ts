/** Spans that begin a trace of their own inside a wrapper: a task is where its code runs. See `test/support/who-bills`. */
import { context, type Span } from '@opentelemetry/api';
import { describe, expect, it } from 'vitest';
import { BudgetExceededError, withLlm, withTask } from '../../src/index.js';
import { chatAttributes, completion, foreign, inSpan, startTracing } from '../support/tracing.js';
import { billsAsWritten } from '../support/who-bills/table.js';

describe('a local root with calls of its own', () => {
  billsAsWritten({
    'has a task that begins after its end as a part of it': `
      span ends 1              → total $0.0035 for 1000+100 in 1 call; then $0.007 for 2000+200 in 2 calls
        chat 1000+100          → $0.0035
        withTask starts 2      → total $0.0035 for 1000+100 in 1 call
          chat 1000+100        → $0.0035`,
  });

  it('states no task above one that was declared', () => {
    const { attributes } = startTracing();
    inSpan('POST /ask', {}, () => {
      withTask('t', () => undefined);
      inSpan('chat', chatAttributes(1000, 100), () => undefined);
    });
    expect(attributes('POST /ask')).toEqual({});
    expect(attributes('chat')).not.toHaveProperty(['task.id']);
  });
});

describe('a span that begins a trace of its own belongs to the wrapper around it', () => {
  billsAsWritten({
    'a root span in a task': `
      withTask                 → total $0.0035 for 1000+100 in 1 call
        span root
          chat 1000+100        → $0.0035`,
    'a root span that is the call itself': `
      withTask                 → total $0.0035 for 1000+100 in 1 call
        chat 1000+100 root     → $0.0035`,
    'a span below a remote one': `
      withTask                 → total $0.0035 for 1000+100 in 1 call
        span remote
          chat 1000+100        → $0.0035`,
    'a wrapper in a root span': `
      withTask                 → total $0.0035 for 1000+100 in 1 call
        span root
          withLlm 1000+100     → $0.0035
            chat 1000+100      → not billed (covered)`,
    'a root span in an agent, in a task, in a session': `
      withSession              → total $0.0035 for 1000+100 in 1 call
        withTask               → total $0.0035 for 1000+100 in 1 call
          withAgent            → total $0.0035 for 1000+100 in 1 call
            chat 1000+100 root → $0.0035`,
    'a root span in a call: it is a part of it': `
      withTask                 → total $0.0035 for 1000+100 in 1 call
        withLlm 1000+100       → $0.0035
          span root
            chat 1000+100      → not billed (covered)`,
    'a root span in a tool': `
      withTask                 → total $0.00375 for 1500+0 in 2 calls
        withLlm 1000           → $0.0025
          withTool
            chat 500 root      → $0.00125`,
    'a root span that ends after its task: that is corrected': `
      withTask                 → total $0 for 0+0 in 0 calls, 1 unpriced; then $0.0035 for 1000+100 in 1 call
        chat 1000+100 root ends 1 → $0.0035`,
  });
});

describe('a span that begins a trace of its own, inside a wrapper that has ended, is a local root', () => {
  billsAsWritten({
    'a root span': `
      withTask                 → total $0 for 0+0 in 0 calls
        span root starts 1     → total $0.0035 for 1000+100 in 1 call
          chat 1000+100        → $0.0035`,
    'a span below a remote one': `
      withTask                 → total $0 for 0+0 in 0 calls
        span remote starts 1   → total $0.0035 for 1000+100 in 1 call
          chat 1000+100        → $0.0035`,
    'and not that of the task further out that runs on': `
      withTask ends 2          → total $0 for 0+0 in 0 calls
        withTask               → total $0 for 0+0 in 0 calls
          span root starts 1   → total $0.0035 for 1000+100 in 1 call
            chat 1000+100      → $0.0035`,
    'unlike one that stands in its trace': `
      withTask                 → total $0 for 0+0 in 0 calls; then $0.0035 for 1000+100 in 1 call
        span starts 1
          chat 1000+100        → $0.0035`,
  });
});

describe('a root span inside a task', () => {
  it('names the task and the session that it belongs to', () => {
    const { attributes } = startTracing();
    const id = withTask({ name: 't', sessionId: 's' }, (task) => {
      foreign()
        .startSpan('flow', { root: true, attributes: chatAttributes(1000, 100) })
        .end();
      return task.id;
    });
    expect(attributes('flow')).toMatchObject({ 'task.id': id, 'task.name': 't', 'session.id': 's' });
  });

  it('is seen by the budget of the task (Genkit begins each flow so)', () => {
    startTracing();
    const ask = () =>
      foreign().startActiveSpan('flow', { root: true }, (flow) => {
        try {
          withLlm({ provider: 'openai', model: 'gpt-4o' }, () => completion(1_000_000, 1));
        } finally {
          flow.end();
        }
      });
    withTask({ name: 't', budgetUsd: 0.5 }, (task) => {
      ask();
      for (let again = 0; again < 2; again++) expect(ask).toThrow(BudgetExceededError);
      expect(task.totals).toMatchObject({ costUsd: 2.50001, llmCalls: 1 });
    });
  });

  it('goes by the context it is started with, and not by the one that is active', () => {
    const { attributes } = startTracing();
    const outside = context.active();
    withTask('t', (task) => {
      const spans: Span[] = [
        foreign().startSpan('inside', { root: true, attributes: chatAttributes(1000, 100) }),
        foreign().startSpan('outside', { root: true, attributes: chatAttributes(1000, 100) }, outside),
      ];
      for (const span of spans) span.end();
      expect(task.totals.llmCalls).toBe(1);
    });
    expect(attributes('inside')['task.name']).toBe('t');
    expect(attributes('outside')['task.name']).toBe('outside');
  });

  it('is no part of it where a server was made inside: each request begins after the end of the task', () => {
    const { attributes } = startTracing();
    const serve = withTask('boot', () => context.bind(context.active(), handle));
    function handle(): void {
      foreign().startActiveSpan('POST /ask', { root: true }, (request) => {
        inSpan('chat', chatAttributes(1000, 100), () => undefined);
        request.end();
      });
    }
    serve();
    expect(attributes('task boot')).toMatchObject({ 'task.cost_usd': 0, 'task.cost_complete': true });
    expect(attributes('POST /ask')).toMatchObject({ 'task.name': 'POST /ask', 'task.cost_usd': 0.0035 });
  });
});
