export { type ExplainedCost, explainCost } from './pricing/explain.js';
export type { ExplainedCall, ExplainedTokens } from './pricing/explained-call.js';
export type { ExplainedLine } from './pricing/explained-lines.js';
