// Loaded before a program of a test: its clock is `TEST_CLOCK_OFFSET_MS` ahead of the machine's.
import process from "node:process";

const offsetMs = Number(process.env.TEST_CLOCK_OFFSET_MS);
const RealDate = Date;

globalThis.Date = class extends RealDate {
  /** @param {ConstructorParameters<typeof RealDate>} given */
  constructor(...given) {
    if (given.length === 0) super(RealDate.now() + offsetMs);
    else super(...given);
  }

  static now() {
    return RealDate.now() + offsetMs;
  }
};
