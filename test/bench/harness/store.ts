import { setTimeout as pause } from "node:timers/promises";
import type { Bench } from "./bench.ts";
import { type TillProcess, type TillStart, startTill } from "./processes.ts";
import { Screen } from "./screen.ts";

/** Tills of the day, running and linked, with the manager signed in at each. */
export interface RunningStore {
  readonly tills: readonly TillProcess[];
  readonly screens: readonly Screen[];
  readonly folders: readonly string[];
  stop(): Promise<void>;
}

/** Starts tills 1 to `count` on copies of their folders. `first` says more of how the first is started. */
export async function startStore(
  bench: Bench,
  count: number,
  first: Partial<TillStart> = {},
): Promise<RunningStore> {
  const { passphrase, manager } = bench.day.facts;
  const tills: TillProcess[] = [];
  const screens: Screen[] = [];
  const folders: string[] = [];
  for (let n = 1; n <= count; n++) {
    const data = bench.day.copyTill(n, bench.place(`till-${n}`));
    const neighbours = tills.map(({ lan }) => lan);
    const till = await startTill({ data, passphrase, neighbours, ...(n === 1 ? first : {}) });
    tills.push(till);
    folders.push(data);
    const screen = await Screen.open(till.door);
    screens.push(await screen.signIn(manager));
  }
  for (const screen of screens)
    await screen.until(({ network }) => {
      const heard = network?.neighbours.filter(({ state }) => state !== "silent").length ?? 0;
      return heard >= count - 1;
    });
  await quiet();
  return {
    tills,
    screens,
    folders,
    async stop() {
      for (const screen of screens) screen.close();
      await Promise.all(tills.map((till) => till.stop()));
    },
  };
}

/** Long enough for tills to greet each other and tidy up. */
export function quiet(ms = 3_000): Promise<void> {
  return pause(ms);
}
