import { commands } from "#schema/wire/commands.ts";

/** The command whose name is fewest keystrokes away, upper and lower case alike. */
export function nearestCommand(name: string): string {
  const wanted = name.slice(0, 64).toLowerCase();
  let best = { name: "scan", distance: Number.POSITIVE_INFINITY };
  for (const known of Object.keys(commands)) {
    const distance = editDistance(wanted, known.toLowerCase());
    if (distance < best.distance) best = { name: known, distance };
  }
  return best.name;
}

/** Levenshtein: insertions, deletions and replacements of one character. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const replaced = row[j - 1]! + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, replaced));
    }
    row = next;
  }
  return row[to.length]!;
}
