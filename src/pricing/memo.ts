interface Row<T> {
  readonly first: string;
  readonly value: T;
  /** Another row with the same second name. */
  readonly next: Row<T> | undefined;
}

/** A bounded table with two names as its key. A look-up builds no key string. */
export class Memo<T> {
  /** Rows that were dropped because the table was full. Each is looked up again when it is next needed. */
  evicted = 0;
  // Keyed by the second name, which distinguishes most rows. Comparing the first name is cheaper than a second
  // look-up.
  private readonly rows = new Map<string, Row<T>>();
  private size = 0;

  constructor(private readonly maxRows: number) {}

  get(first: string, second: string): T | undefined {
    for (let row = this.rows.get(second); row !== undefined; row = row.next) {
      if (row.first === first) return row.value;
    }
    return undefined;
  }

  /** Adds a row for names that have none. A full table is emptied first: most of its names do not occur again. */
  set(first: string, second: string, value: T): void {
    if (this.size >= this.maxRows) {
      this.evicted += this.size;
      this.clear();
    }
    this.rows.set(second, { first, value, next: this.rows.get(second) });
    this.size += 1;
  }

  clear(): void {
    this.rows.clear();
    this.size = 0;
  }
}
