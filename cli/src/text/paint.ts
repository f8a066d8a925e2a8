const CODES = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 } as const;

export type Colour = keyof typeof CODES;
export type Paint = (text: string, ...colours: readonly Colour[]) => string;

/** Colours for a terminal that has them. */
export function painter(isEnabled: boolean): Paint {
  return (text, ...colours) => {
    if (!isEnabled || colours.length === 0 || text === '') return text;
    return `\u001b[${colours.map((colour) => CODES[colour]).join(';')}m${text}\u001b[0m`;
  };
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it removes
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]+/g;

/** A name from a span, on one line and without codes that would change the terminal. */
export function plain(text: string): string {
  return text.replace(CONTROL, ' ');
}
