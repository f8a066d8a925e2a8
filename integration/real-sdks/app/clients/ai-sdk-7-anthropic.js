import * as sdk from 'ai7';
import { createAnthropic } from 'ai7-anthropic';
import { ANTHROPIC_MODEL } from '../models.js';
import { aiSdkScenarios } from './ai-sdk.js';

export function createScenarios({ urlOf, call, hasTelemetry }) {
  return aiSdkScenarios({
    sdk,
    call,
    hasTelemetry,
    provider: 'anthropic',
    modelOf: (scenario) => createAnthropic({ apiKey: 'none', baseURL: urlOf(scenario) })(ANTHROPIC_MODEL),
  });
}
