import { expect, it } from 'vitest';
import { Draft } from '../../src/usage/draft.js';

it('equals a new draft after it was cleared, whatever it contained', () => {
  const draft = new Draft();
  for (const key of Object.keys(draft)) Object.assign(draft, { [key]: key });
  draft.clear();
  expect(draft).toStrictEqual(new Draft());
});
