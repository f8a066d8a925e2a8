/** Requests to the viewer that served this page. */

export type Query = Record<string, string | number | boolean | undefined>;

export function apiPath(path: string, query: Query = {}): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value !== undefined && value !== '') search.set(key, String(value));
  }
  const text = search.toString();
  return text === '' ? path : `${path}?${text}`;
}

/** The body as text, so that answers can be compared. Throws an Error whose message can be shown. */
export async function getText(path: string, signal: AbortSignal): Promise<string> {
  const response = await fetch(path, { signal, headers: { accept: 'application/json' } });
  if (!response.ok) throw new Error(await refusal(response));
  return response.text();
}

/** Starts the demo. Throws an Error whose message can be shown. */
export async function startDemo(): Promise<void> {
  const token = document.querySelector<HTMLMetaElement>('meta[name="agent-cost-token"]')?.content ?? '';
  const response = await fetch('/api/demo', { method: 'POST', headers: { 'x-agent-cost-token': token } });
  if (!response.ok) throw new Error(await refusal(response));
}

async function refusal(response: Response): Promise<string> {
  const body = (await response.text().catch(() => '')).slice(0, 500);
  return readMessage(body) ?? `The viewer answered ${response.status} ${response.statusText}`.trim();
}

function readMessage(body: string): string | undefined {
  try {
    const parsed: unknown = JSON.parse(body);
    if (typeof parsed !== 'object' || parsed === null) return undefined;
    for (const key of ['message', 'error']) {
      const value: unknown = Reflect.get(parsed, key);
      if (typeof value === 'string' && value !== '') return value;
    }
  } catch {
    return body !== '' && !body.startsWith('<') ? body : undefined;
  }
  return undefined;
}
