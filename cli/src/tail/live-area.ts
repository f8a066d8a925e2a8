/** The bottom of a terminal, where lines are replaced in place. What is printed above it stays. */

import type { Screen } from '../commands/command.js';

const DEFAULT_ROWS = 24;
// biome-ignore lint/suspicious/noControlCharactersInRegex: the codes that `painter` writes
const COLOUR_CODE = /\u001b\[[\d;]*m/g;

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
    const shown: string[] = [];
    let rows = 0;
    for (const line of lines.toReversed()) {
      rows += this.#rowsOf(line);
      if (rows > room) break;
      shown.unshift(line);
    }
    this.#write(`${this.#erasure()}${shown.map((line) => `${line}\n`).join('')}`);
    this.#shown = shown.reduce((sum, line) => sum + this.#rowsOf(line), 0);
  }

  /** A line that is longer than the screen is wide takes several of its rows. */
  #rowsOf(line: string): number {
    const { columns = Number.POSITIVE_INFINITY } = this.screen;
    return Math.max(Math.ceil(line.replace(COLOUR_CODE, '').length / columns), 1);
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
