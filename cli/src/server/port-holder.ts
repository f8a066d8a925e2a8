/** Which process listens on a port, as Linux tells in /proc: for root all of them, for others their own. */
import { readdir, readFile, readlink } from 'node:fs/promises';

export interface Holder {
  pid: number;
  /** The command line, cut to 120 characters. */
  command: string;
}

const LISTENING = '0A';
const MAX_COMMAND = 120;

/** Undefined where the system does not tell. Never rejects. */
export async function portHolder(port: number): Promise<Holder | undefined> {
  try {
    const tables = await Promise.all(['/proc/net/tcp', '/proc/net/tcp6'].map(readOrNothing));
    const sockets = new Set(tables.flatMap((table) => listeningSockets(table, port)));
    if (sockets.size === 0) return undefined;
    for (const name of await readdir('/proc')) {
      if (/^\d+$/.test(name) && (await hasSocket(name, sockets))) return await holderOf(name);
    }
  } catch {
    // Another system, or the process has ended meanwhile.
  }
  return undefined;
}

/** Links to the sockets, as file descriptors show them. A line is: number, local address, remote address, state, …, inode. */
function listeningSockets(table: string, port: number): string[] {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  return table
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local, , state]) => local?.endsWith(suffix) && state === LISTENING)
    .map((columns) => `socket:[${columns[9]}]`);
}

async function hasSocket(pid: string, sockets: ReadonlySet<string>): Promise<boolean> {
  const folder = `/proc/${pid}/fd`;
  const names = await readdir(folder).catch(() => []);
  for (const name of names) {
    const link = await readlink(`${folder}/${name}`).catch(() => '');
    if (sockets.has(link)) return true;
  }
  return false;
}

async function holderOf(pid: string): Promise<Holder> {
  const line = (await readOrNothing(`/proc/${pid}/cmdline`)).replaceAll('\0', ' ').trim();
  return { pid: Number(pid), command: line.length > MAX_COMMAND ? `${line.slice(0, MAX_COMMAND)}…` : line };
}

async function readOrNothing(file: string): Promise<string> {
  return await readFile(file, 'utf8').catch(() => '');
}
