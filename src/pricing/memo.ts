interface Row<T> {
  readonly first: string;
  readonly value: T;
  /** Another row of the same second name. */
  readonly next: Row<T> | undefined;
}

/** A bounded table by two names, looked up without building a key. */
export class Memo<T> {
  /** Rows dropped because the table was full; each is found anew when it is next asked for. */
  evicted = 0;
  // By the name that tells most rows apart: the other one is compared, which is less work than a second look-up.
  private readonly rows = new Map<string, Row<T>>();
  private size = 0;

  constructor(private readonly maxRows: number) {}

  get(first: string, second: string): T | undefined {
    for (let row = this.rows.get(second); row !== undefined; row = row.next) {
      if (row.first === first) return row.value;
    }
    return undefined;
  }

  /** For names that have no row yet. A full table is emptied: it is full of names that do not come again. */
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
