import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type OpenedVault, type VaultTuning, createVault, openVault } from "./open-vault.ts";

/** The least that libsodium allows: tests of the vault are not tests of Argon2. */
export const quickCost = { memoryBytes: 8192, passes: 1 };
export const testPassphrase = "six words are easy to remember";

export interface TestFolder {
  readonly folder: string;
  readonly remove: () => void;
}

export function testFolder(): TestFolder {
  const folder = mkdtempSync(join(tmpdir(), "tillmesh-vault-"));
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

export async function createTestVault(
  folder: string,
  tuning: VaultTuning = { thread: "here" },
): Promise<OpenedVault> {
  const options = { passphrase: testPassphrase, random: randomBytes, cost: quickCost, ...tuning };
  const opened = await createVault(folder, options);
  if (opened.type !== "opened") throw new Error(opened.type);
  return opened;
}

export async function reopenTestVault(
  folder: string,
  { vaultKey }: OpenedVault,
  tuning: VaultTuning = { thread: "here" },
): Promise<OpenedVault> {
  const opened = await openVault(folder, { unlock: { vaultKey }, random: randomBytes, ...tuning });
  if (opened.type !== "opened") throw new Error(opened.type);
  return opened;
}

/** Numbers that `TILLMESH_SEED` repeats: `next(n)` is 0 to n - 1. (mulberry32) */
export function seededNumbers(): { readonly seed: number; readonly next: (below: number) => number } {
  const seed = Number(process.env["TILLMESH_SEED"] ?? randomBytes(4).readUInt32LE());
  let state = seed;
  const next = (below: number) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296) * below);
  };
  return { seed, next };
}
