import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { takeDay } from "./day/day-cache.ts";
import { fullSizes, quickSizes } from "./day/sizes.ts";
import { clearWork, openBench } from "./harness/bench.ts";
import { describeMachine } from "./harness/machine.ts";
import { endAll, killAll } from "./harness/processes.ts";
import { type Row, bars } from "./harness/row.ts";
import { table } from "./harness/table.ts";
import { measurements } from "./measurements.ts";

const { values } = parseArgs({
  options: {
    json: { type: "string" },
    only: { type: "string" },
    quick: { type: "boolean", default: false },
    "stale-day": { type: "boolean", default: false },
  },
});
const { quick } = values;
const only = values.only?.split(",");
const unknown = only?.filter((name) => !Object.hasOwn(bars, name)) ?? [];
if (unknown.length > 0) {
  console.error(`--only: no such row: ${unknown.join(", ")}. There are: ${Object.keys(bars).join(", ")}`);
  process.exit(2);
}
const began = performance.now();
const say = (what: string): void =>
  console.error(`[${Math.round((performance.now() - began) / 1000)} s] ${what}`);
for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.once(signal, () => {
    killAll();
    clearWork();
    process.exit(130);
  });

console.log(`${describeMachine()}\n`);
const rows: Row[] = [];
const failed: string[] = [];
try {
  const day = await takeDay({ sizes: quick ? quickSizes : fullSizes, stale: values["stale-day"], say });
  const bench = openBench(day, quick, say);
  for (const measurement of measurements) {
    if (only && !measurement.rows.some((name) => only.includes(name))) continue;
    say(measurement.rows.join(", "));
    try {
      rows.push(...(await measurement.run(bench)));
    } catch (error) {
      console.error(error);
      failed.push(...measurement.rows);
      await endAll();
    }
  }
} finally {
  await endAll();
  clearWork();
}
const wanted = rows.filter(({ name }) => !only || only.some((one) => one === name));
if (quick) console.log("QUICK: smaller sizes and fewer repetitions; not the figures the bars are for\n");
console.log(table(wanted));
if (failed.length > 0) console.log(`\nNOT MEASURED, see the error above: ${failed.join(", ")}`);
process.exitCode = failed.length > 0 ? 1 : 0;
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(wanted, undefined, 1)}\n`);
