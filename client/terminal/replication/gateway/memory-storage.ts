import { toHex } from "#schema/bytes.ts";
import type { DocumentName } from "#schema/documents/names.ts";
import type { GatewayStorage, OutboxEntry } from "./gateway-storage.ts";

/** The deterministic twin: lives as long as the object, through any number of gateways. */
export function memoryGatewayStorage(): GatewayStorage {
  let log = "";
  let cursor = 0;
  let covered = new Map<DocumentName, readonly string[]>();
  let outbox = new Map<string, OutboxEntry>();
  return {
    load: () =>
      Promise.resolve({
        log,
        cursor,
        covered: [...covered].map(([name, heads]) => ({ name, heads })),
        outbox: [...outbox.values()],
      }),
    commit(write) {
      if (write.log !== undefined) {
        log = write.log;
        cursor = 0;
        covered = new Map();
        outbox = new Map();
      }
      cursor = write.cursor ?? cursor;
      for (const { name, heads } of write.covered ?? []) covered.set(name, heads);
      for (const item of write.put ?? []) outbox.set(toHex(item.entry.id), item);
      for (const id of write.remove ?? []) outbox.delete(id);
      return Promise.resolve();
    },
  };
}
