/**
 * CPU time of the process, shared out among the calls that measure it. Between two moments at which a call begins or
 * ends, each open one gets the same part, so that what they get adds up to what the process used.
 */
export class CpuClock {
  private open = 0;
  private lastMicros = 0;
  /** What one call that had been open all the time would have got. */
  private shareMicros = 0;

  constructor(private readonly usedMicros: () => number = processMicros) {}

  /** A call begins; gives what its end is told. */
  begin(): CpuShare {
    this.advance();
    this.open += 1;
    return new CpuShare(this, this.shareMicros);
  }

  /** For {@link CpuShare}: microseconds since a reading, and one call less. */
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

/** One call's part. */
export class CpuShare {
  private seconds: number | undefined;

  constructor(
    private readonly clock: CpuClock,
    private readonly sinceMicros: number,
  ) {}

  /** CPU seconds of this call. The first time it is asked, the call is over. */
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
