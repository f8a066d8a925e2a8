/** Anthropic's tool runner with `wrapLlm` around what each turn of the loop calls. */
import { wrapLlm } from 'otel-agent-cost';
import { toolRunnerScenarios } from './anthropic-tool-runner.js';

// recipe: @anthropic-ai/sdk with its tool runner
function meter(anthropic) {
  const { messages } = anthropic.beta;
  messages.create = wrapLlm({ provider: 'anthropic' }, messages.create.bind(messages));
}
// end of recipe

export const createScenarios = ({ urlOf, instrumentation }) =>
  toolRunnerScenarios({ urlOf, instrumentation, call: (_options, fn) => fn(), prepare: meter });
