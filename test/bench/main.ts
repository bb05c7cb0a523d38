import { writeFileSync } from "node:fs";
import { takeDay } from "./day/day-cache.ts";
import { fullSizes, quickSizes } from "./day/sizes.ts";
import { clearWork, openBench } from "./harness/bench.ts";
import { describeMachine } from "./harness/machine.ts";
import { endAll, killAll } from "./harness/processes.ts";
import type { Row } from "./harness/row.ts";
import { figure, table } from "./harness/table.ts";
import { measurements } from "./measurements.ts";
import { readOptions } from "./options.ts";
import { replayRetailFile } from "./rows/retail-file.ts";

const { json, only, quick, retailFile, staleDay } = readOptions(process.argv.slice(2));
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
const attempt = async (names: readonly string[], measure: () => Promise<readonly Row[]>): Promise<void> => {
  say(names.join(", "));
  try {
    const measured = (await measure()).filter(
      ({ name }) => name === "retail-file" || (only?.includes(name) ?? true),
    );
    for (const { name, value, unit } of measured) say(`  ${name}: ${figure(value)} ${unit}`);
    rows.push(...measured);
  } catch (error) {
    console.error(error);
    failed.push(...names);
  } finally {
    await endAll();
  }
};
try {
  const day = await takeDay({ sizes: quick ? quickSizes : fullSizes, stale: staleDay, say });
  const bench = openBench(day, quick, say);
  for (const { rows: names, run } of measurements)
    if (!only || names.some((name) => only.includes(name))) await attempt(names, () => run(bench));
  if (retailFile !== undefined)
    await attempt(["retail-file"], async () => [await replayRetailFile(retailFile)]);
} finally {
  await endAll();
  clearWork();
}
if (quick) console.log("QUICK: smaller sizes and fewer repetitions; not the figures the bars are for\n");
console.log(table(rows));
if (failed.length > 0) console.log(`\nNOT MEASURED, see the error above: ${failed.join(", ")}`);
if (json !== undefined) writeFileSync(json, `${JSON.stringify(rows, undefined, 1)}\n`);
process.exitCode = failed.length > 0 ? 1 : 0;
