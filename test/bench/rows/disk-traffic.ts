import { readFileSync } from "node:fs";
import type { Bench, Measurement } from "../harness/bench.ts";
import { type SaleTimes, sellSix } from "../harness/cashier.ts";
import { row } from "../harness/row.ts";
import { median, seeded } from "../harness/statistics.ts";
import { quiet, startStore } from "../harness/store.ts";
import { figure } from "../harness/table.ts";
import { canTrace, readTrace, traceInto } from "../harness/trace.ts";

const salesBetweenPauses = 10;

/** What the first of three tills asks of its disk as it sells, counted from outside the process. */
export const diskTraffic: Measurement = {
  rows: ["syncs-per-sale", "written-per-sale"],
  async run(bench) {
    const traced = canTrace();
    if (!traced)
      bench.say("strace is missing or may not trace: no syncs are counted, bytes are from /proc/PID/io");
    const log = bench.place("strace.log");
    const store = await startStore(bench, 3, traced ? { under: traceInto(log) } : {});
    const { pid } = store.tills[0]!;
    const before = writtenBytes(pid);
    const fromMs = Date.now();
    const sales = await sellCalmly(bench, store.screens[0]!, bench.times(100, 20));
    await quiet();
    const toMs = Date.now();
    const byKernel = (writtenBytes(pid) - before) / sales.length / 1000;
    await store.stop();
    const howOften = `${sales.length} sales of six lines, with pauses in which the till tidies up`;
    if (!traced) {
      const note = `write_bytes of /proc/PID/io, whole pages; ${howOften}`;
      return [row("written-per-sale", byKernel, note)];
    }
    const calls = readTrace(log, store.folders[0]!).filter(
      (call) => call.fromMs > fromMs && call.fromMs < toMs,
    );
    const waits = sales.map(({ paying }) =>
      calls.filter((call) => call.kind === "sync" && within(call.fromMs, paying)),
    );
    const counts = waits.map((one) => one.length);
    const mean = counts.reduce((sum, one) => sum + one, 0) / sales.length;
    const ofDatabase = waits.flat().filter(({ path }) => !path.endsWith("-wal")).length;
    const all = calls.filter(({ kind }) => kind === "sync").length / sales.length;
    const written = calls.reduce((sum, call) => sum + (call.kind === "write" ? call.bytes : 0), 0);
    return [
      row(
        "syncs-per-sale",
        median(counts),
        `strace: sync calls between the tender sent and the sale acknowledged; mean ${figure(mean)}, most in one sale ` +
          `${Math.max(...counts)}: ${ofDatabase} in all ${sales.length} sales were of a write-back of the log that fell ` +
          `in between; ${figure(all)} a sale with those nobody waits for; ${howOften}`,
      ),
      row(
        "written-per-sale",
        written / sales.length / 1000,
        `strace: bytes of all writes to the data folder, carts and tidying included, by ${howOften}; ` +
          `/proc/PID/io says ${figure(byKernel)} KB in whole pages, other tills' and relay's disks not counted`,
      ),
    ];
  },
};

async function sellCalmly(
  bench: Bench,
  screen: Parameters<typeof sellSix>[0],
  count: number,
): Promise<SaleTimes[]> {
  const choose = seeded(13);
  const sales: SaleTimes[] = [];
  for (let n = 1; n <= count; n++) {
    sales.push(await sellSix(screen, bench.day.facts.codes, choose));
    if (n % salesBetweenPauses === 0) await quiet(2_000);
  }
  return sales;
}

function within(atMs: number, span: { readonly fromMs: number; readonly toMs: number }): boolean {
  return atMs >= span.fromMs && atMs <= span.toMs;
}

function writtenBytes(pid: number): number {
  return Number(/^write_bytes: (\d+)$/m.exec(readFileSync(`/proc/${pid}/io`, "utf8"))?.[1]);
}
