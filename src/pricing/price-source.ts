/** Loads a file or a URL that the app names, within limits of time and size. */

import { readFile, stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

export interface LoadedText {
  text: string;
  /** When the file or the resource was last changed, if that is known. */
  changedMillis: number | undefined;
}

/** Price data has about 1 MB. Parsing this maximum takes about 50 ms, which block the app. */
const MAX_BYTES = 8 * 1024 * 1024;
const TOO_LARGE = `it has more than ${MAX_BYTES / 1024 / 1024} MB`;
const MAX_REDIRECTS = 5;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/** Rejects with an error whose message is the reason. */
export async function loadText(from: string | URL, signal: AbortSignal): Promise<LoadedText> {
  const url = urlOf(from);
  if (url === undefined) return loadFile(String(from), signal);
  if (url.protocol === 'file:') return loadFile(fileURLToPath(url), signal);
  return loadUrl(url, signal);
}

/** Undefined for a path, also one on Windows. */
function urlOf(from: string | URL): URL | undefined {
  if (from instanceof URL) return from;
  return /^(?:https?|file):\/\//i.test(from) ? new URL(from) : undefined;
}

async function loadFile(path: string, signal: AbortSignal): Promise<LoadedText> {
  const { size, mtimeMs, isFile } = await statOf(path);
  // Reading a pipe would wait for its writer.
  if (!isFile) throw new Error('it is not a file');
  if (size > MAX_BYTES) throw new Error(TOO_LARGE);
  return { text: await readFile(path, { encoding: 'utf8', signal }), changedMillis: mtimeMs };
}

async function statOf(path: string): Promise<{ size: number; mtimeMs: number; isFile: boolean }> {
  const found = await stat(path);
  return { size: found.size, mtimeMs: found.mtimeMs, isFile: found.isFile() };
}

async function loadUrl(start: URL, signal: AbortSignal): Promise<LoadedText> {
  let url = start;
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
    const response = await fetch(url, {
      signal,
      redirect: 'manual',
      headers: { accept: 'application/json' },
    });
    const target = REDIRECTS.has(response.status) ? response.headers.get('location') : null;
    if (target === null) return readResponse(response);
    await response.body?.cancel();
    const next = new URL(target, url);
    // Only the named server is trusted with prices.
    if (next.origin !== start.origin) throw new Error(`it is redirected to another origin, ${next.origin}`);
    url = next;
  }
  throw new Error(`it is redirected more than ${MAX_REDIRECTS} times`);
}

async function readResponse(response: Response): Promise<LoadedText> {
  if (!response.ok || response.body === null) {
    await response.body?.cancel();
    throw new Error(`the server answered with status ${response.status}`);
  }
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  const changed = Date.parse(response.headers.get('last-modified') ?? '');
  let text = '';
  let bytes = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    bytes += value.byteLength;
    if (bytes > MAX_BYTES) {
      await reader.cancel();
      throw new Error(TOO_LARGE);
    }
    text += decoder.decode(value, { stream: true });
  }
  text += decoder.decode();
  return { text, changedMillis: Number.isNaN(changed) ? undefined : changed };
}
