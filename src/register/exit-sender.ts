/**
 * A process of its own that sends what the app had left when it called `process.exit` or crashed: by then the app
 * can wait for another process, but no longer for its own sockets. Input: frames of four bytes of length (big
 * endian) and content; the first is an {@link ExitSendRequest} in JSON, each other one the body of one request.
 * Output: one character a body, `1` for delivered and `0` for not.
 */

export interface ExitSendRequest {
  url: string;
  headers: Record<string, string>;
  /** For all bodies together, in milliseconds. */
  timeoutMillis: number;
}

/** Requests at once: enough to keep a receiver busy, few enough not to overrun it. */
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
    const response = await fetch(url, { method: 'POST', headers, body: new Uint8Array(body), signal });
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
