import type { Saving } from '../counterfactual.js';
import { InvalidOptionError } from '../errors.js';
import { picoFromUsd, UsdSum } from '../money.js';
import { activeContext } from '../otel.js';
import { addListener } from '../runtime/listeners.js';
import { recordIn } from '../spans/record-lookup.js';
import { expectKnownKeys, expectRecord, expectString, isRecord } from '../validate.js';
import { warnOnce } from '../warnings.js';
import type { LlmOptions } from '../wrappers/options.js';
import { RouteTasks } from './route-tasks.js';
import type { RouteCosts, RoutedModel, RouterReport } from './router-report.js';

/** The input of a router's decision: the name of a step, or an object with a name that predicates can inspect. */
export type RoutedStep = string | { readonly name: string };

/** One route: a model, and the steps that use it. */
export interface RouteOptions<S extends RoutedStep = RoutedStep> extends RoutedModel {
  /** Its name in the report. */
  name: string;
  /**
   * The steps that use the route: a name, a list of names, or a predicate. A predicate that throws counts as false.
   */
  when: string | readonly string[] | ((step: S) => boolean);
}

/** Options of `routeModel`. */
export interface RouterOptions<S extends RoutedStep = RoutedStep> {
  /** The model for steps without a route. Routes are compared with it. */
  default: RoutedModel;
  /** The first matching route is used. At most 100; none may be named `default`. */
  routes: readonly RouteOptions<S>[];
}

/** The options of an LLM call with the chosen model. */
export type RoutedLlmOptions = LlmOptions & { model: string };

const DEFAULT_ROUTE = 'default';
/** Each call checks them one by one. */
const MAX_ROUTES = 100;

/** Creates a router that chooses a model for each step. Throws `InvalidOptionError` for invalid options. */
export function routeModel<S extends RoutedStep = RoutedStep>(options: RouterOptions<S>): ModelRouter<S> {
  return new ModelRouter(options);
}

/** Chooses models, and records the savings and the outcomes of the tasks. */
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

  /** The options to pass to `withLlm`: the chosen model, and the default model for comparison. Never throws. */
  llmOptions(step: S, options: LlmOptions = {}): RoutedLlmOptions {
    const route = this.routes.find((candidate) => candidate.isFor(step)) ?? this.fallback;
    this.tasks.note(recordIn(activeContext())?.task, route.name);
    const given = readable(options);
    const { counterfactual } = given;
    return {
      ...given,
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

  /** The current figures. Tasks are included once they have ended. */
  report(): RouterReport {
    return {
      routes: [...this.routes, this.fallback].map((route) => route.costs()),
      tasks: this.tasks.report(),
      untrackedTasks: this.tasks.untracked,
    };
  }

  /** Stops recording tasks. Models are still chosen. */
  stop(): void {
    this.stopListening();
  }
}

/** A copy of the app's options; none if a getter or proxy throws. */
function readable(options: LlmOptions): LlmOptions {
  try {
    const { counterfactual, ...rest } = isRecord(options) ? options : {};
    return isRecord(counterfactual) ? { ...rest, counterfactual: { ...counterfactual } } : rest;
  } catch (error) {
    warnOnce('options of a routed call that cannot be read are ignored', error);
    return {};
  }
}

class Route<S extends RoutedStep> {
  private calls = 0;
  private readonly cost = new UsdSum();
  private readonly saved = new UsdSum();
  private readonly moreExpensive = new UsdSum();

  constructor(
    readonly name: string,
    readonly target: RoutedModel,
    private readonly test: (step: S) => boolean,
  ) {}

  isFor(step: S): boolean {
    try {
      return this.test(step);
    } catch (error) {
      warnOnce('the predicate of a route threw; it counts as false', error);
      return false;
    }
  }

  count({ costUsd, modelUsd }: Saving): void {
    this.calls += 1;
    this.cost.add(picoFromUsd(costUsd));
    if (modelUsd > 0) this.saved.add(picoFromUsd(modelUsd));
    else this.moreExpensive.add(picoFromUsd(-modelUsd));
  }

  costs(): RouteCosts {
    return {
      route: this.name,
      ...this.target,
      calls: this.calls,
      costUsd: this.cost.toUsd(),
      savedUsd: this.saved.toUsd(),
      dearerUsd: this.moreExpensive.toUsd(),
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
