import type { Measurement } from "../harness/bench.ts";
import { runChild } from "../harness/processes.ts";
import { row } from "../harness/row.ts";
import { median } from "../harness/statistics.ts";
import { figure } from "../harness/table.ts";
import { sold } from "./selling.ts";

/** The day's sales as nested maps in one stock automerge-repo document with its file adapter, beside ours. */
export const obviousWay: Measurement = {
  rows: ["obvious-way", "obvious-way-pay"],
  async run(bench) {
    const { day, place, times } = bench;
    const ours: number[] = [];
    const theirs: number[] = [];
    const till = day.copyTill(1, place("till"));
    const stock = day.copyObvious(place("obvious"));
    for (let n = 0; n < times(3, 2); n++) {
      const sales = day.facts.sizes.sales;
      const argument = { folder: till, passphrase: day.facts.passphrase, sales };
      ours.push((await runChild<{ loadMs: number }>("our-load.child.ts", argument)).loadMs);
      theirs.push(
        (await runChild<{ loadMs: number }>("obvious-load.child.ts", { folder: stock, sales })).loadMs,
      );
    }
    const load = median(theirs) / median(ours);
    const paying = { till, passphrase: day.facts.passphrase, folder: stock, count: times(60, 20) };
    const appending = {
      folder: till,
      passphrase: day.facts.passphrase,
      raw: place("raw"),
      count: times(120, 20),
    };
    const pays: number[] = [];
    const appends: number[] = [];
    for (let n = 0; n < 2; n++) {
      pays.push(...(await runChild<{ paysMs: number[] }>("obvious-pay.child.ts", paying)).paysMs);
      appends.push(...(await runChild<{ commitsMs: number[] }>("commit.child.ts", appending)).commitsMs);
    }
    const pay = median(pays) / median(appends);
    const { sales } = await sold(bench);
    const atTheScreen = median(sales.map(({ completeMs }) => completeMs));
    return [
      row(
        "obvious-way",
        load,
        `the stock document is loaded in ${figure(median(theirs))} ms, our vault opened and every record of the journals ` +
          `read in the baseline's ms; a process each, ${ours.length} of both in turn, process start and passphrase aside`,
        median(ours),
        { ratio: load },
      ),
      row(
        "obvious-way-pay",
        pay,
        `one more sale after the day, like for like, in a process of its own without screen or network: the stock document ` +
          `takes ${figure(median(pays))} ms to change and flush it, without a sync to disk; our journal the baseline's ms to ` +
          `sign it, put it on disk and sync; held against complete at a screen of three tills (${figure(atTheScreen)} ms, all ` +
          `of it durable) it would be ${figure(median(pays) / atTheScreen)}x`,
        median(appends),
        { ratio: pay },
      ),
    ];
  },
};
