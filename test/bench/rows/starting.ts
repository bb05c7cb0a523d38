import type { Bench, Measurement } from "../harness/bench.ts";
import { type TillProcess, residentMb, runChild, startTill } from "../harness/processes.ts";
import { row } from "../harness/row.ts";
import { Screen } from "../harness/screen.ts";
import { median } from "../harness/statistics.ts";
import { quiet, startStore } from "../harness/store.ts";
import { figure } from "../harness/table.ts";

/**
 * The program as a shop runs it, with its neighbours up. The time is taken with a passphrase that is stretched cheaply
 * (8 MiB, some 20 ms, not subtracted); the memory with the one a store has, 256 MiB in a worker that has exited.
 */
export const starting: Measurement = {
  rows: ["cold-start", "cold-start-rss"],
  async run(bench) {
    const store = await startStore(bench, 3);
    store.screens[0]!.close();
    await store.tills[0]!.stop();
    const data = store.folders[0]!;
    const others = store.tills.slice(1).map(({ lan }) => lan);
    const cheap = await startOften(bench, data, others, bench.times(5, 3));
    await runChild("change-passphrase.child.ts", { folder: data, passphrase: bench.day.facts.passphrase });
    const dear = await startOften(bench, data, others, bench.times(2, 1));
    for (const screen of store.screens) screen.close();
    await Promise.all(store.tills.slice(1).map((till) => till.stop()));
    const seconds = cheap.map(({ till }) => till.readyMs / 1000);
    const memory = dear.map(({ till }) => till.readyRssMb);
    return [
      row(
        "cold-start",
        median(seconds),
        `spawn -> ready line of \`tillmesh till\`, an 8 MiB stretch included; ${seconds.length} starts, ` +
          `${figure(Math.min(...seconds))} to ${figure(Math.max(...seconds))} s; the first scan then answered within ` +
          `${figure(Math.max(...cheap.map(({ firstScanMs }) => firstScanMs)))} ms; with a store's 256 MiB stretch ` +
          `${figure(median(dear.map(({ till }) => till.readyMs / 1000)))} s`,
      ),
      row(
        "cold-start-rss",
        Math.max(...memory),
        `VmRSS at the ready line after a 256 MiB stretch, ${memory.length} starts, then 3 s later ` +
          `${figure(Math.max(...dear.map(({ laterRssMb }) => laterRssMb)))} MB; after an 8 MiB stretch ` +
          `${figure(Math.max(...cheap.map(({ till }) => till.readyRssMb)))} MB`,
      ),
    ];
  },
};

interface Start {
  readonly till: TillProcess;
  readonly firstScanMs: number;
  readonly laterRssMb: number;
}

/** Starts it, and lets it prove that it was ready to sell: the first scan is answered with a line. */
async function startOften(
  bench: Bench,
  data: string,
  neighbours: readonly string[],
  times: number,
): Promise<Start[]> {
  const { passphrase, manager, codes } = bench.day.facts;
  const starts: Start[] = [];
  for (let n = 0; n < times; n++) {
    const till = await startTill({ data, passphrase, neighbours });
    const screen = await Screen.open(till.door);
    await screen.signIn(manager);
    const { tookMs } = await screen.do("scan", { code: codes[n]! });
    await quiet();
    starts.push({ till, firstScanMs: tookMs, laterRssMb: residentMb(till.pid) });
    screen.close();
    await till.stop();
  }
  return starts;
}
