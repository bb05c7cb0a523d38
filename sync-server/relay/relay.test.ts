import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { toHex } from "#schema/bytes.ts";
import { makeStore, connectPeer, entryOf, random, temporaryFolder, textOf } from "../testing/peers.ts";
import { registerStore } from "./register.ts";
import { type Relay, startRelay } from "./start.ts";

const cleanups: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean();
});

async function relayWith(settings: Partial<Parameters<typeof startRelay>[0]> = {}): Promise<Relay> {
  const folder = temporaryFolder();
  cleanups.push(folder.remove);
  const relay = await startRelay({ dataDir: folder.path, port: 0, ...settings });
  cleanups.push(() => relay.close());
  return relay;
}

test("what one till appends another reads, and a third has pushed to it", async () => {
  const store = makeStore();
  const relay = await relayWith({ stores: [store.registration] });
  const a = await connectPeer(relay.url, store.till());
  const b = await connectPeer(relay.url, store.reader());
  expect(await b.readAll(0)).toEqual([]);
  const ack = await a.append([entryOf("one"), entryOf("two")]);
  expect(ack).toMatchObject({
    type: "ack",
    entries: [
      { offset: 1, fresh: true },
      { offset: 2, fresh: true },
    ],
  });
  await vi.waitFor(() => expect(b.pushed.map(textOf)).toEqual(["one", "two"]));
  expect(a.pushed).toEqual([]);
  const c = await connectPeer(relay.url, store.till());
  expect((await c.readAll(0, 1)).map(textOf)).toEqual(["one", "two"]);
  expect((await c.readAll(1)).map(textOf)).toEqual(["two"]);
});

test("an append sent again after a lost ack is there once", async () => {
  const store = makeStore();
  const relay = await relayWith({ stores: [store.registration] });
  const till = store.till();
  const entry = entryOf("paid");
  const first = await connectPeer(relay.url, till);
  await first.append([entry]);
  first.link.close();
  await first.ended;
  const again = await connectPeer(relay.url, till);
  expect(await again.append([entry, entryOf("next"), entry])).toMatchObject({
    entries: [
      { offset: 1, fresh: false },
      { offset: 2, fresh: true },
      { offset: 1, fresh: false },
    ],
  });
  expect((await again.readAll(0)).map(textOf)).toEqual(["paid", "next"]);
});

test("stores do not see each other, and only the store's own root lets in", async () => {
  const [one, other, unknown] = [makeStore(), makeStore(), makeStore()];
  const relay = await relayWith({ stores: [one.registration, other.registration] });
  const a = await connectPeer(relay.url, one.till());
  await a.append([entryOf("mine")]);
  const b = await connectPeer(relay.url, other.till());
  expect(await b.readAll(0)).toEqual([]);
  await expect(connectPeer(relay.url, unknown.till())).rejects.toThrow("not registered");
  const impostor = { ...other.till(), store: one.id };
  await expect(connectPeer(relay.url, impostor)).rejects.toThrow("not enrolled");
  const stolen = { ...one.till(), key: other.till().key };
  await expect(connectPeer(relay.url, stolen)).rejects.toThrow("does not match");
});

test("a reader that does not keep up is told so, and reads the rest", async () => {
  const store = makeStore();
  const relay = await relayWith({ stores: [store.registration] });
  const writer = await connectPeer(relay.url, store.till());
  const slow = await connectPeer(relay.url, store.reader());
  await slow.readAll(0);
  slow.link.pause();
  for (let i = 0; i < 40; i++) await writer.append([entryOf("", { bytes: random(1_000_000) })]);
  slow.link.resume();
  await vi.waitFor(() => expect(slow.behind.length).toBe(1), 10_000);
  expect(slow.pushed.length).toBeLessThan(40);
  const rest = await slow.readAll(slow.pushed.at(-1)?.offset ?? 0, 4_000_000);
  expect([...slow.pushed, ...rest].map(({ offset }) => offset)).toEqual(
    Array.from({ length: 40 }, (_, i) => i + 1),
  );
});

test("a reader may not append", async () => {
  const store = makeStore();
  const relay = await relayWith({ stores: [store.registration] });
  const reader = await connectPeer(relay.url, store.reader());
  expect(await reader.append([entryOf("no")])).toMatchObject({ type: "error", code: "refused" });
  expect(reader.welcome.end).toBe(0);
});

