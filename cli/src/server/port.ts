import { once } from 'node:events';
import type { Server } from 'node:net';
import { type Holder, portHolder } from './port-holder.js';

export interface Wanted {
  host: string;
  port: number;
  /** A taken port is an error, instead of the next free one. */
  isFixed: boolean;
}

export interface TakenPort {
  port: number;
  /** Undefined where the system does not tell. */
  holder: Holder | undefined;
}

/** Ports that are tried after the wanted one; then any free one is used. */
const TRIES = 20;
const MAX_PORT = 65_535;

/** Rejects when a fixed port is taken, and when the host is none of this machine. */
export async function listenOnFreePort(
  server: Server,
  { host, port, isFixed }: Wanted,
): Promise<{ port: number; taken: TakenPort | undefined }> {
  if (await isListening(server, host, port)) return { port: portOf(server), taken: undefined };
  const taken = { port, holder: await portHolder(port) };
  if (isFixed) throw new Error(describeTaken(taken));
  for (let next = port + 1; next <= Math.min(port + TRIES, MAX_PORT); next++) {
    if (await isListening(server, host, next)) return { port: next, taken };
  }
  if (!(await isListening(server, host, 0))) throw new Error(`no port of ${host} is free`);
  return { port: portOf(server), taken };
}

/** Such as `port 4318 is taken by process 123 (otelcol --config x.yaml)`. */
export function describeTaken({ port, holder }: TakenPort): string {
  if (holder === undefined) return `port ${port} is taken`;
  return `port ${port} is taken by process ${holder.pid} (${holder.command})`;
}

/** False when the port is taken. */
async function isListening(server: Server, host: string, port: number): Promise<boolean> {
  server.listen({ host, port });
  try {
    await once(server, 'listening');
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') return false;
    throw error;
  }
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return address.port;
}
