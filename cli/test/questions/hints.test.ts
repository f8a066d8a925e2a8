import { describe, expect, it } from 'vitest';
import { factAndFix } from '../../src/questions/hints.js';

describe('a hint of the library', () => {
  it.each([
    [
      '10 calls of gpt-4o cost $0.129; on gpt-4o-mini the same tokens cost $0.0077. Look at the cost per successful task before you switch.',
      '10 calls of gpt-4o cost $0.129; on gpt-4o-mini the same tokens cost $0.0077.',
      'Look at the cost per successful task before you switch.',
    ],
    [
      '1 failed call of gpt-4.1-mini cost $0.0117. $0.0117 of it, for calls that were retried, is saved when the first attempt succeeds.',
      '1 failed call of gpt-4.1-mini cost $0.0117.',
      '$0.0117 of it, for calls that were retried, is saved when the first attempt succeeds.',
    ],
  ])('is told as what was found and what to do: %s', (text, message, fix) => {
    expect(factAndFix(text, '')).toEqual({ message, fix });
  });

  it('keeps the note on what was looked at beside what was found', () => {
    expect(factAndFix('A costs $1. Do B.', ' (In the 3 most expensive traces.)')).toEqual({
      message: 'A costs $1. (In the 3 most expensive traces.)',
      fix: 'Do B.',
    });
  });
});
