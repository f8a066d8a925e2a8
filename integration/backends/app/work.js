/** One round of what agents do in a company: who pays for it, how it ends, and all that can be in a bill. */
import { context, ROOT_CONTEXT } from '@opentelemetry/api';
import { within } from './book.js';
import {
  anthropic,
  foreignChat,
  foreignSpan,
  foreignTool,
  openai,
  openaiAtSecondAttempt,
  openaiWithBill,
} from './models.js';
import { cachedPages, otherCost, paidTool, repeatedNotes, unreliableLookup } from './tools.js';

const GROWTH = { team: 'growth', feature: 'onboarding', customer: 'acme', user: 'ada' };
const SUPPORT = { team: 'support', feature: 'tickets', customer: 'globex', user: 'bob' };
const LEGAL = { team: 'legal', feature: 'contracts', customer: 'initech' };
const DATA = { team: 'data', feature: 'search_index' };

/** `prefix` makes the session ids of this round its own. */
export async function workRound(book, amounts, prefix) {
  // Sessions go on side by side; each does one thing after the other.
  await Promise.all([
    book.session({ id: `${prefix}-growth`, attribution: GROWTH }, async () => {
      await research(book, amounts, prefix);
      await summarize(book, amounts);
      await crawl(book, amounts);
    }),
    tickets(book, amounts, `${prefix}-support`),
    reviewContract(book, amounts, `${prefix}-legal`),
    buildIndex(book, amounts, `${prefix}-data`),
    translate(book, amounts),
    book.session({ id: `${prefix}-chat` }, () => foreignChatRequest(book, amounts, `${prefix}-chat`)),
  ]);
}

/** Turns whose input grows, a cache that answers, and a task inside. */
function research(book, amounts, prefix) {
  return book.task({ name: 'research' }, async () => {
    const fetchPage = cachedPages(book, amounts.usd(0.002));
    const readNotes = repeatedNotes(book, amounts.usd(0.001));
    await book.agent('researcher', async () => {
      for (let turn = 1; turn <= 4; turn++) {
        await book.step('turn', async () => {
          await openai(book, 'gpt-4o', amounts.tokens(4000 * turn), amounts.tokens(500));
          await paidTool(book, 'web_search', amounts.usd(0.005));
          await fetchPage('front');
          await readNotes(`notes of ${prefix}`);
        });
      }
    });
    await book.task({ name: 'fact_check' }, () =>
      foreignChat(book, 'openai', 'gpt-4o-mini', amounts.tokens(30_000), amounts.tokens(2000)),
    );
  });
}

function summarize(book, amounts) {
  return book.task({ name: 'summarize', budget: { usd: amounts.usd(5) } }, () =>
    book.agent('writer', async () => {
      const model = 'claude-sonnet-4-5';
      const kept = amounts.tokens(20_000);
      const [written, read] = [
        { readTokens: 0, writtenTokens: kept },
        { readTokens: kept, writtenTokens: 0 },
      ];
      await anthropic(book, model, amounts.tokens(500), amounts.tokens(800), written);
      await anthropic(book, model, amounts.tokens(500), amounts.tokens(800), read);
    }),
  );
}

/** Stops at its budget: the search that has no more room is refused, and the task has failed. */
function crawl(book, amounts) {
  return book.task({ name: 'crawl', budget: { usd: amounts.usd(0.1) } }, async () => {
    for (let page = 0; page < 10; page++) await paidTool(book, 'deep_search', amounts.usd(0.03));
  });
}

/** Solved, solved twice over after failed attempts, not solved, given up. */
async function tickets(book, amounts, sessionId) {
  const ticket = (work) =>
    book.task({ name: 'resolve_ticket', sessionId, attribution: SUPPORT }, () => book.agent('support', work));
  const answer = () => openai(book, 'gpt-4o-mini', amounts.tokens(8000), amounts.tokens(1500));
  const escalate = () => openai(book, 'gpt-4.1', amounts.tokens(20_000), amounts.tokens(2000));
  await ticket(answer);
  await ticket(async () => {
    const lookup = unreliableLookup(book, amounts.usd(0.001), amounts.usd(0.02));
    await lookup(sessionId).catch(() => {});
    await lookup(sessionId);
    await openaiAtSecondAttempt(book, 'gpt-4o', amounts.tokens(6000), amounts.tokens(900));
    return { actions: 2 };
  });
  await ticket(escalate);
  await ticket(async () => {
    await escalate();
    return { outcome: 'failure', actions: 0, reason: 'needs a person' };
  });
  await ticket(async () => {
    await answer();
    return { outcome: 'cancelled', actions: 0 };
  });
}

/** Whole dollars, which OTLP carries as integers, and a budget that is passed and only watched. */
function reviewContract(book, amounts, sessionId) {
  const budget = { usd: amounts.usd(2.5), mode: 'observe' };
  return book.task({ name: 'review_contract', sessionId, attribution: LEGAL, budget }, () =>
    book.agent('paralegal', async () => {
      await paidTool(book, 'notary', amounts.usd(1));
      await openai(book, 'house-model', amounts.exactTokens(1_000_000), 0);
      await paidTool(book, 'register_search', amounts.usd(2));
      await paidTool(book, 'calendar', 0);
    }),
  );
}

/** What is neither model nor tool. */
function buildIndex(book, amounts, sessionId) {
  return book.task({ name: 'build_index', sessionId, attribution: DATA }, async () => {
    await otherCost(book, 'compute', 'gpu', amounts.usd(3));
    await otherCost(book, 'storage', 'vector_store', amounts.usd(0.0123));
    await otherCost(book, 'network', 'egress', amounts.usd(0.0045));
  });
}

/** Nobody to charge it to, a model without a price, and a bill that is far from the list price. */
function translate(book, amounts) {
  return book.task({ name: 'translate' }, async () => {
    await openai(book, 'gpt-4o-mini', amounts.tokens(2000), amounts.tokens(300));
    await openai(book, 'mystery-7b', amounts.tokens(2000), amounts.tokens(300));
    await openaiWithBill(book, 'gpt-4o', amounts.tokens(2000), amounts.tokens(300), amounts.usd(0.05));
  });
}

/** A request that knows nothing of us: its spans, in a trace of their own, name their session and no more. */
function foreignChatRequest(book, amounts, sessionId) {
  const name = 'POST /chat';
  const request = { 'http.request.method': 'POST', 'session.id': sessionId };
  const planner = { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': 'planner' };
  const plan = async () => {
    await foreignChat(book, 'openai', 'gpt-4.1-mini', amounts.tokens(5000), amounts.tokens(700));
    await foreignTool(book, 'knowledge_base');
    await foreignTool(book, 'knowledge_base', { fails: true });
    await foreignChat(book, 'openai', 'house-model', amounts.exactTokens(2_000_000), 0);
  };
  return context.with(ROOT_CONTEXT, () =>
    foreignSpan(name, request, (span) =>
      book.undeclaredTask({ id: span.spanContext().spanId, name }, () =>
        foreignSpan('invoke_agent planner', planner, () => within({ agent: 'planner' }, plan)),
      ),
    ),
  );
}
