/** The JSON that a server answers; posts `body` if there is one. Throws with its answer unless that is a success. */
export async function ask(url, body) {
  const answer = await fetch(
    url,
    body && {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    },
  );
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${text.slice(0, 500)}`);
  return JSON.parse(text);
}

export function sum(amounts) {
  return amounts.reduce((total, amount) => total + amount, 0);
}

/** Half a pico-dollar: a backend adds up doubles. */
const TOLERANCE_USD = 5e-13;

export function isSameUsd(one, other) {
  return Math.abs(one - other) < TOLERANCE_USD;
}

export function expectUsd(what, shownUsd, ledgerUsd) {
  if (isSameUsd(shownUsd, ledgerUsd)) return;
  throw new Error(`${what} shows ${shownUsd} USD, and the ledger booked ${ledgerUsd}`);
}
