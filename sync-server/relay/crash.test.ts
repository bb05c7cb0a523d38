import { afterEach, expect, test } from "vitest";
import { toHex } from "#schema/bytes.ts";
import type { OutgoingEntry } from "#schema/wire/relay.ts";
import {
  connectPeer,
  entryOf,
  exited,
  makeStore,
  spawnRelay,
  temporaryFolder,
  textOf,
} from "../testing/peers.ts";

const cleanups: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean();
});

/** mulberry32: the same numbers for the same seed. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

test("kill -9 at any moment: every acknowledged entry is there, once, in its order", async () => {
  const seed = Number(process.env["RELAY_SEED"] ?? Date.now() % 1_000_000);
  const rounds = Number(process.env["RELAY_ROUNDS"] ?? 5);
  const chance = seeded(seed);
  const folder = temporaryFolder();
  cleanups.push(folder.remove);
  const store = makeStore({ entriesPerSecond: 1e6, burstEntries: 1e6 });
  const till = store.till();
  const config = { dataDir: folder.path, port: 0, stores: [store.registration] };
  const acked = new Map<string, number>();
  let unsure: OutgoingEntry[] = [];
  let sent = 0;
  for (let round = 0; round < rounds; round++) {
    const relay = await spawnRelay(config);
    const peer = await connectPeer(relay.url, till);
    const killAfter = Math.floor(chance() * 60);
    let killed = false;
    const append = async (entries: OutgoingEntry[]) => {
      const answer = await peer.append(entries);
      if (answer.type === "ack")
        entries.forEach((entry, i) => acked.set(toHex(entry.id), answer.entries[i]!.offset));
      else unsure.push(...entries);
      if (acked.size % 60 >= killAfter && !killed) {
        killed = true;
        relay.process.kill("SIGKILL");
      }
    };
    const again = unsure;
    unsure = [];
    if (again.length > 0) await append(again.slice(0, 64));
    const isKilled = () => killed;
    while (!isKilled())
      await Promise.all(
        Array.from({ length: 1 + Math.floor(chance() * 6) }, () => append([entryOf(`entry ${++sent}`)])),
      );
    await exited(relay.process);
    await peer.ended;
  }
  const relay = await spawnRelay(config);
  cleanups.push(async () => {
    relay.process.kill("SIGTERM");
    await exited(relay.process);
  });
  const peer = await connectPeer(relay.url, till);
  const all = await peer.readAll(0);
  const at = new Map(all.map((entry) => [toHex(entry.id), entry.offset]));
  expect(acked.size, `seed ${seed}`).toBeGreaterThan(0);
  for (const [id, offset] of acked) expect(at.get(id), `seed ${seed}`).toBe(offset);
  expect(new Set(all.map(textOf)).size, `seed ${seed}`).toBe(all.length);
  expect(all.map(({ offset }) => offset)).toEqual(all.map((_, i) => i + 1));
}, 60_000);

test("SIGTERM ends the process at once, with connections open", async () => {
  const folder = temporaryFolder();
  cleanups.push(folder.remove);
  const store = makeStore();
  const relay = await spawnRelay({ dataDir: folder.path, port: 0, stores: [store.registration] });
  const peer = await connectPeer(relay.url, store.till());
  const acked = peer.append([entryOf("last")]);
  expect((await acked).type).toBe("ack");
  relay.process.kill("SIGTERM");
  expect(await peer.ended).toContain("stopping");
  await exited(relay.process);
  expect(relay.process.exitCode).toBe(0);
});
