import type { Measurement } from "./harness/bench.ts";
import { commit } from "./rows/commit.ts";
import { diskGrowth } from "./rows/disk-growth.ts";
import { diskTraffic } from "./rows/disk-traffic.ts";
import { obviousWay } from "./rows/obvious-way.ts";
import { selling } from "./rows/selling.ts";
import { starting } from "./rows/starting.ts";

/** In the order they run and are printed. */
export const measurements: readonly Measurement[] = [
  selling,
  diskTraffic,
  commit,
  starting,
  diskGrowth,
  obviousWay,
];
