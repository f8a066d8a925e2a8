import { describe, expect, it } from 'vitest';
import { withLlm, withTask } from '../../src/index.js';
import { routeModel } from '../../src/optimize/router.js';
import { completion, startTracing } from '../support/tracing.js';

type Step = string | { name: string; chars?: number };

const ROUTES = {
  default: { provider: 'openai', model: 'gpt-4o' },
  routes: [
    { name: 'cheap', when: ['classify', 'title'], model: 'gpt-4o-mini', provider: 'openai' },
    {
      name: 'long',
      when: (step: Step) => typeof step !== 'string' && (step.chars ?? 0) > 1000,
      model: 'gpt-4.1',
    },
  ],
};

function call(options: { model: string; provider?: string | undefined }) {
  return withLlm(options, async () => completion(1000, 100, { model: options.model }));
}

describe('a model router', () => {
  it('takes the first route that fits, else the default', () => {
    const router = routeModel(ROUTES);
    const chosen = [
      router.llmOptions({ name: 'title', chars: 5000 }),
      router.llmOptions({ name: 'answer', chars: 5000 }),
      router.llmOptions({ name: 'answer' }),
    ].map(({ model }) => model);
    expect(chosen).toEqual(['gpt-4o-mini', 'gpt-4.1', 'gpt-4o']);
  });

  it('takes a test that throws as a no', () => {
    const when = () => {
      throw new Error('broken');
    };
    const router = routeModel({ ...ROUTES, routes: [{ name: 'broken', when, model: 'gpt-4.1' }] });
    expect(router.llmOptions('any').model).toBe('gpt-4o');
  });

  it('puts what a route saved on the spans of its calls', async () => {
    const tracing = startTracing();
    const router = routeModel({ ...ROUTES, routes: ROUTES.routes.slice(0, 1) });
    await withTask('t', async () => {
      await call(router.llmOptions('title'));
      await call(router.llmOptions('answer'));
    });
    expect(tracing.attributes('chat gpt-4o-mini')).toMatchObject({
      cost_usd: 0.00021,
      'cost.saved_usd': 0.00329,
    });
    expect(tracing.attributes('chat gpt-4o')).not.toHaveProperty('cost.saved_usd');
    const [cheap, standard] = router.report().routes;
    expect(cheap).toEqual({
      route: 'cheap',
      model: 'gpt-4o-mini',
      provider: 'openai',
      calls: 1,
      costUsd: 0.00021,
      savedUsd: 0.00329,
      dearerUsd: 0,
    });
    expect(standard).toMatchObject({
      route: 'default',
      calls: 1,
      costUsd: 0.0035,
      savedUsd: 0,
      dearerUsd: 0,
    });
    router.stop();
  });

  it('counts more expensive calls separately', async () => {
    const router = routeModel({
      default: { provider: 'openai', model: 'gpt-4o-mini' },
      routes: [{ name: 'hard', when: 'prove', provider: 'openai', model: 'gpt-4o' }],
    });
    await call(router.llmOptions('prove'));
    expect(router.report().routes[0]).toMatchObject({ savedUsd: 0, dearerUsd: 0.00329 });
    router.stop();
  });

  it('reports the cost of a successful task by the routes it used', async () => {
    const router = routeModel({ ...ROUTES, routes: ROUTES.routes.slice(0, 1) });
    const solve = (step: string, steps: number, succeeds: boolean) =>
      withTask('solve', async (task) => {
        for (let i = 0; i < steps; i++) await withTask('sub', () => call(router.llmOptions(step)));
        if (!succeeds) task.fail();
      });
    await solve('answer', 1, true);
    await solve('answer', 1, false);
    await solve('title', 3, true);
    await Promise.all([solve('title', 1, false), withTask('elsewhere', async () => 1)]);
    const [answer, title] = router.report().tasks;
    expect(answer).toEqual({
      taskName: 'solve',
      routes: ['default'],
      tasks: 2,
      successfulTasks: 1,
      costUsd: 0.007,
      costComplete: true,
      costPerSuccessfulTaskUsd: 0.007,
    });
    expect(title).toMatchObject({ routes: ['cheap'], tasks: 2, successfulTasks: 1, costUsd: 0.00084 });
    expect(router.report()).toMatchObject({ tasks: { length: 2 }, untrackedTasks: 0 });
    router.stop();
  });

  it('has no cost per successful task where none succeeded, and learns of none once stopped', async () => {
    const router = routeModel({ ...ROUTES, routes: [] });
    const fails = () =>
      withTask('t', async (task) => {
        await call(router.llmOptions('answer'));
        task.fail();
      });
    await fails();
    router.stop();
    await fails();
    const [row] = router.report().tasks;
    expect(row?.tasks).toBe(1);
    expect(row).not.toHaveProperty('costPerSuccessfulTaskUsd');
  });

  it('passes on what a compressed history saves', async () => {
    const tracing = startTracing();
    const router = routeModel({ ...ROUTES, routes: [] });
    await call(router.llmOptions('answer', { counterfactual: { inputTokens: 1000 } }));
    expect(tracing.attributes('chat gpt-4o')['cost.saved_usd']).toBe(0.0025);
    router.stop();
  });

  it('is refused with wrong options', () => {
    const routes = (route: object) => () => routeModel({ ...ROUTES, routes: [route] } as never);
    expect(routes({ name: 'a', model: 'm', when: 5 })).toThrow('routes[0].when');
    expect(routes({ name: 'a', when: 'x' })).toThrow('routes[0].model');
    expect(routes({ name: 'default', model: 'm', when: 'x' })).toThrow('different names');
    expect(routes({ name: 'a', model: 'm', when: 'x', extra: 1 })).toThrow('routes[0].extra');
    expect(() => routeModel({ routes: [] } as never)).toThrow('default');
  });
});
