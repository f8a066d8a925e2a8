/** The work of a task, whoever meters it: one model call and one tool call, of a session and a user. */
import { setTimeout } from 'node:timers/promises';

export const MODEL = 'soak-model';
export const TOOL = 'web_search';
export const TOOL_USD = 0.005;

/** The rates of the model in agent-cost.json, and of the tool, in pico-dollars. */
const PICO_AN_INPUT_TOKEN = 2_000_000;
const PICO_AN_OUTPUT_TOKEN = 8_000_000;
const PICO_A_TOOL_CALL = 5_000_000_000;

/** A model, and a tool, answer after this. */
const ANSWER_MILLIS = 5;

const SESSIONS = 500;
const USERS = 300;

/**
 * Tasks below this number fill the tables of the package before the load begins: more sessions and users than it remembers
 * (10,000 of each, and what 50,000 dropped ones have spent), and more until the maps have their final size, since a map from
 * which entries are deleted grows once more. The process that is measured has only full tables.
 */
export const FIRST_TASK = 100_000;

/** Every other task has a session and a user that were never seen before. */
export function whoOf(number) {
  const isNew = number < FIRST_TASK || number % 2 === 0;
  return {
    sessionId: isNew ? `session-new-${number}` : `session-${number % SESSIONS}`,
    user: isNew ? `user-new-${number}` : `user-${number % USERS}`,
  };
}

export function usageOf(number) {
  return { prompt_tokens: 1000 + (number % 977), completion_tokens: 100 + (number % 89) };
}

export function picoOf(number) {
  const { prompt_tokens, completion_tokens } = usageOf(number);
  return prompt_tokens * PICO_AN_INPUT_TOKEN + completion_tokens * PICO_AN_OUTPUT_TOKEN + PICO_A_TOOL_CALL;
}

/** A response in OpenAI's form. */
export async function askModel(number) {
  await setTimeout(ANSWER_MILLIS);
  return {
    id: `chatcmpl-${number}`,
    model: MODEL,
    choices: [{ message: { content: 'done' } }],
    usage: usageOf(number),
  };
}

export async function search(number) {
  await setTimeout(ANSWER_MILLIS);
  return number;
}

/** The spans and amounts of the tasks from one number to below another. */
export function madeBy(from, to, spansATask) {
  let pico = 0;
  for (let number = from; number < to; number++) pico += picoOf(number);
  return { tasks: to - from, spans: (to - from) * spansATask, pico };
}
