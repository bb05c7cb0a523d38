// Loaded before a program of a test: its clock is `TEST_CLOCK_OFFSET_MS` ahead of the machine's.
import process from "node:process";

const offsetMs = Number(process.env["TEST_CLOCK_OFFSET_MS"]);
const machineNow = Date.now;

globalThis.Date = class extends Date {
  constructor(...given: readonly [] | readonly [string | number | Date]) {
    super(given.length === 0 ? machineNow() + offsetMs : given[0]);
  }

  static override now(): number {
    return machineNow() + offsetMs;
  }
} as DateConstructor;
