/** No message of the till is nested deeper than this; what is, was made to exhaust something. */
export const maxJsonDepth = 16;

/** Whether a parsed JSON value is nested deeper than `maxJsonDepth`. Looks no further than it must, without recursion. */
export function isTooDeep(value: unknown): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; depth <= maxJsonDepth; depth++) {
    const below: unknown[] = [];
    for (const entry of level) {
      if (typeof entry === "object" && entry !== null)
        for (const part of Object.values(entry)) below.push(part);
    }
    if (below.length === 0) return false;
    level = below;
  }
  return level.some((entry) => typeof entry === "object" && entry !== null);
}
