/** The savings dashboard: where the same work could cost less. */
import {
  dashboard,
  PROMETHEUS_VARIABLE,
  SERVICE_VARIABLE,
  TASK_VARIABLE,
  TEMPO_VARIABLE,
  typedIn,
} from './model.mjs';
import { caches } from './rows/caches.mjs';
import { cheaperModels, LARGER_MODELS } from './rows/cheaper-models.mjs';
import { waste } from './rows/waste.mjs';

export const savings = dashboard({
  uid: 'agent-cost-savings',
  title: 'Agent cost: savings',
  description: 'Optimisation opportunities: cheaper models, caches, failed attempts, waste, budgets.',
  from: 'now-24h',
  refresh: '5m',
  variables: [
    PROMETHEUS_VARIABLE,
    TEMPO_VARIABLE,
    SERVICE_VARIABLE,
    TASK_VARIABLE,
    typedIn(
      'larger_models',
      'Larger models',
      'A pattern of the models whose calls a smaller one might take.',
      LARGER_MODELS,
    ),
    typedIn('short_output_tokens', 'Short answer', 'At most so many output tokens.', '200'),
  ],
  rows: [cheaperModels, caches, waste],
});
