/** Random work of agents: trees of operations with random waits, in random order of ends. */
import fc from 'fast-check';

/** `gpt-4o-mini`: 0.15 and 0.60 USD a million tokens. */
export const MODEL = 'gpt-4o-mini';
const UNKNOWN_MODEL = 'a-model-nobody-prices';
export const INPUT_PICO = 150_000n;
export const OUTPUT_PICO = 600_000n;
/** Made with our wrappers. */
export const OWN_KINDS = ['session', 'task', 'agent', 'step', 'llm', 'tool', 'record'] as const;
/** Spans of another instrumentation. */
export const FOREIGN_KINDS = ['plain', 'foreignAgent', 'foreignTool', 'foreignLlm', 'aggregate'] as const;
export type OwnKind = (typeof OWN_KINDS)[number];
export type ForeignKind = (typeof FOREIGN_KINDS)[number];
export type WorkKind = OwnKind | ForeignKind;

/** One operation and what happens inside it. Fields that a kind has no use for are there all the same. */
export interface Work {
  kind: WorkKind;
  /** Turns of the event loop: before it starts, before each child, before it ends. */
  waits: readonly [start: number, between: number, end: number];
  /** What is around it does not wait for it, and may end first. */
  detached: boolean;
  /** Children run side by side. */
  parallel: boolean;
  /** A wrapper's function returns a plain value at once, so that every child outlives it. */
  sync: boolean;
  throws: boolean;
  /** A foreign span gets its attributes only just before it ends. */
  late: boolean;
  inputTokens: number;
  outputTokens: number;
  /** Whether the model has a known price. */
  priced: boolean;
  /** USD: of tools and recorded costs. */
  costUsd: number;
  /** Which of a kind's forms it takes. */
  form: number;
  /** Which of a case's sessions it enters. */
  session: number;
  children: Work[];
}

export interface WorkOptions {
  kinds: readonly WorkKind[];
  /** Output tokens are twice the input, so that of two statements one is the larger on both sides. */
  proportional?: boolean;
  unknownModels?: boolean;
  detached?: boolean;
  throws?: boolean;
}

const FORMS = 8;

/** Up to four trees that run at the same time. */
export function forests(options: WorkOptions): fc.Arbitrary<Work[]> {
  return fc.array(works(options), { minLength: 1, maxLength: 4 }).map(printable);
}

/** A counterexample is printed as one line an operation. */
export function printable(forest: Work[]): Work[] {
  const lines = (work: Work, indent: string): string[] => [
    `${indent}${textOf(work)}`,
    ...work.children.flatMap((child) => lines(child, `${indent}  `)),
  ];
  const print = () => ['', ...forest.flatMap((work) => lines(work, '  '))].join('\n');
  return Object.defineProperty(forest, fc.toStringMethod, { value: print });
}

function textOf(work: Work): string {
  const flags = ['detached', 'parallel', 'sync', 'throws', 'late', 'priced'] as const;
  const { kind, waits, form, session, inputTokens, outputTokens, costUsd } = work;
  const on = flags.filter((flag) => work[flag]).join(' ');
  return `${kind} form ${form} session ${session} waits ${waits} tokens ${inputTokens}+${outputTokens} $${costUsd} ${on}`;
}

export function works(options: WorkOptions): fc.Arbitrary<Work> {
  const { proportional = false, unknownModels = false, detached = true, throws = true } = options;
  const sometimes = (allowed: boolean) => (allowed ? fc.nat(3).map((at) => at === 3) : fc.constant(false));
  const { work } = fc.letrec<{ work: Work; children: Work[] }>((tie) => ({
    work: fc
      .record(
        {
          kind: fc.constantFrom(...options.kinds),
          waits: fc.tuple(fc.nat(3), fc.nat(2), fc.nat(3)),
          detached: sometimes(detached),
          parallel: fc.boolean(),
          sync: sometimes(detached),
          throws: sometimes(throws),
          late: fc.boolean(),
          inputTokens: fc.nat(1000),
          outputTokens: fc.nat(1000),
          priced: sometimes(unknownModels).map((unknown) => !unknown),
          costUsd: fc.oneof(
            fc.nat(100).map((cents) => cents / 100),
            fc.double({ min: 0, max: 2, noNaN: true }),
          ),
          form: fc.nat(FORMS - 1),
          session: fc.nat(1),
          children: tie('children'),
        },
        { noNullPrototype: true },
      )
      .map((made) => (proportional ? { ...made, outputTokens: made.inputTokens * 2 } : made)),
    children: fc.oneof(
      { maxDepth: 4, depthSize: 'small' },
      fc.constant<Work[]>([]),
      fc.array(tie('work'), { minLength: 1, maxLength: 3 }),
    ),
  }));
  return work;
}

/** Every operation of a tree, outermost first. */
export function* everyWork(work: Work): Generator<Work> {
  yield work;
  for (const child of work.children) yield* everyWork(child);
}

export function modelOf(work: Work): string {
  return work.priced ? MODEL : UNKNOWN_MODEL;
}

/**
 * True where a task in which nothing was billed by its end is at or below this work while calls run outside every task:
 * those may be its own, run by a queue, so it may say that it is incomplete.
 */
export function mayHaveCallsOutside(work: Work, forest: readonly Work[]): boolean {
  const OUTSIDE: readonly WorkKind[] = ['llm', 'tool', 'record'];
  const isOutside = ({ kind, children }: Work): boolean =>
    kind !== 'task' && (OUTSIDE.includes(kind) || children.some(isOutside));
  // What nobody waits for may begin only after the end, and a tool or a recorded cost may be free.
  const awaitsCall = ({ sync, children }: Work): boolean =>
    !sync && children.some((child) => !child.detached && (child.kind === 'llm' || awaitsCall(child)));
  const isIdleTask = (inside: Work) => inside.kind === 'task' && !awaitsCall(inside);
  return forest.some(isOutside) && [...everyWork(work)].some(isIdleTask);
}
