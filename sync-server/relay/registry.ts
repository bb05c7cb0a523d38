import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { type Bytes, type StoreId, fromHex, toHex } from "#schema/bytes.ts";
import { type RegisterStore, registerStoreSchema } from "#schema/wire/relay.ts";
import { writeDurably } from "./durable-file.ts";

/** A store as the relay knows it: who may speak for it, and how much it may keep here. */
export interface RegisteredStore {
  readonly id: StoreId;
  /** The Ed25519 public key that signs its enrolments. */
  readonly root: Bytes;
  readonly quota: StoreQuota;
}

export interface StoreQuota {
  /** All entries together, and all segments together: each at most this. */
  readonly maxBytes: number;
  readonly maxEntryBytes: number;
  readonly entriesPerSecond: number;
  readonly burstEntries: number;
  readonly maxConnections: number;
}

/** The registered stores, in one small file that outlives an emptied log. */
export interface Registry {
  store(id: StoreId): RegisteredStore | undefined;
  stores(): readonly RegisteredStore[];
  /** On disk when it returns. Again with the same root: the quota is replaced. With another root: `taken`. */
  register(request: RegisterStore): "registered" | "updated" | "taken";
}

const fileSchema = z.array(registerStoreSchema);

/** Throws on a file that is damaged: a relay that forgot who may speak must not start. */
export function openRegistry(dataDir: string, defaults: StoreQuota): Registry {
  const path = join(dataDir, "stores.json");
  let requests = new Map<StoreId, RegisterStore>();
  if (existsSync(path)) {
    const listed = fileSchema.safeParse(JSON.parse(readFileSync(path, "utf8")));
    if (!listed.success) throw new Error(`${path} is damaged: ${listed.error.issues[0]?.message ?? ""}`);
    requests = new Map(listed.data.map((request) => [request.store, request]));
  }
  const toStore = (request: RegisterStore): RegisteredStore => ({
    id: request.store,
    root: fromHex(request.root),
    quota: { ...defaults, ...defined(request.quota ?? {}) },
  });
  const stores = new Map([...requests].map(([id, request]) => [id, toStore(request)]));
  return {
    store: (id) => stores.get(id),
    stores: () => [...stores.values()],
    register(request) {
      const before = stores.get(request.store);
      if (before && toHex(before.root) !== request.root) return "taken";
      const next = new Map(requests).set(request.store, request);
      writeDurably(path, new TextEncoder().encode(JSON.stringify([...next.values()], undefined, 1)), 0o600);
      requests = next;
      stores.set(request.store, toStore(request));
      return before ? "updated" : "registered";
    },
  };
}

function defined<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, part]) => part !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}
