/** HTTP for both provider clients: JSON out, JSON or server-sent events back. */

/**
 * Yields the JSON of each `data:` line of a streamed response; ends at `[DONE]`.
 * @param {Response} response @returns {AsyncGenerator<any>}
 */
export async function* readEvents(response) {
  let rest = '';
  const decoder = new TextDecoder();
  for await (const bytes of response.body ?? []) {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (!line.startsWith('data:')) continue;
      const data = line.slice('data:'.length).trim();
      if (data === '[DONE]') return;
      yield JSON.parse(data);
    }
  }
}

/**
 * POSTs JSON and checks the status; the error of a refused request shows what the provider said.
 * @param {string} url @param {Record<string, string>} headers @param {object} body @param {AbortSignal} [signal]
 */
export async function postJson(url, headers, body, signal) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
    ...(signal && { signal }),
  });
  if (!response.ok)
    throw new Error(`${response.status} from ${url}: ${(await response.text()).slice(0, 300)}`);
  return response;
}
