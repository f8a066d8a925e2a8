/** A ring buffer: keeps the latest items. */
export class Ring<T> {
  /** Items that were dropped to make room for later ones. */
  dropped = 0;
  private readonly items: T[] = [];
  private oldest = 0;

  constructor(private readonly most: number) {}

  push(item: T): void {
    if (this.items.length < this.most) {
      this.items.push(item);
      return;
    }
    this.items[this.oldest] = item;
    this.oldest = (this.oldest + 1) % this.most;
    this.dropped += 1;
  }

  /** Oldest first. */
  toArray(): T[] {
    return [...this.items.slice(this.oldest), ...this.items.slice(0, this.oldest)];
  }
}
