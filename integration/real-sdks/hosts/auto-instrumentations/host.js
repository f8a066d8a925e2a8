/** Spans of HTTP requests stand below those of the calls. Spans of OpenAI's client do not tell what was cached. */
export const RUNS = [{}];

export const EXPECTED = {
  'bare chat': 'right, flagged',
  'bare chatCached': 'flagged',
  'bare chatWithResponse': 'right, flagged',
  'bare chatStreamed': 'right, flagged',
  'bare responses': 'right, flagged',
  'bare responsesStreamed': 'right, flagged',
};
