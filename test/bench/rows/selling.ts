import { randomBytes } from "node:crypto";
import type { Bench, Measurement } from "../harness/bench.ts";
import { type SaleTimes, sellSix } from "../harness/cashier.ts";
import { RawAppend } from "../harness/raw-append.ts";
import { row } from "../harness/row.ts";
import { median, percentile, seeded } from "../harness/statistics.ts";
import { quiet, startStore } from "../harness/store.ts";
import { figure } from "../harness/table.ts";

/** A customer every so often leaves time for the till to tidy up, so that the next scan may fall into it. */
const salesBetweenPauses = 30;
const soldBy = new WeakMap<Bench, Promise<Sold>>();

interface Sold {
  readonly sales: readonly SaleTimes[];
  /** The baseline's, in ms. */
  readonly raw: readonly number[];
}

export const selling: Measurement = {
  rows: ["scan-to-screen", "pay-to-durable"],
  async run(bench) {
    const { sales, raw } = await sold(bench);
    const scans = sales.flatMap(({ scansMs }) => scansMs);
    const completes = sales.map(({ completeMs }) => completeMs);
    const tenders = sales.map(({ tenderMs }) => tenderMs);
    const rawP99 = percentile(raw, 0.99);
    return [
      row(
        "scan-to-screen",
        percentile(scans, 0.99),
        `from the send of a scan to the bytes of the view with its line, both at the screen's end of the socket; ` +
          `${scans.length} scans, p50 ${figure(median(scans))}, p95 ${figure(percentile(scans, 0.95))} ms`,
      ),
      row(
        "pay-to-durable",
        percentile(completes, 0.99),
        `complete sent -> acknowledged, at the screen; ${completes.length} sales, p50 ${figure(median(completes))} ms ` +
          `(the tender before it p50 ${figure(median(tenders))}, p99 ${figure(percentile(tenders, 0.99))}); baseline: ` +
          `append + fdatasync of as many bytes as a record has, between the sales, p50 ${figure(median(raw))} ms`,
        rawP99,
      ),
    ];
  },
};

/**
 * What selling at the first of three linked tills took, done once a run; after each sale a plain file gets what a record
 * weighs.
 */
export function sold(bench: Bench): Promise<Sold> {
  let known = soldBy.get(bench);
  if (!known) soldBy.set(bench, (known = sell(bench, bench.times(360, 40))));
  return known;
}

async function sell(bench: Bench, count: number): Promise<Sold> {
  const store = await startStore(bench, 3);
  const raw = new RawAppend(bench.place("raw"));
  const choose = seeded(11);
  const { codes, recordBytes } = bench.day.facts;
  const sales: SaleTimes[] = [];
  for (let n = 1; n <= count; n++) {
    sales.push(await sellSix(store.screens[0]!, codes, choose));
    raw.append(randomBytes(recordBytes));
    if (n % salesBetweenPauses === 0) await quiet(1_600);
  }
  raw.close();
  await store.stop();
  return { sales, raw: raw.samplesMs };
}
