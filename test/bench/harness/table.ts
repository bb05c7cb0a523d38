import { type Row, bars } from "./row.ts";

/** The rows for people: figures in columns, and under each row what exactly was measured. */
export function table(rows: readonly Row[]): string {
  const cells = rows.map((row) => [
    row.name,
    row.name === "retail-file" ? "" : bars[row.name].what,
    figure(row.value),
    row.unit,
    row.name === "retail-file" ? "" : `${bars[row.name].at === "most" ? "<=" : ">="} ${row.bar}`,
    row.ok === null ? "" : row.ok ? "ok" : "MISSED",
    row.baseline === null ? "" : figure(row.baseline),
    row.ratio === null ? "" : `${figure(row.ratio)}x`,
  ]);
  const head = ["row", "", "value", "unit", "bar", "", "baseline", "ratio"];
  const widths = head.map((title, i) => Math.max(title.length, ...cells.map((line) => line[i]!.length)));
  const right = new Set([2, 4, 6, 7]);
  const print = (line: readonly string[]) =>
    line
      .map((cell, i) => (right.has(i) ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!)))
      .join("  ")
      .trimEnd();
  const lines = cells.flatMap((line, i) => [print(line), `    ${rows[i]!.note}`]);
  return [print(head), ...lines].join("\n");
}

export function figure(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  return value.toFixed(value >= 100 ? 0 : value >= 10 ? 1 : 2);
}
