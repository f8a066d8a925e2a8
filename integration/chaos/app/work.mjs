/** Tasks of one tool call each: two spans and one cent. `node work.mjs <end> <tasks>` */
import { withTask, withTool } from 'otel-agent-cost';
import { ENDS } from './ends.mjs';

const [end, tasks] = process.argv.slice(2);
for (let task = 0; task < Number(tasks); task++) {
  withTask('work', () => withTool({ name: 'search', costUsd: 0.01 }, () => 1));
}
ENDS[end]();
