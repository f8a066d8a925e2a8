/** A machine whose clock is wrong: `node --import ./skewed-clock.mjs …` with the hours in SKEW_HOURS. */
const skewMillis = Number(process.env.SKEW_HOURS) * 3_600_000;
const now = Date.now;
const TrueDate = Date;

globalThis.Date = class extends TrueDate {
  constructor(...args) {
    if (args.length === 0) super(now() + skewMillis);
    else super(...args);
  }
  static now() {
    return now() + skewMillis;
  }
};
