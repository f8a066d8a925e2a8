/** What this process knows of the life of the store. */
import { warnOnce } from '../warnings.js';
import type { StoreState } from './store.js';

export class Generation {
  /** Undefined while the store is not open. */
  current: string | undefined;
  /** How often the store has lost its data since this process knows it. */
  private lost = 0;

  note({ generation }: StoreState): void {
    if (generation === this.current) return;
    // A store that is opened after a loss has lost nothing more.
    if (this.current !== undefined) this.noteLoss(generation === undefined);
    this.current = generation;
  }

  losses(): number {
    return this.lost;
  }

  private noteLoss(isClosed: boolean): void {
    this.lost += 1;
    const state = isClosed ? 'It is closed until it is opened again' : 'It has been opened again';
    warnOnce(`the store that shareCosts uses has lost its data: earlier costs are not known. ${state}`);
  }
}
