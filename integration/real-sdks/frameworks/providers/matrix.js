/** The providers' own clients. */
export const ROWS = [
  {
    client: 'genai',
    package: '@google/genai',
    api: 'generateContent',
    instrumentations: ['none'],
    common: true,
    line: "withLlm({ provider: 'google', request }, () => ai.models.generateContent(request))",
  },
];

export const INSTRUMENTATIONS = {};

export const EXCEPTIONS = {};

export const NOT_RUN = [];
