/** The reader's choice of costs to charge, and the two figures that most panels divide. */
import { OF_TASK, total } from '../promql.mjs';

export const CHARGED = `${OF_TASK},cost_tag_team=~"$team",cost_tag_feature=~"$feature",cost_tag_customer=~"$customer"`;
export const CHARGED_OUTERMOST = `${CHARGED},task_nested!="true"`;

export const cost = total('cost_usd_total', { of: CHARGED });
export const actions = `(${total('task_actions_total', { of: CHARGED_OUTERMOST })} > 0)`;
