// Given to Node by --import: the process's clock is off by SKEWED_CLOCK_SECONDS, as on a machine that nobody keeps in time.
const skew = Number(process.env.SKEWED_CLOCK_SECONDS) * 1000;
const RealDate = Date;

globalThis.Date = class extends RealDate {
  constructor(...given) {
    if (given.length === 0) super(RealDate.now() + skew);
    else super(...given);
  }

  static now() {
    return RealDate.now() + skew;
  }
};
