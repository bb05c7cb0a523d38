import { expect, test } from "vitest";
import { type TillClockSources, tillClock } from "./till-clock.ts";

const minute = 60_000;
const built = 1_000_000_000_000;

function clockAt(system: number, change: Partial<TillClockSources> = {}): ReturnType<typeof tillClock> {
  return tillClock({
    ...{ system: () => system, builtMs: built, lastRecordMs: () => 0, neighbourOffsetsMs: () => [] },
    ...change,
  });
}

test("goes on, and never back before the last record", () => {
  expect(clockAt(built + 1.7).now()).toBe(built + 1);
  expect(clockAt(built, { lastRecordMs: () => built + 5 }).now()).toBe(built + 5);
});

test("a moment in another year does not leave the till there", () => {
  const mad = { lastRecordMs: () => built + 12 * 365 * 24 * 60 * minute };
  expect(clockAt(built + minute, mad).now()).toBe(built + minute);
  expect(clockAt(built + minute, mad).distrust()).toBe("before-last-record");
  expect(clockAt(built - minute, mad).now(), "a clock that was never right says nothing").toBe(
    mad.lastRecordMs(),
  );
});

test.each([
  ["right", built + minute, {}, null],
  ["before the version was made", built - 1, {}, "before-build"],
  ["a little before the last record", built, { lastRecordMs: () => built + minute }, null],
  ["well before the last record", built, { lastRecordMs: () => built + 3 * minute }, "before-last-record"],
  ["one neighbour of three is mad", built, { neighbourOffsetsMs: () => [0, 1e12, -minute] }, null],
  [
    "most neighbours are ahead",
    built,
    { neighbourOffsetsMs: () => [0, 11 * minute, 12 * minute] },
    "neighbours-disagree",
  ],
  ["all neighbours are behind", built, { neighbourOffsetsMs: () => [-11 * minute] }, "neighbours-disagree"],
] as const)("%s", (_name, system, change, expected) => {
  expect(clockAt(system, change).distrust()).toBe(expected);
});
