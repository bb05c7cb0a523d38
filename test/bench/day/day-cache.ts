import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { tradingDay } from "#schema/domain/day/trading-day.ts";
import { loadDemoShop } from "#fixtures/demo-shop.ts";
import { buildDay } from "./build-day.ts";
import { Day, factsName } from "./day.ts";
import type { Sizes } from "./sizes.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));
export const cacheFolder = join(root, "node_modules/.cache/tillmesh-bench");

/** What the tills' folders depend on. */
const sources = [
  "schema",
  "client/terminal",
  "fixtures",
  "test/bench/day",
  "test/bench/harness",
  "test/bench/children",
  "package-lock.json",
];

export interface DayChoice {
  readonly sizes: Sizes;
  /** Take the newest day there is, whatever was changed since it was made: while working on the benchmark. */
  readonly stale: boolean;
  readonly say: (what: string) => void;
}

/** The day, out of the cache when the sources, the sizes and today are those it was made with. */
export async function takeDay({ sizes, stale, say }: DayChoice): Promise<Day> {
  mkdirSync(cacheFolder, { recursive: true });
  const prefix = `day-${sizes.sales}-`;
  const folder = join(cacheFolder, prefix + hashOf(sizes));
  const there = readdirSync(cacheFolder).filter((name) => name.startsWith(prefix));
  if (stale) {
    const newest = there
      .map((name) => join(cacheFolder, name))
      .filter((path) => existsSync(join(path, factsName)))
      .toSorted((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs)[0];
    if (newest !== undefined) return new Day(newest);
  }
  if (!existsSync(join(folder, factsName))) {
    const making = `${folder}.new`;
    for (const name of there) rmSync(join(cacheFolder, name), { recursive: true, force: true });
    rmSync(making, { recursive: true, force: true });
    await buildDay(making, sizes, say);
    renameSync(making, folder);
  }
  return new Day(folder);
}

function hashOf(sizes: Sizes): string {
  const hash = createHash("sha256");
  hash.update(JSON.stringify([sizes, process.version, tradingDay(Date.now(), loadDemoShop().settings)]));
  for (const path of sources.flatMap((source) => filesOf(join(root, source)))) {
    hash.update(path.slice(root.length));
    hash.update(readFileSync(path));
  }
  return hash.digest("hex").slice(0, 16);
}

function filesOf(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path, { recursive: true, encoding: "utf8" })
    .filter((name) => /\.(ts|mjs|csv|json)$/.test(name) && !name.endsWith(".test.ts"))
    .map((name) => join(path, name))
    .filter((file) => statSync(file).isFile())
    .toSorted();
}
