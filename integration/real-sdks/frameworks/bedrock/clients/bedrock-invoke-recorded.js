/** Amazon Bedrock's InvokeModel, with the usage recorded from the bytes. */
import { recordUsage } from 'otel-agent-cost';
import { invokeScenarios } from './bedrock-invoke.js';

export function createScenarios({ urlOf, call }) {
  const {
    streamed: _streamed,
    streamedCached: _streamedCached,
    ...scenarios
  } = invokeScenarios({
    urlOf,
    call,
    // recipe: @aws-sdk/client-bedrock-runtime with InvokeModel, inside of withLlm
    finish: (body) => recordUsage(JSON.parse(new TextDecoder().decode(body)).usage),
    // end of recipe
  });
  return scenarios;
}
