import { picoFromUsd, UsdSum } from '../money.js';
import { activeContext } from '../otel.js';
import type { Saving } from '../pipeline/counterfactual.js';
import { addListener } from '../runtime/listeners.js';
import { recordIn } from '../spans/record-lookup.js';
import { expectKnownKeys, expectRecord, expectString, InvalidOptionError } from '../validate.js';
import { warnOnce } from '../warnings.js';
import type { LlmOptions } from '../wrappers/llm-options.js';
import { type RoutedTasks, RouteTasks } from './route-tasks.js';

/** What a router decides by: the name of a step, or an object with it that predicates can look at. */
export type RoutedStep = string | { readonly name: string };

export interface RoutedModel {
  model: string;
  /** Who serves it: `gen_ai.provider.name`. */
  provider?: string;
}

export interface RouteOptions<S extends RoutedStep = RoutedStep> extends RoutedModel {
  /** What to call it in the report. */
  name: string;
  /** The steps it is for: a name, some names, or a test. A test that throws is a no. */
  when: string | readonly string[] | ((step: S) => boolean);
}

export interface RouterOptions<S extends RoutedStep = RoutedStep> {
  /** The model of the steps that no route is for, and the one that routes are compared with. */
  default: RoutedModel;
  /** The first that fits is taken. At most 100, and none is named `default`. */
  routes: readonly RouteOptions<S>[];
}

/** What the calls of one route have cost, against the default model with the same tokens, at list prices. */
export interface RouteCosts extends RoutedModel {
  route: string;
  /** Calls of known cost. */
  calls: number;
  costUsd: number;
  /** On calls that were cheaper. */
  savedUsd: number;
  /** On calls that were dearer: not part of `cost.saved_usd`, which is never negative. */
  dearerUsd: number;
}

export interface RouterReport {
  routes: readonly RouteCosts[];
  /** What counts in the end: a cheap model that needs more steps, or fails more often, shows here. */
  tasks: readonly RoutedTasks[];
  /** Tasks that are not in `tasks`, because more than 10,000 were open at once or there were 1,000 kinds of them. */
  untrackedTasks: number;
}

/** The options of an LLM call, with the model that was chosen. */
export type RoutedLlmOptions = LlmOptions & { model: string };

const DEFAULT_ROUTE = 'default';
/** Each call goes through them one by one. */
const MAX_ROUTES = 100;

/** Chooses a model for each step. Throws `InvalidOptionError` for wrong options. */
export function routeModel<S extends RoutedStep = RoutedStep>(options: RouterOptions<S>): ModelRouter<S> {
  return new ModelRouter(options);
}

/** Chooses models, and keeps book on what that saved and whether the tasks came out. */
export class ModelRouter<S extends RoutedStep = RoutedStep> {
  private readonly routes: readonly Route<S>[];
  private readonly fallback: Route<S>;
  private readonly tasks = new RouteTasks();
  private readonly stopListening = addListener(this.tasks);

  constructor(options: RouterOptions<S>) {
    const given = expectRecord('routeModel options', options);
    expectKnownKeys('routeModel options', given, ['default', 'routes']);
    const standard = checkModel('default', options.default);
    if (!Array.isArray(options.routes) || options.routes.length > MAX_ROUTES) {
      throw new InvalidOptionError('routes', options.routes, `a list of at most ${MAX_ROUTES} routes`);
    }
    this.fallback = new Route<S>(DEFAULT_ROUTE, standard, () => true);
    this.routes = options.routes.map((route, index) => routeOf(`routes[${index}]`, route));
    const names = new Set([DEFAULT_ROUTE, ...this.routes.map(({ name }) => name)]);
    if (names.size <= this.routes.length) {
      throw new InvalidOptionError(
        'routes',
        options.routes,
        'routes of different names, none of them default',
      );
    }
  }

  /** What to hand to `withLlm`: the chosen model, and the default one as what the call is compared with. Never throws. */
  llmOptions(step: S, options: LlmOptions = {}): RoutedLlmOptions {
    const route = this.routes.find((candidate) => candidate.isFor(step)) ?? this.fallback;
    this.tasks.note(recordIn(activeContext())?.task, route.name);
    const { counterfactual } = options;
    return {
      ...options,
      ...route.target,
      counterfactual: {
        ...counterfactual,
        ...this.fallback.target,
        onSettled: (saving) => {
          route.count(saving);
          counterfactual?.onSettled?.(saving);
        },
      },
    };
  }

  /** Where things stand. Tasks are in it once they have ended. */
  report(): RouterReport {
    return {
      routes: [...this.routes, this.fallback].map((route) => route.costs()),
      tasks: this.tasks.report(),
      untrackedTasks: this.tasks.untracked,
    };
  }

  /** Ends the book-keeping on tasks; models are still chosen. */
  stop(): void {
    this.stopListening();
  }
}

class Route<S extends RoutedStep> {
  private calls = 0;
  private readonly cost = new UsdSum();
  private readonly saved = new UsdSum();
  private readonly dearer = new UsdSum();

  constructor(
    readonly name: string,
    readonly target: RoutedModel,
    private readonly test: (step: S) => boolean,
  ) {}

  isFor(step: S): boolean {
    try {
      return this.test(step);
    } catch (error) {
      warnOnce('the test of a route threw; it is a no', error);
      return false;
    }
  }

  count({ costUsd, modelUsd }: Saving): void {
    this.calls += 1;
    this.cost.add(picoFromUsd(costUsd));
    if (modelUsd > 0) this.saved.add(picoFromUsd(modelUsd));
    else this.dearer.add(picoFromUsd(-modelUsd));
  }

  costs(): RouteCosts {
    return {
      route: this.name,
      ...this.target,
      calls: this.calls,
      costUsd: this.cost.toUsd(),
      savedUsd: this.saved.toUsd(),
      dearerUsd: this.dearer.toUsd(),
    };
  }
}

function routeOf<S extends RoutedStep>(option: string, route: RouteOptions<S>): Route<S> {
  const given = expectRecord(option, route);
  expectKnownKeys(option, given, ['name', 'when', 'model', 'provider']);
  return new Route(
    expectString(`${option}.name`, route.name),
    checkModel(option, route),
    testOf(option, route.when),
  );
}

function checkModel(option: string, value: RoutedModel): RoutedModel {
  const { model, provider } = expectRecord(option, value);
  return {
    model: expectString(`${option}.model`, model),
    ...(provider !== undefined && { provider: expectString(`${option}.provider`, provider) }),
  };
}

function testOf<S extends RoutedStep>(option: string, when: RouteOptions<S>['when']): (step: S) => boolean {
  if (typeof when === 'function') return when;
  const names = typeof when === 'string' ? [when] : when;
  if (!Array.isArray(names)) {
    throw new InvalidOptionError(
      `${option}.when`,
      when,
      'the name of a step, a list of names, or a function',
    );
  }
  const wanted = new Set(names.map((name, index) => expectString(`${option}.when[${index}]`, name)));
  return (step) => wanted.has(typeof step === 'string' ? step : step.name);
}
