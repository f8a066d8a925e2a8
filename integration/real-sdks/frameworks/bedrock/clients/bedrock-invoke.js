/** Amazon Bedrock's InvokeModel: the answer is bytes. */
import { createRequire } from 'node:module';
import { QUESTION } from '../../../app/models.js';
import { readAll } from '../../../app/scenarios.js';

const require = createRequire(import.meta.url);

const MODEL_ID = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0';

export function createScenarios({ urlOf, call }) {
  const {
    BedrockRuntimeClient,
    InvokeModelCommand,
    InvokeModelWithResponseStreamCommand,
  } = require('@aws-sdk/client-bedrock-runtime');
  const { NodeHttpHandler } = require('@smithy/node-http-handler');
  const clientFor = (scenario) =>
    new BedrockRuntimeClient({
      region: 'us-east-1',
      endpoint: urlOf(scenario),
      credentials: { accessKeyId: 'none', secretAccessKey: 'none' },
      requestHandler: new NodeHttpHandler(),
    });
  const command = {
    modelId: MODEL_ID,
    contentType: 'application/json',
    body: JSON.stringify({
      anthropic_version: 'bedrock-2023-05-31',
      max_tokens: 1024,
      messages: [{ role: 'user', content: QUESTION }],
    }),
  };
  const options = { provider: 'aws.bedrock', model: MODEL_ID };
  const ask = (scenario) => call(options, () => clientFor(scenario).send(new InvokeModelCommand(command)));
  const stream = async (scenario) => {
    const { body } = await call(options, () =>
      clientFor(scenario).send(new InvokeModelWithResponseStreamCommand(command)),
    );
    await readAll(body);
  };
  return {
    plain: () => ask('plain'),
    cached: () => ask('cached'),
    streamed: () => stream('streamed'),
    streamedCached: () => stream('streamedCached'),
    parallel: () => Promise.all([ask('parallel'), ask('parallel'), ask('parallel')]),
    refused: () => ask('refused'),
  };
}
