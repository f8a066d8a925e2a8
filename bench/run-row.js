/** Measures one row in a separate process, where no other row has influenced the compiler, and prints it as JSON. */
import { findRow } from './rows.js';

const { prepare, run } = findRow(process.argv[2]);
prepare();
console.log(JSON.stringify(await run()));
