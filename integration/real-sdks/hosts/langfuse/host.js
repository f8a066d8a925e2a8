/** Langfuse's wrapper makes a generation of each call of OpenAI's client. Anthropic's client makes spans itself. */
export const RUNS = [{}];
