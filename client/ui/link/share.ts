/**
 * `next`, with every part that equals the part of `before` in the same place replaced by that part itself, so that a
 * row of the screen whose figures did not change is the same object and is not drawn again. Lists of objects with a
 * `lineId` are compared by it, others by position.
 */
export function share<T>(before: unknown, next: T): T {
  if (Object.is(before, next)) return next;
  if (Array.isArray(next)) return shareList(before, next) as T;
  if (isRecord(next) && isRecord(before)) {
    const merged: Record<string, unknown> = {};
    let same = Object.keys(before).length === Object.keys(next).length;
    for (const [key, value] of Object.entries(next)) {
      const part = share(before[key], value);
      merged[key] = part;
      if (!(key in before) || !Object.is(part, before[key])) same = false;
    }
    return (same ? before : merged) as T;
  }
  return next;
}

function shareList(before: unknown, next: readonly unknown[]): readonly unknown[] {
  if (!Array.isArray(before)) return next;
  const old = before as readonly unknown[];
  const byLine = new Map<unknown, unknown>();
  for (const entry of old) if (isRecord(entry) && "lineId" in entry) byLine.set(entry["lineId"], entry);
  let same = old.length === next.length;
  const merged = next.map((entry, index) => {
    const twin = isRecord(entry) && "lineId" in entry ? byLine.get(entry["lineId"]) : old[index];
    const part = share(twin, entry);
    if (!Object.is(part, old[index])) same = false;
    return part;
  });
  return same ? old : merged;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
