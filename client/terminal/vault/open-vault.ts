import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { type RandomBytes, toHex } from "#schema/bytes.ts";
import { cryptoReady, newSymmetricKey } from "#schema/trust/crypto.ts";
import type { EngineOptions } from "./engine.ts";
import { type FolderLock, lockFolder } from "./folder-lock.ts";
import {
  type VaultHeader,
  type VaultId,
  headerVersion,
  isPassphraseSlot,
  readHeader,
  writeHeader,
} from "./header.ts";
import { type StretchCost, makePassphraseSlot, openPassphraseSlot, standardCost } from "./passphrase-slot.ts";
import { finishSalvage } from "./salvage.ts";
import { SealedVault } from "./sealed-vault.ts";
import { Sealing } from "./sealing.ts";
import type { Vault, VaultKey } from "./vault.ts";
import { openEngineHere, openEngineInWorker } from "./worker-engine.ts";

export interface VaultTuning {
  /** Where SQLite runs: `worker` on a till, `here` for tests and measurements. */
  readonly thread?: "worker" | "here";
  /** In bytes; fixed when the vault is made. */
  readonly pageSize?: number;
  readonly maxPages?: number;
  readonly idleMs?: number;
  readonly idleWalBytes?: number;
  readonly maxWalBytes?: number;
  readonly probeMs?: number;
}

export interface CreateVaultOptions extends VaultTuning {
  readonly passphrase: string;
  readonly random: RandomBytes;
  readonly cost?: StretchCost;
}

export interface OpenVaultOptions extends VaultTuning {
  /** What opens it: a passphrase, or the key itself when another slot's helper has handed it over. */
  readonly unlock: { readonly passphrase: string } | { readonly vaultKey: VaultKey };
  readonly random: RandomBytes;
}

export interface OpenedVault {
  readonly type: "opened";
  readonly vault: Vault;
  readonly header: VaultHeader;
  /** For wrapping into further slots; keep it nowhere else. */
  readonly vaultKey: VaultKey;
  /** True when the database was damaged and what could be read was carried over: expect damage in what is loaded. */
  readonly salvaged: boolean;
}

/**
 * `database-damaged`: beyond salvage; the files are left as they are. `disk-full`: not even opening is possible.
 */
export type VaultRefusal = {
  readonly type:
    | "wrong-passphrase"
    | "no-vault"
    | "header-damaged"
    | "newer-version"
    | "locked-by-another-process"
    | "database-damaged"
    | "disk-full";
};

export type OpenVaultResult = OpenedVault | VaultRefusal;
export type CreateVaultResult = OpenedVault | VaultRefusal | { readonly type: "vault-exists" };

const databaseName = "vault.db";

/** Makes the folder if need be, and a vault in it that the passphrase opens. */
export async function createVault(folder: string, options: CreateVaultOptions): Promise<CreateVaultResult> {
  await cryptoReady;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const lock = lockFolder(folder);
  if (typeof lock === "string") return { type: lock };
  return withLock(lock, async () => {
    if (readHeader(folder).type !== "no-vault" || existsSync(join(folder, databaseName)))
      return { type: "vault-exists" };
    const vaultKey = newSymmetricKey(options.random);
    const vault = toHex(options.random(16)) as VaultId;
    const cost = options.cost ?? standardCost;
    const slot = await makePassphraseSlot(vault, vaultKey, options.passphrase, cost, options.random);
    const header: VaultHeader = { version: headerVersion, vault, revision: 1, slots: [slot] };
    const opened = await openDatabase(folder, header, vaultKey, options.random, options, lock);
    if (opened.type === "opened") writeHeader(folder, header);
    return opened;
  });
}

