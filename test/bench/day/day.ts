import { cpSync, readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { DemoStaff } from "#fixtures/demo-shop.ts";
import type { Sizes } from "./sizes.ts";

/**
 * A trading day as its tills' data folders hold it when all have everything: the price book, and the sales that three
 * of them made. Closed and complete; every measurement works on copies.
 */
export interface DayFacts {
  readonly sizes: Sizes;
  readonly passphrase: string;
  readonly manager: DemoStaff;
  /** Barcodes of goods by the piece that no age limit holds back. */
  readonly codes: readonly string[];
  /** Items of the price book whose price may be edited. */
  readonly itemIds: readonly string[];
  /** Of the folders of the tills that sold, in bytes. */
  readonly growth: readonly FolderGrowth[];
  /** What a sale's signed record weighs, the middle one. */
  readonly recordBytes: number;
  readonly seconds: number;
}

export interface FolderGrowth {
  /** Before the first sale, after the last while the till runs, and when it is closed; logs and free pages included. */
  readonly before: number;
  readonly after: number;
  readonly closed: number;
}

export const factsName = "day.json";

export class Day {
  readonly folder: string;
  readonly facts: DayFacts;

  constructor(folder: string) {
    this.folder = folder;
    this.facts = JSON.parse(readFileSync(join(folder, factsName), "utf8")) as DayFacts;
  }

  /** A copy of till `n`'s folder (from 1). */
  copyTill(n: number, to: string): string {
    return this.#copy(tillFolder(n), to);
  }

  /** The same of the till that has the price book and none of the day's sales. */
  copyAsleep(to: string): string {
    return this.#copy(asleepFolder, to);
  }

  /** The stock document with the same sales; see `obvious-way`. */
  copyObvious(to: string): string {
    return this.#copy(obviousFolder, to);
  }

  #copy(from: string, to: string): string {
    cpSync(join(this.folder, from), to, { recursive: true });
    return to;
  }
}

export const tillFolder = (n: number): string => `till-${n}`;
export const asleepFolder = "asleep";
export const obviousFolder = "obvious";

/** All bytes of the files in a folder, by their lengths. */
export function folderBytes(folder: string): number {
  return readdirSync(folder)
    .map((name) => statSync(join(folder, name)))
    .reduce((sum, file) => sum + (file.isFile() ? file.size : 0), 0);
}
