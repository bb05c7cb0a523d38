import type { Bytes, RandomBytes } from "#schema/bytes.ts";
import { equalBytes } from "#schema/bytes.ts";
import { type VaultRefusal, type VaultTuning, createVault, openVault } from "#terminal/vault/open-vault.ts";
import type { StretchCost } from "#terminal/vault/passphrase-slot.ts";
import type { Vault } from "#terminal/vault/vault.ts";
import { type Identity, identityWrite, readIdentity } from "./identity.ts";
import { type Pack, openPack } from "./pack.ts";
import { type SealedFileRefusal, explainFileRefusal } from "./sealed-file.ts";

export interface JoinOptions extends VaultTuning {
  /** The till's data folder; made when it is not there. */
  readonly folder: string;
  readonly pack: Bytes;
  readonly packPassphrase: string;
  /** Opens the vault from now on. */
  readonly vaultPassphrase: string;
  /** Of the vault's passphrase slot; `standardCost` when not given. */
  readonly cost?: StretchCost;
  readonly random: RandomBytes;
}

export type JoinResult =
  | { readonly type: "joined"; readonly vault: Vault; readonly identity: Identity }
  | { readonly type: "pack"; readonly refusal: SealedFileRefusal }
  | { readonly type: "vault"; readonly refusal: VaultRefusal }
  /** A database whose vault has no header: a join was cut off before it held anything, or the header was lost. */
  | { readonly type: "half-made" }
  /** The folder's vault is a till of another store, or another till of this one: its data stays as it is. */
  | { readonly type: "other-store" | "other-till"; readonly label: string };

/**
 * Makes the till of a pack in a data folder. Repeated with the same pack it only opens what is there, so a join that
 * was cut off half way is simply done again.
 */
export async function join(options: JoinOptions): Promise<JoinResult> {
  const { folder, packPassphrase, vaultPassphrase, cost, random, ...rest } = options;
  const { pack: packBytes, ...tuning } = rest;
  const opened = await openPack(packBytes, "till", packPassphrase);
  if (opened.type !== "opened") return { type: "pack", refusal: opened };
  const { pack } = opened;
  const made = await createVault(folder, {
    ...tuning,
    passphrase: vaultPassphrase,
    random,
    ...(cost ? { cost } : {}),
  });
  if (made.type === "opened") return settle(made.vault, pack);
  if (made.type !== "vault-exists") return { type: "vault", refusal: made };
  const there = await openVault(folder, { ...tuning, unlock: { passphrase: vaultPassphrase }, random });
  if (there.type === "no-vault") return { type: "half-made" };
  if (there.type !== "opened") return { type: "vault", refusal: there };
  const known = await readIdentity(there.vault);
  if (!known) return settle(there.vault, pack);
  if (equalBytes(known.enrolment, pack.enrolment))
    return { type: "joined", vault: there.vault, identity: known };
  await there.vault.close();
  return { type: known.store === pack.store ? "other-till" : "other-store", label: known.label };
}

async function settle(vault: Vault, pack: Pack): Promise<JoinResult> {
  await vault.commit([identityWrite(pack)], { durable: true });
  const identity = await readIdentity(vault);
  if (!identity) throw new Error("the identity was stored and is not there");
  return { type: "joined", vault, identity };
}

/** In words for the person who tries to join. */
export function explainJoin(result: Exclude<JoinResult, { type: "joined" }>): string {
  switch (result.type) {
    case "pack":
      return explainFileRefusal("The pack", result.refusal);
    case "vault":
      return explainVaultRefusal(result.refusal);
    case "half-made":
      return "This data folder holds a vault without its header: joining was cut off, or the header was lost. If nothing was ever sold here, delete the folder and join again; else bring the header back from a backup.";
    case "other-store":
      return `This data folder already holds "${result.label}", a till of another store. Take another folder.`;
    case "other-till":
      return `This data folder already holds "${result.label}" of this store. Take another folder.`;
  }
}

export function explainVaultRefusal(refusal: VaultRefusal): string {
  return vaultWords[refusal.type];
}

const vaultWords: { readonly [Type in VaultRefusal["type"]]: string } = {
  "wrong-passphrase": "The vault in this data folder does not open with this passphrase.",
  "no-vault": "There is no till in this data folder yet. Join the store first: `--join PACK`.",
  "header-damaged": "Both copies of the vault's header are damaged. Bring them back from a backup.",
  "newer-version": "The vault was made by a newer Tillmesh. Update this one.",
  "locked-by-another-process": "Another process runs with this data folder. Stop it first.",
  "database-damaged": "The vault's database is damaged beyond repair. Move the folder aside and join again.",
  "disk-full": "The disk is full: the vault cannot be opened. Make room and start again.",
};
