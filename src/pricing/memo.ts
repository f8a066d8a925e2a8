/** A bounded table by two names, looked up without building a key. */
export class Memo<T> {
  /** Rows dropped because the table was full; each is found anew when it is next asked for. */
  evicted = 0;
  private readonly rows = new Map<string, Map<string, T>>();
  private size = 0;
  /** The row last read: one provider follows itself, and comparing a name is less work than finding it. */
  private lastFirst: string | undefined;
  private lastRow: Map<string, T> | undefined;

  constructor(private readonly maxRows: number) {}

  get(first: string, second: string): T | undefined {
    if (first !== this.lastFirst) {
      this.lastFirst = first;
      this.lastRow = this.rows.get(first);
    }
    return this.lastRow?.get(second);
  }

  /** A full table is emptied: it is full of names that do not come again, and those that do are soon back. */
  set(first: string, second: string, value: T): void {
    if (this.size >= this.maxRows) {
      this.evicted += this.size;
      this.clear();
    }
    let row = this.rows.get(first);
    if (row === undefined) {
      row = new Map();
      this.rows.set(first, row);
      this.lastFirst = undefined;
    }
    row.set(second, value);
    this.size += 1;
  }

  clear(): void {
    this.rows.clear();
    this.lastFirst = undefined;
    this.size = 0;
  }
}
