/** The bottom of a terminal, where lines are replaced in place. What is printed above it stays. */

import type { Screen } from '../commands/command.js';

const DEFAULT_ROWS = 24;

export class LiveArea {
  #shown = 0;

  constructor(private readonly screen: Screen) {}

  /** Prints lines that stay, above the area. */
  print(lines: readonly string[]): void {
    this.#write(`${this.#erasure()}${lines.map((line) => `${line}\n`).join('')}`);
  }

  /** Replaces the lines of the area. Only the last ones are shown if there are more than rows. */
  show(lines: readonly string[]): void {
    const room = Math.max((this.screen.rows ?? DEFAULT_ROWS) - 1, 1);
    const shown = lines.length <= room ? lines : lines.slice(-room);
    this.#write(`${this.#erasure()}${shown.map((line) => `${line}\n`).join('')}`);
    this.#shown = shown.length;
  }

  /** Up to the first line of the area, and everything below cleared. */
  #erasure(): string {
    const erasure = this.#shown === 0 ? '' : `\u001b[${this.#shown}A\u001b[0J`;
    this.#shown = 0;
    return erasure;
  }

  #write(text: string): void {
    if (text !== '') this.screen.write(text);
  }
}
