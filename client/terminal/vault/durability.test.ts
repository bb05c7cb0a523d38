import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, it } from "vitest";
import { toHex } from "#schema/bytes.ts";
import type { OpenedVault } from "./open-vault.ts";
import {
  type TestFolder,
  createTestVault,
  reopenTestVault,
  seededNumbers,
  testFolder,
} from "./test-vaults.ts";

const child = fileURLToPath(new URL("./durability.child.ts", import.meta.url));
const rounds = Number(process.env["TILLMESH_KILL_ROUNDS"] ?? 6);
let place: TestFolder;

beforeEach(() => {
  place = testFolder();
});
afterEach(() => place.remove());

it(
  `keeps every acknowledged record through ${rounds} kills`,
  { timeout: 30_000 + rounds * 5_000 },
  async () => {
    const { seed, next } = seededNumbers();
    console.log(`durability seed: TILLMESH_SEED=${seed}`);
    let opened = await createTestVault(place.folder);
    await opened.vault.close();
    let acknowledged = 0;
    let recorded = 0;
    for (let round = 0; round < rounds; round++) {
      acknowledged = await runAndKill(opened, recorded + 1, 1 + next(60), next(20));
      opened = await reopenTestVault(place.folder, opened);
      expect(opened.salvaged).toBe(false);
      recorded = await countRecords(opened);
      expect(recorded).toBeGreaterThanOrEqual(acknowledged);
      await opened.vault.close();
    }
  },
);

/** Kills the child some milliseconds after the given number of acknowledgements; returns the last it gave. */
async function runAndKill(
  opened: OpenedVault,
  start: number,
  kills: number,
  delayMs: number,
): Promise<number> {
  const key = toHex(opened.vaultKey);
  const till = spawn(process.execPath, [child, place.folder, key, String(start)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = once(till, "exit");
  let output = "";
  let said = 0;
  till.stdout.setEncoding("utf8");
  till.stdout.on("data", (text: string) => {
    output += text;
    said += text.split("\n").length - 1;
    if (said >= kills) setTimeout(() => till.kill("SIGKILL"), delayMs);
  });
  const [code, signal] = (await exited) as [number | null, string | null];
  if (!till.stdout.readableEnded) await once(till.stdout, "end");
  expect({ code, signal }).toStrictEqual({ code: null, signal: "SIGKILL" });
  return Number(output.split("\n").at(-2));
}

/** The records are 1 to n without a gap, each whole, and everything of the last transaction fits together. */
async function countRecords({ vault }: OpenedVault): Promise<number> {
  const all = await vault.loadRange([]);
  expect(all.damaged).toStrictEqual([]);
  const journal = all.chunks.filter(({ key }) => key[0] === "journal");
  journal.forEach(({ key, data }, i) => {
    expect(key[1]).toBe(String(i + 1));
    expect(data.subarray(4).every((byte) => byte === ((i + 1) & 255))).toBe(true);
  });
  const last = journal.length;
  expect((await vault.load(["position"]))?.[3]).toBe(last & 255);
  expect(all.chunks.filter(({ key }) => key[0] === "intent").map(({ key }) => key[1])).toStrictEqual([
    String(last),
  ]);
  for (const name of ["journal", "position", "intent", "floor"])
    expect((await vault.loadRange([name])).damaged).toStrictEqual([]);
  return last;
}
