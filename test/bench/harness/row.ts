/** What is measured, in the order it is printed, and what it must show. Bars are never moved: a missed one says so. */
export const bars = {
  "scan-to-screen": { what: "p99", unit: "ms", bar: 16, at: "most" },
  "scan-to-paint": { what: "p95", unit: "ms", bar: 60, at: "most" },
  "pay-to-durable": { what: "p99", unit: "ms", bar: 25, at: "most" },
  "syncs-per-sale": { what: "p50", unit: "syncs", bar: 2, at: "most" },
  "written-per-sale": { what: "mean", unit: "KB", bar: 40, at: "most" },
  "commit-over-raw": { what: "p50 over p50", unit: "x", bar: 4, at: "most" },
  "cold-start": { what: "p50", unit: "s", bar: 2.5, at: "most" },
  "cold-start-rss": { what: "largest", unit: "MB", bar: 350, at: "most" },
  "price-to-all-tills": { what: "p99", unit: "ms", bar: 250, at: "most" },
  rejoin: { what: "p50", unit: "s", bar: 3, at: "most" },
  "disk-per-sale": { what: "mean", unit: "KB", bar: 2.5, at: "most" },
  "obvious-way": { what: "p50 over p50", unit: "x", bar: 20, at: "least" },
  "obvious-way-pay": { what: "p50 over p50", unit: "x", bar: 3, at: "least" },
} as const satisfies Record<string, Bar>;

interface Bar {
  /** Of the samples. */
  readonly what: string;
  readonly unit: string;
  readonly bar: number;
  readonly at: "most" | "least";
}

export type RowName = keyof typeof bars;

export interface Row {
  readonly name: RowName | "retail-file";
  readonly value: number;
  readonly unit: string;
  readonly bar: number | null;
  readonly ok: boolean | null;
  /** What the value is held against, measured in the same run, in `unit` unless the note says otherwise. */
  readonly baseline: number | null;
  /** Value over baseline. */
  readonly ratio: number | null;
  /** What exactly was measured, how often, and the other percentiles. */
  readonly note: string;
}

/** `over` is given for a row that is a ratio itself: what it is a ratio of. */
export function row(
  name: RowName,
  value: number,
  note: string,
  baseline: number | null = null,
  over?: { readonly ratio: number },
): Row {
  const { unit, bar, at } = bars[name];
  const ok = at === "most" ? value <= bar : value >= bar;
  const ratio = over?.ratio ?? (baseline === null ? null : value / baseline);
  return { name, value, unit, bar, ok, baseline, ratio, note };
}
