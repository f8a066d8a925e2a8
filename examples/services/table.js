/** Prints what each answer has cost, in which service, and what was refused. */

/** @typedef {{ ownCostUsd: number, refused: string | undefined }} Part of one service */
/**
 * @typedef {object} Answer
 * @property {string} customer
 * @property {string} question
 * @property {Part} research
 * @property {Part} writing
 * @property {number} costUsd over all processes
 * @property {boolean} costComplete
 */

/** @param {Answer[]} answers @param {number} limitUsd */
export function printAnswers(answers, limitUsd) {
  console.log('customer  question  research   writing    task       budget spent');
  /** @type {Map<string, number>} */
  const spent = new Map();
  for (const { customer, question, research, writing, costUsd, costComplete } of answers) {
    spent.set(customer, (spent.get(customer) ?? 0) + costUsd);
    const task = `${usd(costUsd)}${costComplete ? '' : ' ?'}`;
    const budget = `${usd(spent.get(customer) ?? 0)} of $${limitUsd}`;
    const cells = [
      customer.padEnd(9),
      question.padEnd(9),
      cell(research),
      cell(writing),
      task.padEnd(10),
      budget,
    ];
    console.log(cells.join(' '));
  }
  const refusal = answers
    .map(({ research, writing }) => writing.refused ?? research.refused)
    .findLast(Boolean);
  if (refusal !== undefined) console.log(`\nThe last refusal: ${refusal}`);
}

/** @param {Part} part */
function cell({ ownCostUsd, refused }) {
  return (refused === undefined ? usd(ownCostUsd) : 'refused').padEnd(10);
}

/** @param {number} amount */
function usd(amount) {
  return `$${amount.toFixed(5)}`;
}
