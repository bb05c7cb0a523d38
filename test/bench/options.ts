import { parseArgs } from "node:util";
import { type RowName, bars } from "./harness/row.ts";

/** `npm run bench -- …`; see test/README.md. */
export interface Options {
  readonly json: string | undefined;
  /** Undefined: all rows. */
  readonly only: readonly RowName[] | undefined;
  readonly quick: boolean;
  readonly retailFile: string | undefined;
  /** Take the newest day in the cache, whatever changed since: while working on the benchmark. */
  readonly staleDay: boolean;
}

/** Ends the program with what is wrong when it is not understood. */
export function readOptions(args: readonly string[]): Options {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        json: { type: "string" },
        only: { type: "string" },
        quick: { type: "boolean", default: false },
        "retail-file": { type: "string" },
        "stale-day": { type: "boolean", default: false },
      },
    });
    const only = values.only?.split(",");
    const unknown = only?.filter((name) => !Object.hasOwn(bars, name)) ?? [];
    if (unknown.length > 0)
      throw new Error(`no such row: ${unknown.join(", ")}. There are: ${Object.keys(bars).join(", ")}`);
    return {
      json: values.json,
      only: only as RowName[] | undefined,
      quick: values.quick,
      retailFile: values["retail-file"],
      staleDay: values["stale-day"],
    };
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exit(2);
  }
}
