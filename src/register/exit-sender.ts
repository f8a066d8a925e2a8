/**
 * A separate process that sends the remaining data when the app called `process.exit` or crashed: the app can then
 * still wait for another process, but no longer for its own sockets. It sends with the exporters that the app had, in
 * the app's environment. So endpoints, credentials, certificates, compression, retries and the reading of answers are
 * the same as while the app ran.
 *
 * Input: frames of a four-byte length (big endian) and content. The first is an {@link ExitSendRequest} in JSON, the
 * others are one serialized request each, in the order of the signals. Output: an {@link ExitAnswer} in JSON per line, as
 * soon as it is known.
 */
import { AbsentReceiver } from './absent-receiver.js';
import type { Signal } from './environment.js';
import { messageOf } from './notice.js';
import { serializersOf } from './otlp-transformer.js';
import { loadPackage } from './packages.js';
import { type Rejected, watchRejections } from './rejections.js';

export interface ExitSendRequest {
  signals: ExitSignal[];
  /** When to stop, in milliseconds since 1970. */
  deadlineMillis: number;
}

interface ExitSignal {
  signal: Signal;
  /** The file of the app's exporter. */
  exporterFile: string;
  /** The number of requests. */
  bodies: number;
}

/** The answer to one request. */
export interface ExitAnswer {
  /** The position of the request over all signals. */
  index: number;
  /** Why it was not delivered. Undefined when a receiver took it. */
  error?: string | undefined;
  /** The part that the receiver rejected. */
  rejected: Rejected;
}

/** The part of an exporter that is needed. */
interface Exporter {
  export(payload: object, done: (result: { code: number; error?: Error }) => void): void;
}
type ExporterClass = new (options: { timeoutMillis: number; concurrencyLimit: number }) => Exporter;
type ExporterPackage = Partial<Record<string, ExporterClass>>;

const CLASS_NAMES: Readonly<Record<Signal, string>> = {
  traces: 'OTLPTraceExporter',
  metrics: 'OTLPMetricExporter',
};

/** Concurrent requests of a signal: enough for a slow receiver, few enough not to overload it. */
const CONCURRENT_REQUESTS = 32;

const EXPORT_SUCCESS = 0;
const EXPORT_FAILURE = 1;

async function main(): Promise<void> {
  const [head, ...bodies] = frames(await readInput());
  if (head === undefined) return;
  const { signals, deadlineMillis }: ExitSendRequest = JSON.parse(head.toString('utf8'));
  // A receiver that does not answer must not keep this process, for which the app waits.
  setTimeout(() => process.exit(), Math.max(0, deadlineMillis - Date.now()));
  let first = 0;
  // All signals are sent at once, so that a slow one does not use up the time of the others.
  const sent = signals.map((signal) => {
    const start = first;
    first += signal.bodies;
    return sendAll(signal, bodies.slice(start, first), start, deadlineMillis);
  });
  await Promise.all(sent);
  process.exit();
}

async function sendAll(
  { signal, exporterFile }: ExitSignal,
  bodies: readonly Buffer[],
  start: number,
  deadlineMillis: number,
): Promise<void> {
  const send = sender(signal, exporterFile, deadlineMillis);
  const queue = bodies.entries();
  const worker = async () => {
    for (const [index, body] of queue) answer({ index: start + index, ...(await send(body)) });
  };
  await Promise.all(Array.from({ length: CONCURRENT_REQUESTS }, worker));
}

/** Returns a function that sends one serialized request with the exporter in that file. */
function sender(signal: Signal, exporterFile: string, deadlineMillis: number) {
  const bodies = new WeakMap<object, Buffer>();
  for (const serializer of serializersOf(exporterFile)[signal]) {
    serializer.serializeRequest = (payload: object) => bodies.get(payload);
  }
  const rejections = watchRejections(exporterFile, signal);
  const Exporter = loadPackage<ExporterPackage>(exporterFile)[CLASS_NAMES[signal]];
  if (Exporter === undefined) throw new Error(`${exporterFile} has no exporter`);
  const timeoutMillis = Math.max(1, deadlineMillis - Date.now());
  const exporter = new Exporter({ timeoutMillis, concurrencyLimit: CONCURRENT_REQUESTS });
  const receiver = new AbsentReceiver();
  return (body: Buffer) =>
    new Promise<Omit<ExitAnswer, 'index'>>((resolve) => {
      // An empty payload of either signal: exporters count its items.
      const payload = Object.assign([], { scopeMetrics: [] });
      bodies.set(payload, body);
      const done = (code: number, error: Error | undefined) => {
        const rejected = rejections.take();
        resolve(
          code === EXPORT_SUCCESS ? { rejected } : { rejected, error: messageOf(error ?? 'no answer') },
        );
      };
      receiver.watch(() => exporter.export(payload, ({ code, error }) => done(code, error)));
      void receiver.gaveUp.then((error) => done(EXPORT_FAILURE, error));
    });
}

function answer(content: ExitAnswer): void {
  process.stdout.write(`${JSON.stringify(content)}\n`);
}

async function readInput(): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function frames(input: Buffer): Buffer[] {
  const found: Buffer[] = [];
  for (let at = 0; at < input.length; ) {
    const end = at + 4 + input.readUInt32BE(at);
    found.push(input.subarray(at + 4, end));
    at = end;
  }
  return found;
}

await main();
