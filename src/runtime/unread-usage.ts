/** Numbers in usage that this package neither reads nor knows to be irrelevant. */
import { shortText } from '../short-text.js';
import { warnOnce } from '../warnings.js';

/** The most paths that are named. A provider adds a few at a time. */
const MAX_PATHS = 100;

export class UnreadUsage {
  private readonly named = new Set<string>();

  /** `ignored`: paths that the app knows to be irrelevant. */
  constructor(private readonly ignored: ReadonlySet<string>) {}

  /** Names each path once. Returns false when the app knows all of them to be irrelevant. */
  note(paths: readonly string[]): boolean {
    const unknown = paths.filter((path) => !this.ignored.has(path));
    for (const path of unknown) this.name(path);
    return unknown.length > 0;
  }

  /** The paths so far, such as `usage.prompt_tokens_details.foo_tokens`. At most 100. */
  get paths(): readonly string[] {
    return [...this.named];
  }

  private name(path: string): void {
    if (this.named.has(path) || this.named.size >= MAX_PATHS) return;
    this.named.add(shortText(path));
    warnOnce(
      `usage has an unknown number: ${shortText(path)}. Calls with it are estimated. ` +
        `If it is irrelevant for the bill: knownUsage: { ignore: ['${shortText(path)}'] }`,
    );
  }
}
