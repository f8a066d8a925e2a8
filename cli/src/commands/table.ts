/** The commands. Their code is imported when they run, so that each starts without waiting for the others. */

import { CHECK } from './check-options.js';
import type { Command } from './command.js';
import { FOCUS } from './focus-options.js';
import { PRICE } from './price-options.js';
import { RECONCILE } from './reconcile-options.js';
import { TAIL } from './tail-options.js';
import { VIEW } from './view-options.js';

export const COMMANDS: readonly Command[] = [VIEW, TAIL, CHECK, PRICE, RECONCILE, FOCUS];
