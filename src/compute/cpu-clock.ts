/**
 * Divides the CPU time of the process among the calls that measure it. Between two moments at which a call starts
 * or ends, every open call gets the same share, so the shares add up to the time used.
 */
export class CpuClock {
  private open = 0;
  private lastMicros = 0;
  /** The share of a call that has been open all the time. */
  private shareMicros = 0;

  constructor(private readonly usedMicros: () => number = processMicros) {}

  /** Starts a call. Returns its share, which must be ended. */
  begin(): CpuShare {
    this.advance();
    this.open += 1;
    return new CpuShare(this, this.shareMicros);
  }

  /** For {@link CpuShare}: ends a call and returns its microseconds since the given reading. */
  end(sinceMicros: number): number {
    this.advance();
    this.open -= 1;
    return this.shareMicros - sinceMicros;
  }

  private advance(): void {
    const micros = this.usedMicros();
    if (this.open > 0) this.shareMicros += Math.max(0, micros - this.lastMicros) / this.open;
    this.lastMicros = micros;
  }
}

/** One call's share. */
export class CpuShare {
  private seconds: number | undefined;

  constructor(
    private readonly clock: CpuClock,
    private readonly sinceMicros: number,
  ) {}

  /** The CPU seconds of this call. The first use ends the call. */
  end(): number {
    this.seconds ??= this.clock.end(this.sinceMicros) / MICROS_PER_SECOND;
    return this.seconds;
  }
}

const MICROS_PER_SECOND = 1e6;

function processMicros(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

/** The process has one CPU clock. */
export const processCpu = new CpuClock();
