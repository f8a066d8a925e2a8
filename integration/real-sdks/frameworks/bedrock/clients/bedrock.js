/** Amazon Bedrock's Converse and ConverseStream. */
import { createRequire } from 'node:module';
import { QUESTION, TOOL } from '../../../app/models.js';
import { scenariosOf } from '../../../app/scenarios.js';

const require = createRequire(import.meta.url);

const TOOLS = {
  tools: [
    { toolSpec: { name: TOOL.name, description: TOOL.description, inputSchema: { json: TOOL.parameters } } },
  ],
};

export function createScenarios({ urlOf, call, modelId = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0' }) {
  const {
    BedrockRuntimeClient,
    ConverseCommand,
    ConverseStreamCommand,
  } = require('@aws-sdk/client-bedrock-runtime');
  const { NodeHttpHandler } = require('@smithy/node-http-handler');
  const clientFor = (scenario) =>
    new BedrockRuntimeClient({
      region: 'us-east-1',
      endpoint: urlOf(scenario),
      credentials: { accessKeyId: 'none', secretAccessKey: 'none' },
      requestHandler: new NodeHttpHandler(),
      maxAttempts: 2,
    });
  const messages = [{ role: 'user', content: [{ text: QUESTION }] }];
  const converse = (scenario, more) => {
    const request = { modelId, messages, ...more };
    return call({ provider: 'aws.bedrock', model: modelId }, () =>
      clientFor(scenario).send(new ConverseCommand(request)),
    );
  };
  return scenariosOf({
    ask: (scenario) => converse(scenario),
    stream: async (scenario) => {
      const client = clientFor(scenario);
      // recipe: @aws-sdk/client-bedrock-runtime, streamed
      const { stream } = await call({ provider: 'aws.bedrock', model: modelId }, () =>
        client.send(new ConverseStreamCommand({ modelId, messages })),
      );
      // end of recipe
      return stream;
    },
    useTool: async (scenario) => {
      const { output } = await converse(scenario, { toolConfig: TOOLS });
      const results = output.message.content.map(({ toolUse }) => ({
        toolResult: { toolUseId: toolUse.toolUseId, content: [{ text: TOOL.run() }] },
      }));
      const turns = [...messages, output.message, { role: 'user', content: results }];
      await converse(scenario, { toolConfig: TOOLS, messages: turns });
    },
  });
}
