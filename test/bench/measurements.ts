import type { Measurement } from "./harness/bench.ts";
import { selling } from "./rows/selling.ts";

export const measurements: readonly Measurement[] = [selling];
