import { setTimeout as pause } from "node:timers/promises";
import type { Bench, Measurement } from "../harness/bench.ts";
import { Cable } from "../harness/cable.ts";
import { type TillProcess, runChild, startTill } from "../harness/processes.ts";
import { row } from "../harness/row.ts";
import { Screen } from "../harness/screen.ts";
import { median } from "../harness/statistics.ts";
import { type RunningStore, quiet, startStore } from "../harness/store.ts";
import { figure } from "../harness/table.ts";

/**
 * A till that has none of the day's sales meets the three that made them. It is complete on its own disk when, all sales
 * in its report, a tender is acknowledged, which syncs all that the till holds; then it is killed, and its disk is read.
 */
export const rejoin: Measurement = {
  rows: ["rejoin"],
  async run(bench) {
    const { sizes } = bench.day.facts;
    const store = await startStore(bench, sizes.sellers);
    const woken: Rejoined[] = [];
    const started: number[] = [];
    for (let n = 0; n < bench.times(5, 2); n++) woken.push(await wake(bench, store));
    for (let n = 0; n < bench.times(2, 1); n++) started.push(await startAsleep(bench, store));
    await store.stop();
    const seconds = woken.map(({ onDiskMs }) => onDiskMs / 1000);
    return [
      row(
        "rejoin",
        median(seconds),
        `a running till, cut off through ${sizes.sales} sales: first connection -> all sales in its report and synced to ` +
          `its disk, found there after a kill; ${seconds.length} times, ${figure(Math.min(...seconds))} to ` +
          `${figure(Math.max(...seconds))} s, in its report after ${figure(median(woken.map(({ shownMs }) => shownMs)) / 1000)} s; ` +
          `a till that was off, from its process start: ${figure(median(started))} s`,
      ),
    ];
  },
};

interface Rejoined {
  readonly shownMs: number;
  readonly onDiskMs: number;
}

async function wake(bench: Bench, store: RunningStore): Promise<Rejoined> {
  const cables = await Promise.all(store.tills.map(({ lan }) => Cable.to(lan)));
  const data = bench.day.copyAsleep(bench.place("asleep"));
  const neighbours = cables.map(({ address }) => address);
  const { passphrase } = bench.day.facts;
  const till = await startTill({ data, passphrase, neighbours, gossip: false });
  const screen = await manned(bench, till);
  await quiet();
  for (const cable of cables) cable.plugIn();
  const began = await Promise.race(cables.map(({ firstUseMs }) => firstUseMs));
  const { shownMs, onDiskMs } = await untilOnDisk(bench, screen);
  await provedByKill(bench, till, screen, data);
  for (const cable of cables) cable.close();
  return { shownMs: shownMs - began, onDiskMs: onDiskMs - began };
}

/** Seconds from the process start. */
async function startAsleep(bench: Bench, store: RunningStore): Promise<number> {
  const data = bench.day.copyAsleep(bench.place("asleep"));
  const neighbours = store.tills.map(({ lan }) => lan);
  const began = performance.now();
  const till = await startTill({ data, passphrase: bench.day.facts.passphrase, neighbours, gossip: false });
  const screen = await manned(bench, till);
  const { onDiskMs } = await untilOnDisk(bench, screen);
  await provedByKill(bench, till, screen, data);
  return (onDiskMs - began) / 1000;
}

/** Signed in, with goods in the cart that a tender can be taken for. */
async function manned({ day }: Bench, till: TillProcess): Promise<Screen> {
  const screen = await Screen.open(till.door);
  await screen.signIn(day.facts.manager);
  await screen.do("scan", { code: day.facts.codes[0]! });
  await screen.until(({ cart }) => cart !== null && cart !== undefined && cart.dueMinor > 0);
  return screen;
}

async function untilOnDisk({ day }: Bench, screen: Screen): Promise<Rejoined> {
  for (;;) {
    const { value } = await screen.do("report", {});
    if (value.sales === day.facts.sizes.sales) break;
    await pause(20);
  }
  const shownMs = performance.now();
  await screen.do("tender", { method: "card", amountMinor: screen.picture.cart!.dueMinor });
  return { shownMs, onDiskMs: performance.now() };
}

async function provedByKill({ day }: Bench, till: TillProcess, screen: Screen, data: string): Promise<void> {
  await till.kill();
  screen.close();
  const { passphrase, sizes } = day.facts;
  await runChild("our-load.child.ts", { folder: data, passphrase, sales: sizes.sales });
}
