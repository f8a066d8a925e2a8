/** The keys of a store. All keys of one script have one hash tag, so that they are on one node of a cluster. */
import { createHash } from 'node:crypto';
import type { RowKey, StoreBudget, StorePeriod } from 'otel-agent-cost/shared';

/** An encoded name that is longer is cut. Names of the usual length stay readable. */
const MAX_NAME_CHARS = 120;

/**
 * A name as a part of a key: percent-encoded, so that it has no `{`, `}`, `:` or control character. A long one is cut and
 * ends with `~` and the hash of the whole.
 */
export function encodeName(name: string): string {
  // With the flag `u`, a lone surrogate is a character of its own. It has no UTF-8.
  const encoded = name.replace(/[^\w.-]/gu, (char) =>
    char.length === 1 && char >= '\ud800' && char <= '\udfff'
      ? `%u${char.charCodeAt(0).toString(16)}`
      : [...Buffer.from(char)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join(''),
  );
  if (encoded.length <= MAX_NAME_CHARS) return encoded;
  const hash = createHash('sha256').update(encoded).digest('hex');
  return `${encoded.slice(0, MAX_NAME_CHARS - hash.length - 1)}~${hash}`;
}

export class Keys {
  constructor(private readonly prefix: string) {}

  /** The mark of the store's generation. */
  get generation(): string {
    return `${this.prefix}:generation`;
  }

  row({ kind, id }: RowKey): string {
    return `${this.prefix}:{${kind}:${encodeName(id)}}:parts`;
  }

  /** The amounts and holds of each period, and the index of its leases. */
  periods(budget: StoreBudget, periods: readonly StorePeriod[]): string[] {
    const base = this.budget(budget);
    return periods.flatMap(({ name }) => [
      `${base}:use:${encodeName(name)}`,
      `${base}:leases:${encodeName(name)}`,
    ]);
  }

  /** The versions of the writers of a budget, and when they last wrote. */
  writers(budget: StoreBudget): string[] {
    const base = this.budget(budget);
    return [`${base}:versions`, `${base}:writers`];
  }

  private budget({ kind, name }: StoreBudget): string {
    return `${this.prefix}:{budget:${encodeName(kind)}:${encodeName(name)}}`;
  }
}
