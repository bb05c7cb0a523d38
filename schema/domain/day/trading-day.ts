import type { TimeMs } from "../../bytes.ts";
import type { TradingDay } from "../../documents/names.ts";
import { type CalendarDate, dateFromDays, daysFromDate } from "./calendar.ts";

/** When a store's day turns. */
export interface DayRules {
  /** IANA name; one that does not exist throws `RangeError` (settings are checked at the door). */
  readonly timeZone: string;
  /** Minutes after local midnight at which the trading day begins, 0 to 1439. */
  readonly dayBoundaryMinutes: number;
}

interface LocalTime extends CalendarDate {
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

const dayMs = 86_400_000;
const formatters = new Map<string, Intl.DateTimeFormat>();

/** What the clock on the store's wall shows. */
function localTime(time: TimeMs, timeZone: string): LocalTime {
  const parts = new Map(
    formatter(timeZone)
      .formatToParts(time)
      .map((part) => [part.type, Number(part.value)]),
  );
  return {
    year: parts.get("year")!,
    month: parts.get("month")!,
    day: parts.get("day")!,
    hour: parts.get("hour")!,
    minute: parts.get("minute")!,
    second: parts.get("second")!,
  };
}

/**
 * The trading day of an instant: the date on the wall, or the one before while the wall clock stands before the
 * boundary. It never goes back: a clock that is put back over the boundary does not call the old day in again.
 */
export function tradingDay(time: TimeMs, rules: DayRules): TradingDay {
  const local = localTime(time, rules.timeZone);
  const missingMinutes = rules.dayBoundaryMinutes - (local.hour * 60 + local.minute);
  const begun = missingMinutes <= 0 || (missingMinutes <= 180 && wasLater(time, local, rules));
  return dayName(daysFromDate(local) - (begun ? 0 : 1));
}

/** Whether the wall had passed the boundary within three hours. Clocks are put back at quarters of an hour, UTC. */
function wasLater(time: TimeMs, local: LocalTime, rules: DayRules): boolean {
  const quarterMs = 900_000;
  const quarter = Math.floor(time / quarterMs) * quarterMs;
  for (let back = 0; back < 12; back++) {
    const past = localTime(quarter - back * quarterMs - 60_000, rules.timeZone);
    if (past.day === local.day && past.hour * 60 + past.minute >= rules.dayBoundaryMinutes) return true;
  }
  return false;
}

/** The trading day so many days later (or earlier, below zero). */
export function addDays(day: TradingDay, count: number): TradingDay {
  return dayName(daysFromDate(dateOf(day)) + count);
}

/** The days from `first` to `last`, both included, ascending; none when `last` is before `first`. */
export function daysBetween(first: TradingDay, last: TradingDay): TradingDay[] {
  const from = daysFromDate(dateOf(first));
  const count = daysFromDate(dateOf(last)) - from + 1;
  return Array.from({ length: Math.max(0, count) }, (_, at) => dayName(from + at));
}

/** The first instant of a trading day, to the minute. The day ends where the next one starts: 23, 24 or 25 hours on. */
export function startOfDay(day: TradingDay, rules: DayRules): TimeMs {
  // No zone is more than a day from UTC, and the trading day only ever moves forward.
  const nominal = daysFromDate(dateOf(day)) * dayMs + rules.dayBoundaryMinutes * 60_000;
  let before = Math.floor((nominal - dayMs) / 60_000);
  let after = Math.floor((nominal + dayMs) / 60_000);
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (tradingDay(middle * 60_000, rules) < day) before = middle;
    else after = middle;
  }
  return after * 60_000;
}

/** `2026-11-22 14:05`, for receipts: the same in every language. */
export function formatLocal(time: TimeMs, timeZone: string): string {
  const { hour, minute, ...date } = localTime(time, timeZone);
  return `${dayName(daysFromDate(date))} ${twoDigits(hour)}:${twoDigits(minute)}`;
}

function dateOf(day: TradingDay): CalendarDate {
  const [year, month, date] = day.split("-").map(Number);
  return { year: year!, month: month!, day: date! };
}

function dayName(days: number): TradingDay {
  const { year, month, day } = dateFromDays(days);
  return `${String(year).padStart(4, "0")}-${twoDigits(month)}-${twoDigits(day)}` as TradingDay;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, "0");
}

/** Making one costs a millisecond, using it a few microseconds. */
function formatter(timeZone: string): Intl.DateTimeFormat {
  let known = formatters.get(timeZone);
  if (!known) {
    known = new Intl.DateTimeFormat("en-u-ca-gregory-nu-latn", {
      timeZone,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
    formatters.set(timeZone, known);
  }
  return known;
}
