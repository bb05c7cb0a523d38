/**
 * The instant (ISO 8601, UTC) of a wall-clock time like `2026-11-22T14:30` in the store's zone, whatever zone this
 * screen is in. A time that a change of clocks leaves out is taken as the hour after; one that comes twice, the first.
 */
export function instantOf(wallTime: string, timeZone: string): string {
  const asUtcMs = Date.parse(`${wallTime}Z`);
  const first = asUtcMs - offsetMs(asUtcMs, timeZone);
  const second = asUtcMs - offsetMs(first, timeZone);
  return new Date(second).toISOString();
}

/** How far the zone's wall clock is ahead of UTC at an instant. */
function offsetMs(instantMs: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat("en-US", {
    timeZone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  }).formatToParts(instantMs);
  const value = (type: Intl.DateTimeFormatPartTypes): number =>
    Number(parts.find((part) => part.type === type)?.value ?? 0);
  const wallMs = Date.UTC(
    value("year"),
    value("month") - 1,
    value("day"),
    value("hour"),
    value("minute"),
    value("second"),
  );
  return wallMs - Math.floor(instantMs / 1000) * 1000;
}
