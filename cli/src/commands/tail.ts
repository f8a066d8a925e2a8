/** `tail`: a receiver that prints what tasks cost, as they grow. */

import { decimalFromPico, usdText } from '../money.js';
import { startServer } from '../server/server.js';
import { openStore, type Store } from '../store/open-store.js';
import { LiveArea } from '../tail/live-area.js';
import { TaskFeed, type Update } from '../tail/task-feed.js';
import { taskTree } from '../tail/task-tree.js';
import type { TaskDetail, TaskRow } from '../task-answers.js';
import { plain } from '../text/paint.js';
import { exportLine } from '../view/banner.js';
import { CommandError, EXIT, type Given, type Terminal } from './command.js';

const MAX_PORT = 65_535;
/** Kept in memory; above it, the oldest traces are deleted. */
const MAX_SPANS = 200_000;
/** Between two looks at the store: often enough to seem immediate. */
const LOOK_MILLIS = 150;
/** Spans may still arrive for tasks that have ended, and nothing tells when one does not. */
const IDLE_LOOK_MILLIS = 1000;

export async function run(given: Given, terminal: Terminal): Promise<number> {
  const port = given.count('port', 1);
  if (port !== undefined && port > MAX_PORT)
    throw new CommandError(`--port is ${port}; the highest is ${MAX_PORT}`);
  const store = await openStore({ maxSpans: MAX_SPANS });
  const server = await startReceiver(store, port);
  const isJson = given.flag('json');
  terminal.stderr.write(`waiting for spans: ${exportLine(server.url, false)}\n`);
  const output = isJson ? new JsonLines(terminal) : new Trees(terminal);
  const feed = new TaskFeed(store, output.showsGrowing);
  try {
    await follow(store, terminal.signal, async (isLast) => output.add(await feed.update(isLast)));
  } finally {
    await server.close();
    await store.close();
  }
  return EXIT.ok;
}

/** Calls `look` after changes and now and then, one after the other, until the signal; then once more. */
async function follow(
  store: Store,
  signal: AbortSignal,
  look: (isLast: boolean) => Promise<void>,
): Promise<void> {
  let wake = (): void => {};
  const stop = store.onChange(() => wake());
  const end = (): void => wake();
  signal.addEventListener('abort', end);
  while (!signal.aborted) {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, IDLE_LOOK_MILLIS);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    wake = () => {};
    if (signal.aborted) break;
    await look(false);
    await new Promise((resolve) => setTimeout(resolve, LOOK_MILLIS));
  }
  stop();
  signal.removeEventListener('abort', end);
  await look(true);
}

interface Output {
  readonly showsGrowing: boolean;
  add(update: Update): void;
}

class Trees implements Output {
  readonly showsGrowing: boolean;
  readonly #area: LiveArea;
  readonly #colour: boolean;

  constructor(private readonly terminal: Terminal) {
    const { stdout, env } = terminal;
    this.showsGrowing = stdout.isTTY === true;
    this.#colour = this.showsGrowing && (env.NO_COLOR ?? '') === '';
    this.#area = new LiveArea(stdout);
  }

  add({ ended, corrected, growing }: Update): void {
    for (const detail of ended) this.#area.print([...this.#tree(detail), '']);
    for (const row of corrected) this.#area.print([correction(row), '']);
    if (this.showsGrowing) this.#area.show(growing.flatMap((detail) => [...this.#tree(detail), '']));
  }

  #tree(detail: TaskDetail): string[] {
    const { columns } = this.terminal.stdout;
    return taskTree(detail, { colour: this.#colour, ...(columns !== undefined && { width: columns }) });
  }
}

function correction({ name, id, total }: TaskRow): string {
  const amount = `${usdText(BigInt(total.pico))}${total.isLowerBound ? '+' : ''}`;
  return `task ${plain(name)} (${plain(id)}) is corrected: it cost ${amount}`;
}

/** One line for each task that has ended, and again when its total is corrected. */
class JsonLines implements Output {
  readonly showsGrowing = false;

  constructor(private readonly terminal: Terminal) {}

  add({ ended, corrected }: Update): void {
    for (const { task } of ended) this.#write(task);
    for (const task of corrected) this.#write(task);
  }

  #write(task: TaskRow): void {
    const usd = decimalFromPico(BigInt(task.total.pico));
    this.terminal.stdout.write(`${JSON.stringify({ ...task, usd })}\n`);
  }
}

async function startReceiver(store: Store, port: number | undefined): ReturnType<typeof startServer> {
  try {
    return await startServer({
      ...(port !== undefined && { port, isPortFixed: true }),
      sink: store,
    });
  } catch (error) {
    await store.close();
    throw new CommandError(error instanceof Error ? error.message : String(error));
  }
}
