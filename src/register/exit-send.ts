import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isRecord } from '../validate.js';
import type { Signal } from './environment.js';
import type { ExitAnswer, ExitSendRequest } from './exit-sender.js';

const SENDER_FILE = fileURLToPath(new URL('./exit-sender.js', import.meta.url));

/** The time that the other process needs to stop, so that it ends by itself. */
const STOP_MILLIS = 200;

/** 256 requests whose answers have the longest error text of a proxy. */
const MAX_OUTPUT_BYTES = 16 * 1024 * 1024;

/** The requests of one signal. */
export interface ExitParcel {
  signal: Signal;
  /** The file of the exporter that sent this signal while the app ran. */
  exporterFile: string;
  /** Called once. */
  makeBodies(): Uint8Array[];
  /** Called once with the answer to each body. Undefined where there was none. */
  answered(answers: (ExitAnswer | undefined)[]): void;
}

/** The environment and options that another process needs to send as this one did, whatever the app changes later. */
export interface ExitSetting {
  env: NodeJS.ProcessEnv;
  nodeOptions: string[];
}

/** Options of Node.js that change how it connects. All others, such as preloads, are left out. */
const NETWORK_OPTION = /^--(no-)?(use-|tls-|openssl-|dns-|network-family|enable-fips|force-fips)/;

/** Variables that name a file, which exporters look for in the folder where the app was started. */
const FILE_VARIABLE = /^OTEL_EXPORTER_OTLP_(.+_)?(CERTIFICATE|CLIENT_KEY)$/;

export function exitSetting(): ExitSetting {
  const env = { ...process.env };
  for (const [name, path] of Object.entries(env)) {
    if (path && FILE_VARIABLE.test(name)) env[name] = resolve(path);
  }
  const options = [...(env.NODE_OPTIONS ?? '').split(/\s+/), ...process.execArgv];
  return {
    env: { ...env, NODE_OPTIONS: '' },
    nodeOptions: networkOptions(options),
  };
}

function networkOptions(options: readonly string[]): string[] {
  const kept: string[] = [];
  let isKept = false;
  for (const text of options) {
    // An argument without a dash is the value of the option before it.
    if (text.startsWith('-')) isKept = NETWORK_OPTION.test(text);
    if (isKept) kept.push(text);
  }
  return kept;
}

/**
 * Sends everything at once, and waits for the answers without the event loop. Never throws.
 *
 * @param timeoutMillis the longest this may take
 */
export function sendAtExit(
  parcels: readonly ExitParcel[],
  setting: ExitSetting,
  timeoutMillis: number,
): void {
  const deadlineMillis = Date.now() + timeoutMillis - STOP_MILLIS;
  const packed = parcels.map((parcel) => ({ parcel, bodies: bodiesOf(parcel) }));
  const signals = packed.map(({ parcel: { signal, exporterFile }, bodies }) => ({
    signal,
    exporterFile,
    bodies: bodies.length,
  }));
  const input = packed.flatMap(({ bodies }) => bodies);
  const answers = input.length === 0 ? [] : answersTo({ signals, deadlineMillis }, input, setting);
  let first = 0;
  for (const { parcel, bodies } of packed) {
    parcel.answered(bodies.map((_, index) => answers[first + index]));
    first += bodies.length;
  }
}

/** Empty if they could not be created. */
function bodiesOf(parcel: ExitParcel): Uint8Array[] {
  try {
    return parcel.makeBodies();
  } catch {
    // No memory, for example. Their content counts as lost and is reported.
    return [];
  }
}

/** The answers by the index of the request. */
function answersTo(
  request: ExitSendRequest,
  bodies: readonly Uint8Array[],
  { env, nodeOptions }: ExitSetting,
): ExitAnswer[] {
  const answers: ExitAnswer[] = [];
  const timeoutMillis = request.deadlineMillis - Date.now();
  if (timeoutMillis <= 0) return answers;
  try {
    const { stdout } = spawnSync(process.execPath, [...nodeOptions, SENDER_FILE], {
      input: Buffer.concat([Buffer.from(JSON.stringify(request)), ...bodies].flatMap(frame)),
      env,
      stdio: ['pipe', 'pipe', 'ignore'],
      timeout: Math.ceil(timeoutMillis + STOP_MILLIS),
      // The sender is stopped this way only if it does not stop by itself.
      killSignal: 'SIGKILL',
      maxBuffer: MAX_OUTPUT_BYTES,
      windowsHide: true,
    });
    for (const line of stdout.toString('utf8').split('\n')) {
      const answer = answerIn(line);
      if (answer !== undefined) answers[answer.index] = answer;
    }
  } catch {
    // No permission to start a process, for example. Everything counts as lost and is reported.
  }
  return answers;
}

/** Undefined for a line that was cut off. */
function answerIn(line: string): ExitAnswer | undefined {
  try {
    const answer: unknown = JSON.parse(line);
    return isAnswer(answer) ? answer : undefined;
  } catch {
    return undefined;
  }
}

function isAnswer(value: unknown): value is ExitAnswer {
  return isRecord(value) && typeof value.index === 'number' && isRecord(value.rejected);
}

function frame(content: Uint8Array): Uint8Array[] {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(content.byteLength);
  return [length, content];
}
