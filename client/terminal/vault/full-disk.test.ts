import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type TestFolder, createTestVault, reopenTestVault, testFolder } from "./test-vaults.ts";
import { type Vault, VaultFullError } from "./vault.ts";

const diskKilobytes = 512;
let place: TestFolder;
let disk: string;
let mounted: boolean;

beforeEach(() => {
  place = testFolder();
  disk = join(place.folder, "disk");
  mkdirSync(disk);
  mounted = mountSmallDisk(disk);
});
afterEach(() => {
  if (mounted) execFileSync("umount", ["--lazy", disk]);
  place.remove();
});

/** A disk of its own where we may mount one (root on Linux); elsewhere a limit on the pages of the file. */
function mountSmallDisk(at: string): boolean {
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${diskKilobytes}k`, "tmpfs", at], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

const valueOf = (n: number) => new Uint8Array(2_000).fill(n & 255);
const record = (vault: Vault, n: number) =>
  vault.commit(
    [
      { op: "put", key: ["journal", String(n)], data: valueOf(n) },
      { op: "put", key: ["position"], data: Uint8Array.of(n & 255) },
    ],
    { durable: true },
  );

async function fillUp(vault: Vault): Promise<number> {
  for (let n = 0; n < 2_000; n++) {
    try {
      await record(vault, n);
    } catch (error) {
      if (!(error instanceof VaultFullError)) throw error;
      return n;
    }
  }
  throw new Error("the disk never filled");
}

async function expectRecords(vault: Vault, count: number): Promise<void> {
  const { chunks, damaged } = await vault.loadRange(["journal"]);
  expect(damaged).toStrictEqual([]);
  expect(chunks).toStrictEqual(
    Array.from({ length: count }, (_, n) => ({ key: ["journal", String(n)], data: valueOf(n) })),
  );
}

it.each(["here", "worker"] as const)("a full disk refuses and loses nothing (thread: %s)", async (thread) => {
  console.log(
    mounted ? `a tmpfs of ${diskKilobytes} KB` : "no right to mount: SQLite's page limit stands for the disk",
  );
  const tuning = { thread, probeMs: 20, ...(mounted ? {} : { maxPages: 600 }) };
  const ballast = join(disk, "ballast");
  if (mounted) writeFileSync(ballast, randomBytes(200 * 1024));
  let opened = await createTestVault(disk, tuning);
  const { vault } = opened;
  const statuses: string[] = [];
  const changed = { wake: () => {} };
  vault.onStatus((status) => {
    statuses.push(status);
    changed.wake();
  });
  const count = await fillUp(vault);
  expect(count).toBeGreaterThan(10);
  expect(vault.status()).toBe("full");
  await expectRecords(vault, count);
  await expect(record(vault, count)).rejects.toMatchObject({ type: "vault-full" });
  await expectRecords(vault, count);
  if (mounted) {
    const recovered = new Promise<void>((resolve) => {
      changed.wake = resolve;
    });
    rmSync(ballast);
    expect(statfsSync(disk).bavail).toBeGreaterThan(0);
    await recovered;
    expect(statuses).toStrictEqual(["full", "ok"]);
    await record(vault, count);
    await vault.close();
    opened = await reopenTestVault(disk, opened, tuning);
    await expectRecords(opened.vault, count + 1);
  } else {
    // A limit of pages does not go away: make room below it.
    await vault.commit([{ op: "removeRange", prefix: ["journal"] }], { durable: true });
    expect(statuses).toStrictEqual(["full", "ok"]);
    await record(vault, 0);
    await expectRecords(vault, 1);
  }
  await opened.vault.close();
});

it("opens again when the disk is still full", async () => {
  const tuning = { thread: "here" as const, probeMs: 20, ...(mounted ? {} : { maxPages: 600 }) };
  const created = await createTestVault(disk, tuning);
  const count = await fillUp(created.vault);
  await created.vault.close();
  const { vault } = await reopenTestVault(disk, created, tuning);
  await expectRecords(vault, count);
  await vault.close();
});
