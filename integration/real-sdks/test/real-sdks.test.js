/** Every pair against the provider: no verdict is wrong, each is as support.json says, and so are the tables by client. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PAIRS, pairName } from '../matrix.js';
import { startProvider } from '../provider/server.js';
import { runPair } from '../run-pair.js';
import { readPage, readSupport, withTables } from '../table.js';
import { versions } from '../versions.js';

const support = readSupport();

let provider;
beforeAll(async () => {
  provider = await startProvider();
});
afterAll(() => provider.close());

describe.concurrent('billed once, right or honestly unknown', () => {
  it.each(PAIRS.map((pair) => [pairName(pair), pair]))('%s', async (name, pair) => {
    const verdicts = await runPair(provider, pair);
    expect(Object.entries(verdicts).filter(([, verdict]) => verdict.startsWith('wrong'))).toEqual([]);
    expect(verdicts).toEqual(support.verdicts[name]);
  });
});

describe('the support table', () => {
  it('is of the versions that are installed', () => {
    expect(support.versions).toEqual(versions());
  });

  it('is on its page', async () => {
    expect(readPage()).toBe(await withTables(readPage()));
  });
});