export async function openVault(folder: string, options: OpenVaultOptions): Promise<OpenVaultResult> {
  await cryptoReady;
  if (!existsSync(folder)) return { type: "no-vault" };
  const lock = lockFolder(folder);
  if (typeof lock === "string") return { type: lock };
  return withLock(lock, async () => {
    const reading = readHeader(folder);
    if (reading.type !== "header") return reading;
    const { header } = reading;
    const vaultKey = await unlock(header, options.unlock);
    if (!vaultKey) return { type: "wrong-passphrase" };
    finishSalvage(join(folder, databaseName));
    if (!existsSync(join(folder, databaseName))) return { type: "database-damaged" };
    if (reading.copiesDiffer) writeHeader(folder, header);
    return openDatabase(folder, header, vaultKey, options.random, options, lock);
  });
}

export interface ChangePassphraseOptions {
  readonly current: string;
  readonly next: string;
  readonly random: RandomBytes;
  readonly cost?: StretchCost;
}

/** Makes the new slot, then removes the one the current passphrase opens. The vault must be closed. */
export async function changePassphrase(
  folder: string,
  { current, next, random, cost = standardCost }: ChangePassphraseOptions,
): Promise<{ readonly type: "changed" } | VaultRefusal> {
  await cryptoReady;
  if (!existsSync(folder)) return { type: "no-vault" };
  const lock = lockFolder(folder);
  if (typeof lock === "string") return { type: lock };
  try {
    const reading = readHeader(folder);
    if (reading.type !== "header") return reading;
    const { header } = reading;
    const opened = await openSlot(header, current);
    if (!opened) return { type: "wrong-passphrase" };
    const slot = await makePassphraseSlot(header.vault, opened.vaultKey, next, cost, random);
    writeHeader(folder, { ...header, revision: header.revision + 1, slots: [...header.slots, slot] });
    const kept = header.slots.filter(({ id }) => id !== opened.slot);
    writeHeader(folder, { ...header, revision: header.revision + 2, slots: [...kept, slot] });
    return { type: "changed" };
  } finally {
    lock.release();
  }
}

async function withLock<R extends { readonly type: string }>(
  lock: FolderLock,
  work: () => Promise<R>,
): Promise<R> {
  let kept = false;
  try {
    const result = await work();
    kept = result.type === "opened";
    return result;
  } finally {
    if (!kept) lock.release();
  }
}

async function unlock(header: VaultHeader, how: OpenVaultOptions["unlock"]): Promise<VaultKey | undefined> {
  if ("vaultKey" in how) return how.vaultKey;
  return (await openSlot(header, how.passphrase))?.vaultKey;
}

async function openSlot(header: VaultHeader, passphrase: string) {
  for (const slot of header.slots.filter(isPassphraseSlot)) {
    const vaultKey = await openPassphraseSlot(header.vault, slot, passphrase);
    if (vaultKey) return { slot: slot.id, vaultKey };
  }
  return undefined;
}

async function openDatabase(
  folder: string,
  header: VaultHeader,
  vaultKey: VaultKey,
  random: RandomBytes,
  tuning: VaultTuning,
  lock: FolderLock,
): Promise<OpenedVault | VaultRefusal> {
  const engineOptions: EngineOptions = {
    file: join(folder, databaseName),
    pageSize: tuning.pageSize ?? 512,
    ...(tuning.maxPages === undefined ? {} : { maxPages: tuning.maxPages }),
  };
  const opened =
    tuning.thread === "here" ? openEngineHere(engineOptions) : await openEngineInWorker(engineOptions);
  if (opened.type === "full") return { type: "disk-full" };
  if (opened.type === "damaged") return { type: "database-damaged" };
  const vault = new SealedVault({
    engine: opened.engine,
    contents: opened.contents,
    sealing: new Sealing(vaultKey, random),
    idleMs: tuning.idleMs ?? 400,
    idleWalBytes: tuning.idleWalBytes ?? 512 * 1024,
    maxWalBytes: tuning.maxWalBytes ?? 4 * 1024 * 1024,
    probeMs: tuning.probeMs ?? 2_000,
    onClosed: () => lock.release(),
  });
  return { type: "opened", vault, header, vaultKey, salvaged: opened.contents.salvaged };
}
