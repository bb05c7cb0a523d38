import { existsSync } from "node:fs";
import { mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import sodium from "libsodium-wrappers-sumo";
import { type Bytes, type HashHex, type StoreId, toHex } from "#schema/bytes.ts";
import { syncFolder } from "./durable-file.ts";

export type SegmentState =
  | { readonly type: "complete"; readonly bytes: number }
  | { readonly type: "partial"; readonly received: number }
  | { readonly type: "none" };

export type Received =
  | { readonly type: "complete" }
  /** The body ended early: go on from here. */
  | { readonly type: "partial"; readonly received: number }
  | { readonly type: "wrong-offset"; readonly received: number }
  /** Somebody else is sending it now. */
  | { readonly type: "busy" }
  /** More bytes than were announced. */
  | { readonly type: "too-long" }
  /** The bytes are not what the name says; all of them are gone. */
  | { readonly type: "wrong-hash" };

/** Immutable files by store and by the BLAKE2b-256 of what they hold; unfinished ones end in `.part`. */
export interface Segments {
  state(store: StoreId, hash: HashHex): Promise<SegmentState>;
  path(store: StoreId, hash: HashHex): string;
  /** Appends the body at `offset` of a segment of `total` bytes; complete: verified, synced and renamed. */
  receive(
    store: StoreId,
    hash: HashHex,
    at: { readonly offset: number; readonly total: number },
    body: AsyncIterable<Bytes>,
  ): Promise<Received>;
  /** Bytes on disk, unfinished ones included. */
  used(store: StoreId): number;
}

export async function openSegments(directory: string): Promise<Segments> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const used = await measure(directory);
  const busy = new Set<string>();
  const path = (store: StoreId, hash: HashHex) => join(directory, store, hash.slice(0, 2), hash);
  const grow = (store: StoreId, bytes: number) => used.set(store, (used.get(store) ?? 0) + bytes);

  async function append(
    part: string,
    offset: number,
    total: number,
    body: AsyncIterable<Bytes>,
    store: StoreId,
  ) {
    const file = await open(part, "a", 0o600);
    let received = offset;
    try {
      for await (const chunk of body) {
        if (received + chunk.length > total) return { type: "too-long" } as const;
        await file.write(chunk);
        received += chunk.length;
        grow(store, chunk.length);
      }
    } catch {
      // The sender went away, or the disk did; what is in the file is what counts.
    } finally {
      await file.sync().catch(() => undefined);
      await file.close();
    }
    return { type: "written", received: await sizeOf(part) } as const;
  }

  async function discard(store: StoreId, part: string): Promise<void> {
    grow(store, -(await sizeOf(part)));
    await rm(part, { force: true });
  }

  return {
    path,
    used: (store) => used.get(store) ?? 0,
    async state(store, hash) {
      const whole = path(store, hash);
      if (existsSync(whole)) return { type: "complete", bytes: await sizeOf(whole) };
      const received = await sizeOf(`${whole}.part`);
      return received > 0 ? { type: "partial", received } : { type: "none" };
    },
    async receive(store, hash, { offset, total }, body) {
      const whole = path(store, hash);
      const part = `${whole}.part`;
      if (busy.has(whole)) return { type: "busy" };
      busy.add(whole);
      try {
        if (existsSync(whole)) return { type: "complete" };
        const before = await sizeOf(part);
        if (before !== offset) return { type: "wrong-offset", received: before };
        await mkdir(dirname(whole), { recursive: true, mode: 0o700 });
        const result = await append(part, offset, total, body, store);
        if (result.type === "too-long") {
          await discard(store, part);
          return result;
        }
        if (result.received < total) return { type: "partial", received: result.received };
        if ((await hashOfFile(part)) !== hash) {
          await discard(store, part);
          return { type: "wrong-hash" };
        }
        await rename(part, whole);
        syncFolder(dirname(whole));
        return { type: "complete" };
      } finally {
        busy.delete(whole);
      }
    },
  };
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch {
    return 0;
  }
}

async function hashOfFile(path: string): Promise<string> {
  const state = sodium.crypto_generichash_init(null, 32);
  const file = await open(path);
  try {
    for await (const chunk of file.createReadStream({ highWaterMark: 2 ** 20, autoClose: false }))
      sodium.crypto_generichash_update(state, chunk as Buffer);
  } finally {
    await file.close();
  }
  return toHex(sodium.crypto_generichash_final(state, 32));
}

async function measure(directory: string): Promise<Map<StoreId, number>> {
  const used = new Map<StoreId, number>();
  for (const store of await readdir(directory)) {
    let bytes = 0;
    for (const name of await readdir(join(directory, store), { recursive: true }))
      if (/[0-9a-f]{64}(?:\.part)?$/.test(name)) bytes += await sizeOf(join(directory, store, name));
    used.set(store as StoreId, bytes);
  }
  return used;
}
