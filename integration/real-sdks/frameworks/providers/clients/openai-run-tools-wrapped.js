/** OpenAI's `runTools` with `wrapLlm` around what each turn of the loop calls. */
import { wrapLlm } from 'otel-agent-cost';
import { runToolsScenarios } from './openai-run-tools.js';

// recipe: openai with runTools, and everything else that uses its client
function meter(openai) {
  const { completions } = openai.chat;
  completions.create = wrapLlm({ provider: 'openai' }, completions.create.bind(completions));
}
// end of recipe

export const createScenarios = ({ urlOf }) =>
  runToolsScenarios({ urlOf, call: (_options, fn) => fn(), prepare: meter });
