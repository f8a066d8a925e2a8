import { expect, it } from 'vitest';
import { SlowAnswers } from '../../src/questions/slow-answers.js';

/** A question that takes some time, by a clock of its own. */
function asker() {
  let millis = 0;
  let asked = 0;
  const answers = new SlowAnswers<number>(() => millis);
  return {
    pass: (more: number) => {
      millis += more;
    },
    ask: (takes: number, key = 'all') =>
      answers.give(key, async () => {
        millis += takes;
        asked += 1;
        return asked;
      }),
  };
}

it('asks again each time while answers are quick', async () => {
  const { ask } = asker();
  expect([await ask(99), await ask(99)]).toEqual([1, 2]);
});

it('gives a slow answer again for ten times as long as it took', async () => {
  const { ask, pass } = asker();
  expect(await ask(300)).toBe(1);
  pass(2_999);
  expect(await ask(300)).toBe(1);
  pass(1);
  expect(await ask(300)).toBe(2);
});

it('keeps answers apart by what was asked, and shares one that is on its way', async () => {
  const { ask } = asker();
  const both = [ask(300), ask(300), ask(300, 'other')];
  expect(await Promise.all(both)).toEqual([1, 1, 2]);
});

it('does not keep a failure', async () => {
  const answers = new SlowAnswers<number>();
  await expect(answers.give('all', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await answers.give('all', async () => 7)).toBe(7);
});
