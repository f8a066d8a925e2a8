/** Usage that no reader was written for gives the amount or a flag. Set `LAW_SEED` for other cases, `LAW_CASES` for more. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import * as sdk from '../../src/index.js';
import { TIME, truthUsd } from '../support/truth/counts.js';
import { build } from '../support/truth/encoding.js';
import { type Invented, invented } from '../support/truth/invented.js';
import { judge, state } from '../support/truth/replay.js';
import type { Report } from '../support/truth/report.js';

const SEED = Number(process.env.LAW_SEED ?? 13);
const CASES = Number(process.env.LAW_CASES ?? 400);

function inputOf({ model, provider, places, isSpan }: Invented): Report['input'] {
  const leaves = places.map(({ path, value }) => ({ path, value, role: 'part' as const, told: true }));
  if (!isSpan) {
    return { calls: [{ provider, model, time: TIME, response: { id: 'r', model, usage: build(leaves) } }] };
  }
  const usage = Object.fromEntries(
    places.map(({ path, value }) => [`gen_ai.usage.${path.join('.')}`, value]),
  );
  const attributes = {
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': provider,
    'gen_ai.request.model': model,
    ...usage,
  };
  return { spans: [{ name: `chat ${model}`, time: TIME, attributes }] };
}

it('gives the amount or a flag', async () => {
  const tally = { right: 0, flagged: 0 };
  await fc.assert(
    fc.asyncProperty(invented, async (one) => {
      const input = inputOf(one);
      const verdict = judge(await state(input, sdk), truthUsd(one.model, one.counts));
      const said = `${verdict.costUsd} instead of ${verdict.rightUsd} ${verdict.flags.join(', ')}`;
      expect(verdict.isRight || verdict.isFlagged, `${said} for ${JSON.stringify(input)}`).toBe(true);
      if (verdict.isRight && !verdict.isFlagged) tally.right += 1;
      else tally.flagged += 1;
    }),
    { seed: SEED, numRuns: CASES, includeErrorInReport: true },
  );
  console.log(`invented usage: ${tally.right} right, ${tally.flagged} flagged, seed ${SEED}`);
}, 600_000);
