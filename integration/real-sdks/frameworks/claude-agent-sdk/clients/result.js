import { CALL, lastResult, scenariosOfQuery } from '../scenarios.js';

export function createScenarios(app) {
  return scenariosOfQuery(app, async (begin, isEnough) => {
    const result = await app.call(CALL, () => lastResult(begin(), isEnough));
    return result?.session_id;
  });
}
