/** The rows of a build, trace by trace, as they come from its process. */

/** The beginning of a row: its scenario and trace. */
const PLACE = /^\{"scenario":"[^"]*","trace":(?:\d+|"(?:[^"\\]|\\.)*")/;

/**
 * @param {AsyncIterable<Buffer | string>} output JSON lines
 * @returns {AsyncGenerator<{ place: string, lines: string[] }>}
 */
export async function* tracesIn(output) {
  let place;
  let lines = [];
  for await (const line of linesIn(output)) {
    const [its] = PLACE.exec(line) ?? [];
    if (its === undefined) throw new Error(`not a row: ${line.slice(0, 200)}`);
    if (its !== place && lines.length > 0) {
      yield { place, lines };
      lines = [];
    }
    place = its;
    lines.push(line);
  }
  if (lines.length > 0) yield { place, lines };
}

async function* linesIn(output) {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of output) {
    const parts = (
      rest + (typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true }))
    ).split('\n');
    rest = parts.pop() ?? '';
    yield* parts;
  }
  if (rest !== '') yield rest;
}
