import type { StoreId } from "#schema/bytes.ts";
import { type Entry, encodeFromRelay } from "#schema/wire/relay.ts";
import { type RateLimit, createRateLimit } from "./rate.ts";
import type { StoreQuota } from "./registry.ts";
import type { Speaker } from "./session.ts";

/** The connections of each store. */
export interface Rooms {
  /** False, and nothing happens, when the store has `limit` already. */
  join(speaker: Speaker, limit: number): boolean;
  leave(speaker: Speaker): void;
  /** New entries, to all connections of the store but the one that appended them; encoded once. */
  tell(from: Speaker, entries: Entry[]): void;
  rate(store: StoreId, quota: StoreQuota): RateLimit;
  connections(): number;
}

export function createRooms(nowMs: () => number): Rooms {
  const rooms = new Map<StoreId, Set<Speaker>>();
  const rates = new Map<StoreId, { readonly quota: StoreQuota; readonly rate: RateLimit }>();
  let count = 0;
  return {
    join(speaker, limit) {
      const room = rooms.get(speaker.store) ?? new Set();
      if (room.size >= limit) return false;
      rooms.set(speaker.store, room.add(speaker));
      count += 1;
      return true;
    },
    leave(speaker) {
      const room = rooms.get(speaker.store);
      if (!room?.delete(speaker)) return;
      count -= 1;
      if (room.size === 0) rooms.delete(speaker.store);
    },
    tell(from, entries) {
      const others = [...(rooms.get(from.store) ?? [])].filter((speaker) => speaker !== from);
      if (others.length === 0) return;
      const frame = encodeFromRelay({ type: "push", after: entries[0]!.offset - 1, entries });
      for (const speaker of others) speaker.push(frame, entries);
    },
    rate(store, quota) {
      const before = rates.get(store);
      if (before && before.quota === quota) return before.rate;
      const rate = createRateLimit(quota.entriesPerSecond, quota.burstEntries, nowMs);
      rates.set(store, { quota, rate });
      return rate;
    },
    connections: () => count,
  };
}
