import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { TradingDay } from "../../documents/names.ts";
import { dateFromDays, daysFromDate } from "./calendar.ts";
import { type DayRules, addDays, daysBetween, formatLocal, startOfDay, tradingDay } from "./trading-day.ts";

const day = (text: string): TradingDay => text as TradingDay;
const at = (iso: string): number => Date.parse(iso);

const zones = [
  "UTC",
  "Europe/Berlin",
  "America/New_York",
  "America/St_Johns",
  "Australia/Lord_Howe",
  "Pacific/Apia",
  "Pacific/Chatham",
  "Asia/Kathmandu",
  "Asia/Beirut",
  "America/Asuncion",
  "Atlantic/Azores",
];
const rules: fc.Arbitrary<DayRules> = fc.record({
  timeZone: fc.constantFrom(...zones),
  dayBoundaryMinutes: fc.oneof(fc.constantFrom(0, 120, 150, 170, 240), fc.nat(1439)),
});
const times = fc.integer({ min: at("2000-01-01T00:00Z"), max: at("2037-12-31T00:00Z") });
/** Around the nights on which clocks change in many places. */
const changes = fc
  .tuple(
    fc.constantFrom(
      "2026-03-29",
      "2026-10-25",
      "2026-11-01",
      "2026-03-08",
      "2026-04-05",
      "2024-10-06",
      "2023-03-26",
    ),
    fc.integer({ min: -36 * 60, max: 36 * 60 }),
  )
  .map(([date, minutes]) => at(`${date}T00:00Z`) + minutes * 60_000);

describe("the calendar", () => {
  test("agrees with the Date of JavaScript", () => {
    fc.assert(
      fc.property(fc.integer({ min: -200_000, max: 2_000_000 }), (days) => {
        const date = new Date(days * 86_400_000);
        const expected = {
          year: date.getUTCFullYear(),
          month: date.getUTCMonth() + 1,
          day: date.getUTCDate(),
        };
        expect(dateFromDays(days)).toEqual(expected);
        expect(daysFromDate(expected)).toBe(days);
      }),
    );
  });

  test("counts days", () => {
    expect(addDays(day("2024-02-28"), 2)).toBe("2024-03-01");
    expect(addDays(day("2026-01-01"), -1)).toBe("2025-12-31");
    expect(daysBetween(day("2026-02-27"), day("2026-03-01"))).toEqual([
      "2026-02-27",
      "2026-02-28",
      "2026-03-01",
    ]);
    expect(daysBetween(day("2026-03-01"), day("2026-02-27"))).toEqual([]);
  });
});

describe("the trading day", () => {
  const berlin = (dayBoundaryMinutes: number): DayRules => ({
    timeZone: "Europe/Berlin",
    dayBoundaryMinutes,
  });

  test.each([
    ["2026-11-22T22:59:59Z", 0, "2026-11-22"],
    ["2026-11-22T23:00:00Z", 0, "2026-11-23"],
    ["2026-11-23T02:59:00Z", 240, "2026-11-22"],
    ["2026-11-23T03:00:00Z", 240, "2026-11-23"],
    // 29 March: 02:00 becomes 03:00, so half past two is never on the wall.
    ["2026-03-29T00:59:00Z", 150, "2026-03-28"],
    ["2026-03-29T01:00:00Z", 150, "2026-03-29"],
    // 25 October: 03:00 becomes 02:00. The first half past two begins the day; the second two o'clock is in it.
    ["2026-10-25T00:29:00Z", 150, "2026-10-24"],
    ["2026-10-25T00:30:00Z", 150, "2026-10-25"],
    ["2026-10-25T01:10:00Z", 150, "2026-10-25"],
    ["2026-10-25T01:40:00Z", 150, "2026-10-25"],
  ])("%s in Berlin, beginning %i minutes after midnight, is %s", (iso, boundary, expected) => {
    expect(tradingDay(at(iso), berlin(boundary))).toBe(expected);
  });

  test("never goes back as time goes on", () => {
    fc.assert(
      fc.property(fc.oneof(times, changes), fc.nat(6 * 3_600_000), rules, (time, later, rules) => {
        expect(tradingDay(time + later, rules) >= tradingDay(time, rules)).toBe(true);
      }),
      { numRuns: 400 },
    );
  });

  test("starts where `startOfDay` says, and the instant before belongs to another", () => {
    fc.assert(
      fc.property(fc.oneof(times, changes), rules, (time, rules) => {
        const today = tradingDay(time, rules);
        const start = startOfDay(today, rules);
        expect(start).toBeLessThanOrEqual(time);
        expect(startOfDay(addDays(today, 1), rules)).toBeGreaterThan(time);
        expect(tradingDay(start, rules)).toBe(today);
        expect(tradingDay(start - 1, rules) < today).toBe(true);
      }),
      { numRuns: 150 },
    );
  });

  test("on the nights of the change lasts 23 and 25 hours", () => {
    const hours = (text: string): number =>
      (startOfDay(addDays(day(text), 1), berlin(0)) - startOfDay(day(text), berlin(0))) / 3_600_000;
    expect([hours("2026-03-29"), hours("2026-10-25"), hours("2026-11-22")]).toEqual([23, 25, 24]);
  });

  test("prints as the wall clock shows it", () => {
    expect(formatLocal(at("2026-11-22T13:05:59Z"), "Europe/Berlin")).toBe("2026-11-22 14:05");
    expect(formatLocal(at("2026-11-22T23:30:00Z"), "Asia/Kathmandu")).toBe("2026-11-23 05:15");
  });
});
