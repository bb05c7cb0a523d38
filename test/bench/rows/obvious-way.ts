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
    const { sales } = await sold(bench);
    const pay = { till, passphrase: day.facts.passphrase, folder: stock, count: times(100, 20) };
    const { paysMs } = await runChild<{ paysMs: number[] }>("obvious-pay.child.ts", pay);
    const ourPay = median(sales.map(({ completeMs }) => completeMs));
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
        median(paysMs) / ourPay,
        `one more sale after the day: the stock document takes ${figure(median(paysMs))} ms to change and flush it, in ` +
          `its own process and without a sync to disk; ours the baseline's ms, complete sent -> durable and acknowledged ` +
          `over the screen's socket`,
        ourPay,
        { ratio: median(paysMs) / ourPay },
      ),
    ];
  },
};
