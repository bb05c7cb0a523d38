import { randomBytes } from "node:crypto";
import type { DeviceId } from "#schema/bytes.ts";
import { type JournalDocument, type JournalVerdict, checkJournal } from "#schema/documents/journal.ts";
import { type DocumentName, parseDocumentName } from "#schema/documents/names.ts";
import type { StoredRecord } from "#schema/documents/record.ts";
import { Replica } from "#terminal/replica/replica.ts";
import { readIdentity } from "#terminal/setup/identity.ts";
import { openVault } from "#terminal/vault/open-vault.ts";
import type { TestTill } from "./test-till.ts";

/** What lies on a stopped till's own disk. */
export interface VaultContents {
  readonly device: DeviceId;
  /** Heads by document. */
  readonly heads: ReadonlyMap<DocumentName, readonly string[]>;
  /** Each device's records over all its days, as the checker of journals judged them from their first. */
  readonly journals: ReadonlyMap<DeviceId, JournalVerdict>;
}

/** Opens a stopped till's vault as the till itself would, and walks every journal in it. */
export async function inspectVault(till: TestTill): Promise<VaultContents> {
  const random = (length: number): Uint8Array => new Uint8Array(randomBytes(length));
  const opened = await openVault(till.dataDir, { unlock: { passphrase: till.setup.passphrase }, random });
  if (opened.type !== "opened") throw new Error(`${till.dataDir}: ${opened.type}`);
  const { vault } = opened;
  const identity = await readIdentity(vault);
  if (!identity) throw new Error("nobody has joined with this vault");
  const replica = await Replica.open({
    store: identity.store,
    device: identity.key.device,
    vault,
    random,
    onFailure: (what, error) => {
      throw new Error(what, { cause: error });
    },
  });
  const heads = new Map<DocumentName, readonly string[]>();
  const bytes = new Map<DeviceId, Uint8Array[]>();
  for (const name of [...replica.names()].sort()) {
    await replica.open(name);
    heads.set(name, [...replica.heads(name)]);
    const address = parseDocumentName(name);
    // Names sort by day within a device, so a device's records come in their order.
    if (address?.kind !== "journal") continue;
    const all = bytes.get(address.device) ?? [];
    bytes.set(address.device, all);
    for (const record of replica.doc<JournalDocument>(name).records) all.push(new Uint8Array(record));
  }
  const { store } = identity;
  const journals = new Map(
    [...bytes].map(([device, records]) => [device, checkJournal({ store, device }, records, undefined)]),
  );
  await replica.close();
  await vault.close();
  return { device: identity.key.device, heads, journals };
}

/** All records of a right journal; throws with the fault of a wrong one. */
export function recordsOf(verdict: JournalVerdict): readonly StoredRecord[] {
  if (verdict.type === "right") return verdict.records;
  throw new Error(`record ${verdict.index} is wrong: ${JSON.stringify(verdict.fault)}`);
}