test("snapshots trim what they cover, and only that; claims stay", async () => {
  const store = makeStore();
  const relay = await relayWith({ stores: [store.registration] });
  const till = store.till();
  const a = await connectPeer(relay.url, till);
  const [x, y] = [random(16), random(16)];
  const [h1, h2] = [random(16), random(16)];
  await a.append([
    entryOf("x1", { docs: [{ name: x, heads: [h1] }] }),
    entryOf("x2 y1", {
      docs: [
        { name: x, heads: [h2] },
        { name: y, heads: [h1] },
      ],
    }),
    entryOf("x3", { docs: [{ name: x, heads: [h2] }] }),
  ]);
  await a.append([entryOf("x whole", { docs: [{ name: x, heads: [h2], snapshot: 2 }] })]);
  expect((await a.readAll(0)).map(textOf)).toEqual(["x2 y1", "x3", "x whole"]);
  await a.append([entryOf("y whole", { docs: [{ name: y, heads: [h1], snapshot: 4 }] })]);
  expect((await a.readAll(0)).map(textOf)).toEqual(["x3", "x whole", "y whole"]);
  const coverage = await a.conversation.covered([x, y, random(16)]);
  expect(coverage).toMatchObject({
    docs: [
      { claims: [{ by: till.key.device, heads: [h2] }], snapshotBytes: 7, entryBytes: 2 },
      { claims: [{ by: till.key.device, heads: [h1] }], snapshotBytes: 7, entryBytes: 0 },
      { claims: [], snapshotBytes: 0, entryBytes: 0 },
    ],
  });
});

test("quotas: size of an entry, bytes of a store, entries a second, connections", async () => {
  const store = makeStore({
    maxBytes: 100,
    maxEntryBytes: 40,
    entriesPerSecond: 1,
    burstEntries: 4,
    maxConnections: 2,
  });
  const relay = await relayWith({ stores: [store.registration] });
  const a = await connectPeer(relay.url, store.till());
  expect(await a.append([entryOf("x".repeat(41))])).toMatchObject({ type: "error", code: "too-large" });
  expect(await a.append([entryOf("x".repeat(40)), entryOf("y".repeat(40))])).toMatchObject({ type: "ack" });
  expect(await a.append([entryOf("z".repeat(40))])).toMatchObject({ type: "error", code: "quota" });
  const fast = await a.append([entryOf("1"), entryOf("2"), entryOf("3")]);
  expect(fast).toMatchObject({ type: "error", code: "too-fast" });
  expect(fast.type === "error" && (fast.retryAfterMs ?? 0) > 500).toBe(true);
  expect((await a.readAll(0)).length).toBe(2);
  await connectPeer(relay.url, store.till());
  await expect(connectPeer(relay.url, store.till())).rejects.toThrow("2 connections");
  const metrics = await (await fetch(`${relay.url}/metrics`)).text();
  expect(metrics).toContain('tillmesh_relay_refusals_total{code="quota"} 1');
  expect(metrics).toContain("tillmesh_relay_appends_total 2");
  expect(metrics).toContain("tillmesh_relay_connections 2");
});

test("the operator registers stores; nobody else does", async () => {
  const relay = await relayWith();
  const store = makeStore();
  expect(await registerStore(relay.url, "wrong", store.registration)).toMatchObject({
    type: "refused",
    status: 401,
  });
  const taken = { ...store.registration, root: toHex(random(32)) };
  expect(await registerStore(relay.url, relay.operatorToken, store.registration)).toEqual({
    type: "registered",
  });
  expect(await registerStore(relay.url, relay.operatorToken, taken)).toMatchObject({
    type: "refused",
    status: 409,
  });
  expect((await connectPeer(relay.url, store.till())).welcome.end).toBe(0);
});

test("stopped and started: the same log; emptied: another one, and the stores still known", async () => {
  const folder = temporaryFolder();
  cleanups.push(folder.remove);
  const store = makeStore();
  const till = store.till();
  const run = async (use: (relay: Relay) => Promise<void>) => {
    const relay = await startRelay({ dataDir: folder.path, port: 0 });
    await use(relay);
    await relay.close();
  };
  let first = "";
  await run(async (relay) => {
    await registerStore(relay.url, relay.operatorToken, store.registration);
    const a = await connectPeer(relay.url, till);
    first = toHex(a.welcome.log);
    await a.append([entryOf("kept")]);
  });
  await run(async (relay) => {
    const a = await connectPeer(relay.url, till);
    expect(toHex(a.welcome.log)).toBe(first);
    expect((await a.readAll(0)).map(textOf)).toEqual(["kept"]);
  });
  rmSync(join(folder.path, "log"), { recursive: true });
  await run(async (relay) => {
    const a = await connectPeer(relay.url, till);
    expect(toHex(a.welcome.log)).not.toBe(first);
    expect(await a.readAll(0)).toEqual([]);
  });
});
