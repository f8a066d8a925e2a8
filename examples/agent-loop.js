/**
 * An agent loop to copy: call the model, run the tools that it calls, return their results, and stop when it answers. Six
 * calls of otel-agent-cost meter it: one each for the task, the agent, the step, the model call and the two tools.
 *
 *   node examples/agent-loop.js "Who invented the telegraph?"
 *
 * With OPENAI_API_KEY or ANTHROPIC_API_KEY it calls the real model and reads Wikipedia; without them, a stand-in answers
 * offline. Add `--import otel-agent-cost/register` to export the spans to the backend that OTEL_* variables name.
 */
import { pathToFileURL } from 'node:url';
import { withAgent, withLlm, withStep, withTask, wrapTool } from 'otel-agent-cost';
import { connect } from './provider/connect.js';

const SYSTEM = `Answer the question with the help of the tools. Think aloud, one small step a message.
When you know the answer, begin your message with "Answer:".`;
const MAX_STEPS = 12;
const PAGE_CHARACTERS = 4000;

/** The price of one call of each tool, in USD. */
const TOOL_FEES_USD = { web_search: 0.005, read_page: 0.001 };

/**
 * @typedef {object} ToolSpec
 * @property {string} name
 * @property {string} description
 * @property {object} parameters JSON schema of the arguments
 */

/**
 * A model's answer, read from the provider's own format.
 * @typedef {object} Reply
 * @property {string} text
 * @property {{ id: string, name: string, arguments: any }[]} toolCalls
 * @property {any} message the answer, to be sent back as part of the conversation
 */

/**
 * @param {string} siteUrl where Wikipedia's REST API is
 * @param {Record<string, number>} feesUsd USD for one call, by tool name
 */
export function researchTools(siteUrl, feesUsd = TOOL_FEES_USD) {
  const site = `${siteUrl}/w/rest.php/v1`;
  return [
    {
      spec: toolSpec('web_search', 'Finds pages of the encyclopaedia', 'query'),
      run: wrapTool({ name: 'web_search', costUsd: feesUsd.web_search }, async ({ query }) => {
        const response = await fetch(`${site}/search/page?limit=3&q=${encodeURIComponent(query)}`);
        return response.text();
      }),
    },
    {
      spec: toolSpec('read_page', 'Reads one page of the encyclopaedia', 'key'),
      run: wrapTool({ name: 'read_page', costUsd: feesUsd.read_page }, async ({ key }) => {
        const page = await (await fetch(`${site}/page/${encodeURIComponent(key)}`)).json();
        return String(page.source ?? page.message).slice(0, PAGE_CHARACTERS);
      }),
    },
  ];
}

/** @param {string} name @param {string} description @param {string} argument its one argument, a string */
function toolSpec(name, description, argument) {
  const properties = { [argument]: { type: 'string' } };
  return { name, description, parameters: { type: 'object', properties, required: [argument] } };
}

/**
 * Runs the loop until the model answers.
 * @param {string} question
 * @param {{ client: import('./provider/connect.js').Client, tools: ReturnType<typeof researchTools> }} options
 */
export function research(question, { client, tools }) {
  return withTask('research', (task) =>
    withAgent('researcher', async () => {
      const messages = client.start(SYSTEM, question);
      for (let step = 1; step <= MAX_STEPS; step++) {
        const answer = await withStep('turn', () => takeStep(client, tools, messages));
        if (answer !== undefined) return { answer, totals: task.totals };
      }
      task.fail(`no answer after ${MAX_STEPS} steps`);
      return { answer: undefined, totals: task.totals };
    }),
  );
}

/** One turn: a model call and the tools it asks for. Returns the answer once there is one. */
async function takeStep(client, tools, messages) {
  const request = client.request(
    messages,
    tools.map((tool) => tool.spec),
  );
  const response = await withLlm({ provider: client.provider, request }, () => client.send(request));
  const reply = client.read(response);
  messages.push(reply.message);
  if (reply.text.startsWith('Answer:')) return reply.text;

  const results = await Promise.all(reply.toolCalls.map((call) => runTool(tools, call)));
  messages.push(...(results.length > 0 ? client.toolMessages(results) : [client.userMessage('Go on.')]));
}

/** A failed tool does not end the run: the model gets the error and may try something else. */
async function runTool(tools, { id, name, arguments: input }) {
  const tool = tools.find(({ spec }) => spec.name === name);
  if (tool === undefined) return { id, content: `There is no tool ${name}.` };
  try {
    return { id, content: await tool.run(input) };
  } catch (error) {
    return { id, content: `The tool failed: ${error}` };
  }
}

async function main() {
  const { client, siteUrl, close } = await connect(process.env);
  const question = process.argv[2] ?? 'What is observability?';
  const { answer, totals } = await research(question, { client, tools: researchTools(siteUrl) });
  console.log(answer);
  console.log(`$${totals.costUsd} for ${totals.inputTokens} tokens in and ${totals.outputTokens} out`);
  close();
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main();
