import { withTask, withTool } from 'otel-agent-cost';

export function work(tasks) {
  for (let task = 0; task < tasks; task++) {
    withTask('work', () => withTool({ name: 'search', costUsd: 0.01 }, () => 1));
  }
}
