/**
 * Running totals of sessions of the Claude Agent SDK. A session that another call resumes continues from the earlier
 * total. Not every version says so in its result.
 */

/** Sessions that are remembered, the last used ones. A process has a few open at a time. */
const MAX_SESSIONS = 1_000;

/** The size of the last total, in tokens, by session. */
const totals = new Map<string, number>();

/**
 * True when a total may contain that of an earlier call: the session was seen before, with less. Remembers the total.
 *
 * Example: 12,000 tokens, and 29,500 from another `withLlm` with the same session id: the second call may have used
 * only 17,500.
 */
export function maySumUpEarlier(session: unknown, tokens: number): boolean {
  if (typeof session !== 'string') return false;
  const before = totals.get(session);
  noteTotal(session, tokens);
  return before !== undefined && tokens > before;
}

export function noteTotal(session: unknown, tokens: number): void {
  if (typeof session !== 'string') return;
  totals.delete(session);
  totals.set(session, tokens);
  for (const oldest of totals.keys()) {
    if (totals.size <= MAX_SESSIONS) return;
    totals.delete(oldest);
  }
}
