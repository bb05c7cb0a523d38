import type { Measurement } from "../harness/bench.ts";
import { row } from "../harness/row.ts";
import { figure } from "../harness/table.ts";

/** Taken while the day was made; see `day/build-day.ts`. */
export const diskGrowth: Measurement = {
  rows: ["disk-per-sale"],
  run: async ({ day }) => {
    const { folderBytes, sizes, recordBytes } = day.facts;
    const kilobytes = (bytes: number): number => (bytes - folderBytes.before) / sizes.sales / 1000;
    return [
      row(
        "disk-per-sale",
        kilobytes(folderBytes.after),
        `growth of the first till's folder, log and free pages included, while it runs, over the day's ${sizes.sales} ` +
          `sales, a third of them its own; ${figure(kilobytes(folderBytes.closed))} KB once it is closed; a signed record ` +
          `has ${recordBytes} bytes`,
      ),
    ];
  },
};
