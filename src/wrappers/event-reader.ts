/** Reads the JSON events of a body as its bytes pass: server-sent events, or one JSON text per line. */

/** Longer than any event with usage, and than an image as base64. The rest of a longer line is skipped. */
const MAX_LINE_CHARS = 32 * 1024 * 1024;

export class EventReader {
  private readonly decoder = new TextDecoder();
  private line = '';
  /** The data of an event whose other lines are still to come. */
  private data = '';

  constructor(private readonly take: (event: unknown) => void) {}

  push(bytes: unknown): void {
    if (!(bytes instanceof Uint8Array)) return;
    const lines = this.decoder.decode(bytes, { stream: true }).split(/\r\n|\n|\r/);
    const last = lines.pop() ?? '';
    for (const line of lines) {
      this.read(this.line + line);
      this.line = '';
    }
    if (this.line.length + last.length <= MAX_LINE_CHARS) this.line += last;
  }

  /** The body has ended, possibly without an end of its last line. */
  end(): void {
    this.read(this.line);
    this.read('');
    this.line = '';
  }

  private read(line: string): void {
    if (line.startsWith('data:')) this.data += `${line.slice(5)}\n`;
    else if (line.startsWith('{')) this.parse(line);
    else if (line === '' && this.data !== '') {
      this.parse(this.data);
      this.data = '';
    }
  }

  private parse(text: string): void {
    try {
      this.take(JSON.parse(text));
    } catch {
      // `[DONE]`, or an event that is not JSON.
    }
  }
}
