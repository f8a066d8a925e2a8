/**
 * A separate process that sends the remaining data when the app called `process.exit` or crashed: the app can then
 * still wait for another process, but no longer for its own sockets. Input: frames of a four-byte length (big
 * endian) and content. The first is an {@link ExitSendRequest} in JSON, the others are one request body each.
 * Output: one character per body, `1` for delivered and `0` for not delivered.
 */

export interface ExitSendRequest {
  url: string;
  headers: Record<string, string>;
  /** For all bodies together, in milliseconds. */
  timeoutMillis: number;
}

/** Concurrent requests: enough to keep a receiver busy, few enough not to overload it. */
const CONCURRENT_REQUESTS = 8;

async function main(): Promise<void> {
  const [head, ...bodies] = frames(await readInput());
  if (head === undefined) return;
  const request: ExitSendRequest = JSON.parse(head.toString('utf8'));
  const signal = AbortSignal.timeout(request.timeoutMillis);
  const delivered = bodies.map(() => '0');

  const queue = bodies.entries();
  const worker = async () => {
    for (const [index, body] of queue) {
      if (await post(request, body, signal)) delivered[index] = '1';
    }
  };
  await Promise.all(Array.from({ length: CONCURRENT_REQUESTS }, worker));
  process.stdout.write(delivered.join(''));
}

async function post({ url, headers }: ExitSendRequest, body: Buffer, signal: AbortSignal): Promise<boolean> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers,
      body: new Uint8Array(body),
      // A redirect would send the headers to another server, and none of the OTLP exporters follows one.
      redirect: 'manual',
      signal,
    });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
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
