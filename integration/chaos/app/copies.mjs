/** Like work.mjs, through the dependency that COPY names, which has a version of the package of its own. */
import { ENDS } from './ends.mjs';

const [end, tasks] = process.argv.slice(2);
const { work } = await import(process.env.COPY);
work(Number(tasks));
ENDS[end]();
