/** Measures one row in a process of its own, where no other row has shaped the compiler, and prints it as JSON. */
import { findRow } from './rows.js';

const { prepare, run } = findRow(process.argv[2]);
prepare();
console.log(JSON.stringify(await run()));
