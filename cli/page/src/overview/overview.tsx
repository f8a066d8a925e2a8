import type { Route } from '../route.js';
import { DistributionPanel } from './distribution.js';
import { OpportunitiesPanel } from './opportunities.js';
import { TasksPanel } from './tasks.js';
import { TickerPanel } from './ticker.js';

export function Overview({ route }: { route: Route }) {
  return (
    <div class="overview">
      <h1 class="sr-only">Overview</h1>
      <TickerPanel route={route} />
      <TasksPanel route={route} />
      <div class="side">
        <DistributionPanel route={route} />
        <OpportunitiesPanel route={route} />
      </div>
    </div>
  );
}
