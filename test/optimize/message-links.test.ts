import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutOf } from '../../src/optimize/message-links.js';

const user = (text: string) => ({ role: 'user', content: text });

/** A call of a tool and its result, in each form, with something before and behind. */
const FORMS: Record<string, object[]> = {
  'OpenAI chat': [
    {
      role: 'assistant',
      tool_calls: [
        { id: 'a', type: 'function' },
        { id: 'b', type: 'function' },
      ],
    },
    { role: 'tool', tool_call_id: 'a', content: '1' },
    { role: 'tool', tool_call_id: 'b', content: '2' },
  ],
  'OpenAI responses': [
    { type: 'reasoning', id: 'r' },
    { type: 'function_call', id: 'fc', call_id: 'a', name: 'search' },
    { type: 'function_call_output', call_id: 'a', output: '1' },
  ],
  'OpenAI before tool calls': [
    { role: 'assistant', function_call: { name: 'search' } },
    { role: 'function', name: 'search', content: '1' },
  ],
  Anthropic: [
    {
      role: 'assistant',
      content: [
        { type: 'text', text: 'x' },
        { type: 'tool_use', id: 'a', name: 'search' },
      ],
    },
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'a', content: '1' }] },
  ],
  Gemini: [
    { role: 'model', parts: [{ functionCall: { name: 'search', args: {} } }] },
    { role: 'user', parts: [{ functionResponse: { name: 'search', response: {} } }] },
  ],
  'AI SDK': [
    { role: 'assistant', content: [{ type: 'tool-call', toolCallId: 'a', toolName: 'search' }] },
    { role: 'tool', content: [{ type: 'tool-result', toolCallId: 'a', toolName: 'search' }] },
  ],
};

describe('where a history is cut', () => {
  it.each(Object.entries(FORMS))('keeps a call and its result together: %s', (_name, form) => {
    const messages = [user('1'), user('2'), ...form];
    for (let keepLast = 1; keepLast <= form.length; keepLast++) expect(cutOf(messages, keepLast)).toBe(2);
    expect(cutOf(messages, form.length + 1)).toBe(1);
    expect(cutOf([...messages, user('3')], 1)).toBe(messages.length);
  });

  it('keeps a call that waits for its result', () => {
    const waiting = { role: 'assistant', tool_calls: [{ id: 'open' }] };
    expect(cutOf([user('1'), waiting, user('2'), user('3')], 1)).toBe(1);
  });

  it('keeps nothing more for a result whose call is not there', () => {
    expect(cutOf([user('1'), user('2'), { role: 'tool', tool_call_id: 'lost' }], 1)).toBe(2);
  });

  it('takes messages of any form', () => {
    expect(cutOf([null, 5, 'text', {}, { content: [null, 1], parts: 'x', tool_calls: {} }], 1)).toBe(4);
    expect(cutOf([], 3)).toBe(0);
  });

  it('never parts a call from its result, whatever the order', () => {
    const message = fc.record({
      calls: fc.uniqueArray(fc.integer({ min: 0, max: 12 }).map(String), { maxLength: 2 }),
      results: fc.uniqueArray(fc.integer({ min: 0, max: 12 }).map(String), { maxLength: 2 }),
    });
    fc.assert(
      fc.property(
        fc.array(message, { maxLength: 25 }),
        fc.integer({ min: 1, max: 25 }),
        (drafts, keepLast) => {
          const messages = inOrder(drafts);
          const cut = cutOf(messages, keepLast);
          expect(cut).toBeLessThanOrEqual(Math.max(0, messages.length - keepLast));
          const madeBefore = new Set(
            messages.slice(0, cut).flatMap(({ tool_calls }) => tool_calls.map(({ id }) => id)),
          );
          for (const { content } of messages.slice(cut)) {
            for (const { tool_use_id } of content) expect(madeBefore.has(tool_use_id)).toBe(false);
          }
        },
      ),
    );
  });
});

/** Each call is made once, and has results only after that. */
function inOrder(drafts: { calls: string[]; results: string[] }[]) {
  const made = new Set<string>();
  return drafts.map(({ calls, results }) => {
    const fresh = calls.filter((id) => !made.has(id));
    const answered = results.filter((id) => made.has(id));
    for (const id of fresh) made.add(id);
    return {
      role: 'assistant',
      tool_calls: fresh.map((id) => ({ id })),
      content: answered.map((id) => ({ type: 'tool_result', tool_use_id: id })),
    };
  });
}
