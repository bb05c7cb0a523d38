import type { Measurement } from "./harness/bench.ts";
import { commit } from "./rows/commit.ts";
import { diskGrowth } from "./rows/disk-growth.ts";
import { diskTraffic } from "./rows/disk-traffic.ts";
import { obviousWay } from "./rows/obvious-way.ts";
import { painting } from "./rows/painting.ts";
import { prices } from "./rows/prices.ts";
import { rejoin } from "./rows/rejoin.ts";
import { selling } from "./rows/selling.ts";
import { starting } from "./rows/starting.ts";

/** In the order they run and are printed. */
export const measurements: readonly Measurement[] = [
  selling,
  painting,
  diskTraffic,
  commit,
  starting,
  prices,
  rejoin,
  diskGrowth,
  obviousWay,
];
