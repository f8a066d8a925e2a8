/** The questions, answered from the store. */
import type { Opportunity, Questions, Window } from '../api.js';
import { arithmeticOf, type Explain } from './arithmetic.js';
import { distributionIn } from './distribution.js';
import { exploreIn } from './explore.js';
import type { HintsOf } from './hints.js';
import { opportunitiesIn } from './opportunities.js';
import { overviewOf, spansOf } from './overview.js';
import { SlowAnswers } from './slow-answers.js';
import type { QuestionContext } from './source.js';
import { taskDetail } from './task-detail.js';
import { tasksIn } from './tasks.js';
import { periodOf } from './window.js';

export interface QuestionOptions extends QuestionContext {
  explain?: Explain | undefined;
  hintsOf?: HintsOf | undefined;
}

export function answerQuestions({ explain, hintsOf, ...context }: QuestionOptions): Questions {
  const period = async (window: Window) => {
    const isNamed = typeof window === 'string';
    const spans = isNamed ? await spansOf(context) : { spans: 0, firstMillis: null, lastMillis: null };
    return periodOf(window, spans, context.now());
  };
  const opportunities = new SlowAnswers<Opportunity[]>();
  return {
    spans: () => spansOf(context),
    overview: async (window) => overviewOf(context, await period(window)),
    tasks: async ({ window, ...query }) => tasksIn(context, query, await period(window)),
    distribution: async (window, name) => distributionIn(context, await period(window), name),
    opportunities: (window) =>
      opportunities.give(JSON.stringify(window), async () =>
        opportunitiesIn(context, hintsOf, await period(window)),
      ),
    task: (id) => taskDetail(context, id),
    arithmetic: (traceId, spanId) => arithmeticOf(context, explain, traceId, spanId),
    explore: async ({ window, ...query }) => exploreIn(context, query, await period(window)),
  };
}
