import { expect, it } from 'vitest';
import { Draft } from '../../src/usage/draft.js';

it('is as new when it was cleared, whatever was in it', () => {
  const draft = new Draft();
  for (const key of Object.keys(draft)) Object.assign(draft, { [key]: key });
  draft.clear();
  expect(draft).toStrictEqual(new Draft());
});
