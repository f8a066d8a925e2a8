/** Google's Agent Development Kit. */
const ROW = { package: '@google/adk', title: 'Google ADK', instrumentations: ['built-in'] };

export const ROWS = [
  {
    ...ROW,
    client: 'adk',
    api: 'LlmAgent, sub-agent as AgentTool',
    common: true,
    line: "withTask('answer', async () => { for await (const event of runner.runAsync(request)) … })",
  },
  { ...ROW, client: 'adk-transfer', api: 'LlmAgent, sub-agent by transfer_to_agent' },
  {
    ...ROW,
    client: 'adk-no-content',
    api: 'LlmAgent, without contents in spans',
    env: { ADK_CAPTURE_MESSAGE_CONTENT_IN_SPANS: 'false' },
  },
];

export const INSTRUMENTATIONS = { 'built-in': { package: '@google/adk', variant: 'its own' } };

export const EXCEPTIONS = {};

export const NOT_RUN = [];
