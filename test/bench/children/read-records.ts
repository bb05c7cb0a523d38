import * as A from "@automerge/automerge";
import { randomBytes } from "node:crypto";
import type { JournalDocument } from "#schema/documents/journal.ts";
import { parseDocumentName } from "#schema/documents/names.ts";
import { type StoredRecord, decodeVouchedRecord } from "#schema/documents/record.ts";
import { Replica } from "#terminal/replica/replica.ts";
import { type Identity, readIdentity } from "#terminal/setup/identity.ts";
import { type OpenedVault, openVault } from "#terminal/vault/open-vault.ts";
import type { VaultKey } from "#terminal/vault/vault.ts";

export const random = (length: number): Uint8Array => new Uint8Array(randomBytes(length));

export interface OpenedStore {
  readonly opened: OpenedVault;
  readonly identity: Identity;
  readonly replica: Replica;
}

/** A till's vault and documents, without the till around them. */
export async function openStore(
  folder: string,
  unlock: { readonly passphrase: string } | { readonly vaultKey: VaultKey },
): Promise<OpenedStore> {
  const opened = await openVault(folder, { unlock, random });
  if (opened.type !== "opened") throw new Error(`the vault did not open: ${opened.type}`);
  const identity = await readIdentity(opened.vault);
  if (!identity) throw new Error("nobody has joined with this vault");
  const { store, key } = identity;
  const onFailure = (what: string, error: unknown): void => {
    throw new Error(what, { cause: error });
  };
  const replica = await Replica.open({ store, device: key.device, vault: opened.vault, random, onFailure });
  return { opened, identity, replica };
}

/** Every record of every journal, read to the last field. */
export async function readRecords(
  replica: Replica,
): Promise<(StoredRecord & { readonly bytes: Uint8Array })[]> {
  const names = replica.names().filter((name) => parseDocumentName(name)?.kind === "journal");
  const records = [];
  for (const name of names) {
    await replica.open(name);
    const { records: list } = A.toJS(replica.doc<JournalDocument>(name));
    for (const bytes of list) records.push({ ...decodeVouchedRecord(bytes), bytes });
  }
  return records;
}
