import { toHex } from "#schema/bytes.ts";
import { decodeTrusted, encodeCanonical } from "#schema/canonical.ts";
import type { DocumentName } from "#schema/documents/names.ts";
import { hash } from "#schema/trust/crypto.ts";
import type { OutgoingEntry } from "#schema/wire/relay.ts";
import type { Replica } from "#terminal/replica/replica.ts";
import type { StorageKey, Vault, VaultWrite } from "#terminal/vault/vault.ts";
import type { DocumentHeads, GatewayStorage, OutboxEntry } from "./gateway-storage.ts";

const logKey: StorageKey = ["gateway", "log"];
const cursorKey: StorageKey = ["gateway", "cursor"];
const coveredRoom = "gateway-covered";
/** What an outbox entry covers names documents: it lies in the vault, not beside the sealed entry outside of it. */
const coversRoom = "gateway-covers";

interface Waiting extends OutboxEntry {
  readonly place: number;
}

/** The gateway's memory in the vault: each write goes with the documents that changed before it, in one transaction. */
export function vaultGatewayStorage(vault: Vault, replica: Pick<Replica, "settle">): GatewayStorage {
  let nextPlace = 0;

  async function forgetAll(): Promise<VaultWrite[]> {
    const ids = (await vault.outbox.list()).map(({ id }) => id);
    return [
      { op: "removeRange", prefix: [coveredRoom] },
      { op: "removeRange", prefix: [coversRoom] },
      { op: "put", key: cursorKey, data: encodeCanonical(0) },
      ...(ids.length > 0 ? [{ op: "outboxRemove", ids } as const] : []),
    ];
  }

  return {
    async load() {
      const log = await vault.load(logKey);
      const cursor = await vault.load(cursorKey);
      const covered = await vault.loadRange([coveredRoom]);
      const waiting: Waiting[] = [];
      for (const { id, bytes } of await vault.outbox.list()) {
        const covers = await vault.load([coversRoom, String(id)]);
        if (!covers) continue;
        const entry = decodeTrusted(bytes) as unknown as OutgoingEntry;
        waiting.push({ ...(decodeTrusted(covers) as unknown as Omit<Waiting, "entry">), entry });
      }
      waiting.sort((a, b) => a.place - b.place);
      nextPlace = (waiting.at(-1)?.place ?? -1) + 1;
      return {
        log: log ? new TextDecoder().decode(log) : "",
        cursor: cursor ? Number(decodeTrusted(cursor)) : 0,
        covered: covered.chunks.map(({ data }) => decodeTrusted(data) as unknown as DocumentHeads),
        outbox: waiting.map(({ entry, covers }) => ({ entry, covers })),
      };
    },
    async commit({ log, cursor, covered, put, remove }) {
      const writes: VaultWrite[] = [];
      if (log !== undefined) {
        writes.push(...(await forgetAll()), { op: "put", key: logKey, data: new TextEncoder().encode(log) });
      }
      if (cursor !== undefined) writes.push({ op: "put", key: cursorKey, data: encodeCanonical(cursor) });
      for (const { name, heads } of covered ?? [])
        writes.push({ op: "put", key: coveredKey(name), data: encodeCanonical({ name, heads }) });
      for (const { entry, covers } of put ?? []) {
        const id = toHex(entry.id);
        const names = covers.map(({ name, heads }) => ({ name, heads }));
        writes.push(
          { op: "outboxPut", id, bytes: encodeCanonical(plain(entry)) },
          { op: "put", key: [coversRoom, id], data: encodeCanonical({ place: nextPlace++, covers: names }) },
        );
      }
      for (const id of remove ?? []) writes.push({ op: "remove", key: [coversRoom, id] });
      if (remove && remove.length > 0) writes.push({ op: "outboxRemove", ids: remove });
      await replica.settle({ durable: true, writes });
    },
  };
}

function coveredKey(name: DocumentName): StorageKey {
  return [coveredRoom, toHex(hash(new TextEncoder().encode(name)).subarray(0, 16))];
}

function plain({ id, docs, epoch, bytes }: OutgoingEntry) {
  return {
    id,
    epoch,
    bytes,
    docs: docs.map(({ name, heads, snapshot }) => ({
      name,
      heads,
      ...(snapshot === undefined ? {} : { snapshot }),
    })),
  };
}
