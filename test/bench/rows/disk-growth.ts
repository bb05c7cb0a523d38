import type { Measurement } from "../harness/bench.ts";
import { row } from "../harness/row.ts";
import { figure } from "../harness/table.ts";

/** Taken while the day was made; see `day/build-day.ts`. */
export const diskGrowth: Measurement = {
  rows: ["disk-per-sale"],
  run: async ({ day }) => {
    const { growth, sizes, recordBytes } = day.facts;
    const kilobytes = (from: number, to: number): number => (to - from) / sizes.sales / 1000;
    const running = growth.map(({ before, after }) => kilobytes(before, after));
    const closed = growth.map(({ before, closed: end }) => kilobytes(before, end));
    return [
      row(
        "disk-per-sale",
        Math.max(...running),
        `the most that the folder of one of ${growth.length} tills grew, log and free pages included, while it runs, over ` +
          `the day's ${sizes.sales} sales, ${figure(sizes.sales / growth.length)} of them its own (each: ` +
          `${running.map(figure).join(", ")} KB; once closed ${closed.map(figure).join(", ")}); a signed record has ` +
          `${recordBytes} bytes`,
      ),
    ];
  },
};
