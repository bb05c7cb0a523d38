import { type Canonical, decodeTrusted, encodeCanonical } from "#schema/canonical.ts";
import { toHex } from "#schema/bytes.ts";
import type { DocumentName } from "#schema/documents/names.ts";
import type { OutgoingEntry } from "#schema/wire/relay.ts";
import type { Replica } from "#terminal/replica/replica.ts";
import type { Vault, VaultWrite } from "#terminal/vault/vault.ts";
import type { DocumentHeads, GatewayMemory, GatewayStorage } from "./gateway/gateway-storage.ts";

const room = "gateway";
const stateKey = [room, "state"];

/**
 * What the gateway remembers, in the vault: where it stands in the log, and how far the log has each document. Entries
 * on their way lie in the outbox, which is encrypted for the relay already and can be handed over without the vault.
 */
export function vaultGatewayStorage(vault: Vault, replica: Replica): GatewayStorage {
  let log = "";
  let cursor = 0;
  return {
    async load(): Promise<GatewayMemory> {
      const state = await vault.load(stateKey).catch(() => undefined);
      if (state) [log, cursor] = decodeTrusted(state) as [string, number];
      const covered = (await vault.loadRange([room, "covered"])).chunks.map((chunk) => headsFrom(chunk.data));
      const covers = new Map<string, DocumentHeads[]>();
      for (const { key, data } of (await vault.loadRange([room, "sending"])).chunks)
        covers.set(key[2]!, (decodeTrusted(data) as [string, string[]][]).map(toHeads));
      const outbox = (await vault.outbox.list()).map(({ id, bytes }) => ({
        entry: decodeTrusted(bytes) as unknown as OutgoingEntry,
        covers: covers.get(String(id)) ?? [],
      }));
      return { log, cursor, covered, outbox };
    },
    async commit(write): Promise<void> {
      const writes: VaultWrite[] = [];
      if (write.log !== undefined) {
        writes.push(
          { op: "removeRange", prefix: [room, "covered"] },
          { op: "removeRange", prefix: [room, "sending"] },
        );
        const waiting = (await vault.outbox.list()).map(({ id }) => id);
        if (waiting.length > 0) writes.push({ op: "outboxRemove", ids: waiting });
        log = write.log;
        cursor = 0;
      }
      cursor = write.cursor ?? cursor;
      if (write.log !== undefined || write.cursor !== undefined)
        writes.push({ op: "put", key: stateKey, data: encodeCanonical([log, cursor]) });
      for (const { name, heads } of write.covered ?? [])
        writes.push({ op: "put", key: [room, "covered", name], data: encodeCanonical([name, [...heads]]) });
      for (const { entry, covers } of write.put ?? []) {
        const id = toHex(entry.id);
        writes.push({ op: "outboxPut", id, bytes: encodeCanonical(entry as unknown as Canonical) });
        writes.push({
          op: "put",
          key: [room, "sending", id],
          data: encodeCanonical(covers.map(({ name, heads }) => [name, [...heads]])),
        });
      }
      for (const id of write.remove ?? []) {
        writes.push({ op: "outboxRemove", ids: [id] }, { op: "remove", key: [room, "sending", id] });
      }
      await replica.settle({ durable: true, writes });
    },
  };
}

function headsFrom(bytes: Uint8Array): DocumentHeads {
  return toHeads(decodeTrusted(bytes) as [string, string[]]);
}

function toHeads([name, heads]: [string, string[]]): DocumentHeads {
  return { name: name as DocumentName, heads };
}
