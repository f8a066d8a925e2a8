/**
 * Wrapped calls that were made with nothing around them. A queue that runs work in a context of its own makes a task's
 * calls there, and the task itself sees none.
 */
export class CallsOutside {
  private openTasks = 0;
  private calls = 0;
  /** Those that were made while one task alone was open: if they are any task's, they are that one's. */
  private besideOne = 0;

  note(): void {
    this.calls += 1;
    if (this.openTasks === 1) this.besideOne += 1;
  }

  /** An outermost task begins. */
  begin(): OutsideMark {
    this.openTasks += 1;
    return { calls: this.calls, besideOne: this.besideOne };
  }

  /** It ends: how many calls were made meanwhile, and how many of them can be no other task's. */
  end(mark: OutsideMark): OutsideMark {
    this.openTasks -= 1;
    return { calls: this.calls - mark.calls, besideOne: this.besideOne - mark.besideOne };
  }
}

export interface OutsideMark {
  readonly calls: number;
  readonly besideOne: number;
}
