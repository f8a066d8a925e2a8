/**
 * The scenarios of `query()`. The CLI that it starts gets an empty home and nothing of this process's environment, so that it
 * finds no settings and no key of anybody, and sends to the loopback provider alone.
 */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { PARTS_BEFORE_ABORT, QUESTION, TOOL } from '../../app/models.js';
import { sdk } from './sdk-module.js';

export const CALL = { provider: 'anthropic' };

const MODEL = 'claude-sonnet-4-5-20250929';
const SUB_AGENT_MODEL = 'claude-haiku-4-5-20251001';
const WEATHER_TOOL = `mcp__weather__${TOOL.name}`;

const home = mkdtempSync(join(tmpdir(), 'claude-home-'));

/** @param read reads a query that was begun for a scenario, to its end or `isEnough(message)` */
export function scenariosOfQuery({ urlOf }, read) {
  const begin = (scenario, more) => () =>
    sdk.query({ prompt: QUESTION, options: { ...optionsFor(urlOf(scenario)), ...more } });
  const ask = (scenario, more) => read(begin(scenario, more), () => false);
  const stream = (scenario, more) => ask(scenario, { includePartialMessages: true, ...more });
  return {
    plain: () => ask('plain'),
    cached: () => ask('cached'),
    streamed: () => stream('streamed'),
    streamedCached: () => stream('streamedCached'),
    aborted: () => read(begin('aborted', { includePartialMessages: true }), partsUntil(PARTS_BEFORE_ABORT)),
    tools: () => ask('tools', withTool()),
    streamedTools: () => stream('streamedTools', withTool()),
    subAgent: () => ask('subAgent', withSubAgent()),
    streamedSubAgent: () => stream('streamedSubAgent', withSubAgent()),
    // Three questions in one query, each with a result of its own.
    turns: () => {
      const answers = new Answers();
      const begin = () => sdk.query({ prompt: questions(3, answers), options: optionsFor(urlOf('turns')) });
      return read(begin, (message) => answers.note(message));
    },
    // A second query that goes on with the session of the first.
    resumed: async () => {
      const session = await read(begin('resumed'), () => false);
      await ask('resumed', { resume: session });
    },
  };
}

function optionsFor(url) {
  return {
    model: MODEL,
    maxTurns: 5,
    cwd: home,
    settingSources: [],
    tools: [],
    permissionMode: 'dontAsk',
    env: {
      PATH: process.env.PATH,
      HOME: home,
      CLAUDE_CONFIG_DIR: join(home, 'config'),
      ANTHROPIC_BASE_URL: url,
      ANTHROPIC_API_KEY: 'none',
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
      DISABLE_TELEMETRY: '1',
      DISABLE_AUTOUPDATER: '1',
    },
  };
}

function withTool() {
  const weather = sdk.tool(TOOL.name, TOOL.description, { city: z.string() }, async () => ({
    content: [{ type: 'text', text: TOOL.run() }],
  }));
  const server = sdk.createSdkMcpServer({ name: 'weather', version: '1.0.0', tools: [weather] });
  return { mcpServers: { weather: server }, allowedTools: [WEATHER_TOOL] };
}

/** It has the name that the provider asks for. */
function withSubAgent() {
  const expert = { description: 'Knows capitals.', prompt: 'Answer.', model: SUB_AGENT_MODEL, tools: [] };
  return { agents: { Paris: expert }, tools: ['Agent'], allowedTools: ['Agent'] };
}

/** The next one is asked when the one before has been answered. */
async function* questions(count, answers) {
  for (let asked = 0; asked < count; asked += 1) {
    const answered = answers.next();
    yield { type: 'user', message: { role: 'user', content: QUESTION }, parent_tool_use_id: null };
    await answered;
  }
}

class Answers {
  #resolve = () => {};

  next() {
    return new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  /** @returns false: there may be more */
  note({ type }) {
    if (type === 'result') this.#resolve();
    return false;
  }
}

function partsUntil(count) {
  let parts = 0;
  return (message) => {
    const isPart = message.type === 'stream_event' && message.event.type === 'content_block_delta';
    parts += isPart ? 1 : 0;
    return parts === count;
  };
}

/** Reads a query to its end. @returns its last message of type `result` */
export async function lastResult(query, isEnough) {
  let result;
  for await (const message of query) {
    if (message.type === 'result') result = message;
    if (isEnough(message)) break;
  }
  return result;
}
