import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Day } from "../day/day.ts";
import { cacheFolder } from "../day/day-cache.ts";
import type { Row, RowName } from "./row.ts";

/** What every measurement is given. */
export interface Bench {
  readonly day: Day;
  /** Fewer repetitions, as `quick` or the whole asks for. */
  readonly times: (whole: number, quick: number) => number;
  /** A path for a copy or a file, on the disk where the day lies; gone at the end. */
  readonly place: (name: string) => string;
  readonly say: (what: string) => void;
}

/** Rows that one set-up measures together. */
export interface Measurement {
  readonly rows: readonly RowName[];
  readonly run: (bench: Bench) => Promise<Row[]>;
}

export const workFolder = join(cacheFolder, `run-${process.pid}`);

export function openBench(day: Day, quick: boolean, say: (what: string) => void): Bench {
  let places = 0;
  return {
    day,
    say,
    times: (whole, fewer) => (quick ? fewer : whole),
    place(name) {
      mkdirSync(workFolder, { recursive: true });
      return join(workFolder, `${++places}-${name}`);
    },
  };
}

export function clearWork(): void {
  rmSync(workFolder, { recursive: true, force: true });
}
