import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { array, assert, asyncProperty, constant, nat, oneof, record } from "fast-check";
import { afterEach, expect, test } from "vitest";
import { type Relay, startRelay } from "#relay/relay/start.ts";
import { toHex } from "#schema/bytes.ts";
import { type LogKeys, firstEpochKeys } from "#schema/documents/bundle.ts";
import type { DocumentName } from "#schema/documents/names.ts";
import { hashHex, newSymmetricKey } from "#schema/trust/crypto.ts";
import { MemoryReplica } from "../lan/memory-replica.ts";
import { TestStore, type TestTill, until } from "../lan/test-store.ts";
import { systemTiming } from "../lan/timing.ts";
import { type Gateway, startGateway } from "./gateway.ts";
import type { GatewayStorage } from "./gateway-storage.ts";
import { memoryGatewayStorage } from "./memory-storage.ts";

const random = (length: number): Uint8Array => new Uint8Array(randomBytes(length));
const cleanups: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean();
});

let stores = 0;

/** A store, a relay folder that can be run, stopped and emptied at one address, and tills that only the relay joins. */
async function makeWorld() {
  const store = new TestStore(`gateway ${++stores} ${toHex(random(4))}`);
  const keys = firstEpochKeys(newSymmetricKey(random));
  const dataDir = mkdtempSync(join(tmpdir(), "tillmesh-gateway-"));
  cleanups.push(() => rmSync(dataDir, { recursive: true, force: true }));
  let relay: Relay | undefined;
  let port = 0;
  const world = {
    store,
    keys,
    dataDir,
    url: () => `http://127.0.0.1:${port}`,
    async start(settings: Partial<Parameters<typeof startRelay>[0]> = {}) {
      const stores = [{ store: store.store, root: toHex(store.root.publicKey) }];
      relay = await startRelay({ dataDir, port, stores, ...settings });
      port = Number(new URL(relay.url).port);
    },
    async stop() {
      await relay?.close();
      relay = undefined;
    },
    empty: () => rmSync(join(dataDir, "log"), { recursive: true, force: true }),
    till: (label: string, elected = true) => makeTill(world, store.till(label), elected),
  };
  cleanups.push(() => world.stop());
  await world.start();
  return world;
}

interface StoreAtRelay {
  readonly store: TestStore;
  readonly keys: LogKeys;
  readonly url: () => string;
}

function makeTill(world: StoreAtRelay, till: TestTill, elected: boolean) {
  const replica = new MemoryReplica(world.store.store, till.device);
  const storage: GatewayStorage = memoryGatewayStorage();
  const listeners = new Set<() => void>();
  const notes: string[] = [];
  const self = {
    ...till,
    replica,
    storage,
    notes,
    gateway: undefined as Gateway | undefined,
    journal: world.store.journal(till),
    elect(now: boolean) {
      elected = now;
      for (const listener of listeners) listener();
    },
    async on() {
      self.gateway = await startGateway({
        replica,
        relayUrl: world.url(),
        self: {
          store: world.store.store,
          key: till.key,
          credential: { type: "enrolment", signed: till.enrolment },
        },
        keys: world.keys,
        storage,
        isGateway: () => elected,
        onGatewayChange(listener) {
          listeners.add(listener);
          return () => listeners.delete(listener);
        },
        timing: systemTiming,
        random,
        tuning: { snapshotAfterBytes: 6_000, awayQuietMs: 300, longestRetryMs: 500 },
        note: (what) => void notes.push(what),
      });
      return self;
    },
    async off() {
      await self.gateway?.close();
      self.gateway = undefined;
    },
    async note(name: DocumentName, text: string) {
      await replica.open(name);
      replica.note(name, text);
    },
    live: () => until("the till is live", () => self.gateway!.state().live),
    settled: () =>
      until("all is with the relay", () => {
        const state = self.gateway!.state();
        return state.live && state.pending === 0;
      }),
  };
  cleanups.push(() => self.off());
  return self;
}

type Till = ReturnType<typeof makeTill>;

const has = (till: Till, name: DocumentName, texts: readonly string[]) =>
  until(`${texts.join()} at ${till.device.slice(0, 6)}`, () =>
    texts.every((text) => till.replica.notes(name).includes(text)),
  );

async function converged(tills: readonly Till[], names: readonly DocumentName[]): Promise<void> {
  await until("the tills hold the same", () =>
    names.every((name) => {
      const heads = tills.map((till) =>
        till.replica.names().includes(name) ? till.replica.heads(name).join() : "none",
      );
      return new Set(heads).size === 1;
    }),
  );
}

test("two gateways of a store that was cut in two exchange through the relay alone", async () => {
  const world = await makeWorld();
  const [a, b] = [await world.till("a").on(), await world.till("b").on()];
  await a.note(a.journal, "a1");
  await b.note(b.journal, "b1");
  const prices = world.store.prices();
  await a.note(prices, "from a");
  await b.note(prices, "from b");
  await has(b, a.journal, ["a1"]);
  await has(a, b.journal, ["b1"]);
  await has(a, prices, ["from a", "from b"]);
  await converged([a, b], [a.journal, b.journal, prices]);
  await a.settled();
  expect(a.gateway!.state()).toMatchObject({ relay: "up", role: "gateway", pending: 0, problem: undefined });
  expect(Object.values(a.gateway!.state().skipped).every((count) => count === 0)).toBe(true);
});

test("what was done while the relay was down arrives when it is back, once", async () => {
  const world = await makeWorld();
  const [a, b] = [await world.till("a").on(), await world.till("b").on()];
  await a.note(a.journal, "before");
  await has(b, a.journal, ["before"]);
  await world.stop();
  await until("the relay is missed", () => a.gateway!.state().relay === "down");
  await a.note(a.journal, "while away");
  expect(a.gateway!.state().pending).toBeGreaterThan(0);
  await world.start();
  await has(b, a.journal, ["before", "while away"]);
  expect(b.replica.notes(a.journal)).toEqual(["before", "while away"]);
});

test("an emptied relay is refilled", async () => {
  const world = await makeWorld();
  const a = await world.till("a").on();
  for (let i = 0; i < 5; i++) await a.note(a.journal, `sale ${i}`);
  await a.settled();
  const before = (await a.storage.load()).log;
  await world.stop();
  world.empty();
  await world.start();
  await until("another log", async () => (await a.storage.load()).log !== before);
  await a.settled();
  const c = await world.till("c").on();
  await has(c, a.journal, ["sale 0", "sale 4"]);
  expect(c.replica.notes(a.journal)).toEqual(a.replica.notes(a.journal));
});

test("a till that is not elected only looks; elected, it takes over and uploads just what is missing", async () => {
  const world = await makeWorld();
  const a = await world.till("a").on();
  const b = await world.till("b", false).on();
  await a.note(a.journal, "one");
  await a.settled();
  await until("b sees the relay", () => b.gateway!.state().relay === "up");
  expect(b.replica.names()).toEqual([]);
  // As the LAN would have brought it; and a second change that a could not upload any more.
  await b.replica.open(a.journal);
  await b.replica.apply(a.journal, [a.replica.snapshot(a.journal)]);
  await a.off();
  await a.note(a.journal, "two");
  await b.replica.apply(a.journal, [a.replica.snapshot(a.journal)]);
  const began = performance.now();
  b.elect(true);
  await b.settled();
  expect(performance.now() - began).toBeLessThan(3_000);
  const c = await world.till("c").on();
  await has(c, a.journal, ["one", "two"]);
  const seen = (await c.storage.load()).cursor;
  expect(seen).toBe(2);
});

test("a till restarted goes on from its cursor, and sends again what was not acknowledged", async () => {
  const world = await makeWorld();
  const [a, b] = [await world.till("a").on(), await world.till("b").on()];
  await a.note(a.journal, "one");
  await has(b, a.journal, ["one"]);
  await a.settled();
  await world.stop();
  await until("the relay is missed", () => a.gateway!.state().relay === "down");
  await a.note(a.journal, "two");
  await until("in the outbox", async () => (await a.storage.load()).outbox.length > 0, 25_000);
  await a.off();
  await world.start();
  await a.on();
  await has(b, a.journal, ["one", "two"]);
  expect((await a.storage.load()).outbox).toEqual([]);
});

test("a document that has grown is written anew as a snapshot, and the relay trims", async () => {
  const world = await makeWorld();
  const a = await world.till("a").on();
  await a.live();
  for (let i = 0; i < 12; i++) {
    await a.note(a.journal, `${i} ${toHex(random(1_000))}`);
    await until("uploaded", () => a.gateway!.state().pending === 0);
  }
  const cursor = a.gateway!.state().cursor;
  const c = await world.till("c").on();
  await until("c has all", () => c.replica.notes(a.journal).length === 12);
  await c.live();
  const metrics = await (await fetch(`${world.url()}/metrics`)).text();
  const reads = Number(/tillmesh_relay_reads_total (\d+)/.exec(metrics)![1]);
  expect(cursor).toBeGreaterThanOrEqual(12);
  expect(reads).toBeLessThan(12);
});

test("entries that cannot be read are counted and passed over", async () => {
  const world = await makeWorld();
  const a = await world.till("a").on();
  await a.note(a.journal, "one");
  await a.settled();
  const stranger = makeTill(
    { ...world, keys: firstEpochKeys(newSymmetricKey(random)) },
    world.store.till("x"),
    true,
  );
  await stranger.on();
  await stranger.note(stranger.journal, "unreadable");
  await stranger.settled();
  await a.note(a.journal, "two");
  const c = await world.till("c").on();
  await has(c, a.journal, ["one", "two"]);
  expect(c.gateway!.state().skipped.foreign).toBe(1);
  expect(stranger.gateway!.state().skipped.foreign).toBeGreaterThan(0);
});

test("a relay that takes only small entries gets small ones", async () => {
  const world = await makeWorld();
  await world.stop();
  const quota = {
    maxBytes: 1e8,
    maxEntryBytes: 20_000,
    entriesPerSecond: 1e4,
    burstEntries: 1e4,
    maxConnections: 9,
  };
  await world.start({ quota });
  const a = world.till("a");
  for (let i = 0; i < 20; i++) await a.note(a.journal, `${i} ${toHex(random(4_000))}`);
  await a.on();
  await a.settled();
  const c = await world.till("c").on();
  await until("c has all", () => c.replica.notes(a.journal).length === 20);
  expect(c.gateway!.state().cursor).toBeGreaterThan(4);
});

test("segments go up and come down, with a till that is the gateway and one that is not", async () => {
  const world = await makeWorld();
  const [a, b] = [await world.till("a").on(), await world.till("b", false).on()];
  const bytes = random(3_000_000);
  const hash = hashHex(bytes);
  expect(await b.gateway!.fetchSegment(hash)).toEqual({ type: "absent" });
  expect(await a.gateway!.uploadSegment(hash, bytes)).toEqual({ type: "uploaded" });
  const fetched = await b.gateway!.fetchSegment(hash);
  expect(fetched.type === "fetched" && hashHex(fetched.bytes)).toBe(hash);
  const wrong = await a.gateway!.uploadSegment(hashHex(random(8)), bytes);
  expect(wrong.type).toBe("unreachable");
}, 60_000);

/** A network that cuts every connection after so many bytes. */
async function cuttingProxy(target: number, bytesEach: number): Promise<string> {
  const server = createServer((near) => {
    const far = connect(target, "127.0.0.1");
    let passed = 0;
    const cut = () => {
      near.destroy();
      far.destroy();
    };
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      from.on("data", (chunk: Uint8Array) => {
        passed += chunk.length;
        if (passed > bytesEach) cut();
        else to.write(chunk);
      });
      from.on("error", cut).on("close", cut);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  cleanups.push(() => void server.close());
  const address = server.address();
  return `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
}

test("over a network that keeps cutting, segments go on where they were and the log arrives whole", async () => {
  const world = await makeWorld();
  const direct = world.url();
  const proxy = await cuttingProxy(Number(new URL(direct).port), 700_000);
  world.url = () => proxy;
  const [a, b] = [await world.till("a").on(), await world.till("b").on()];
  const bytes = random(2_000_000);
  const hash = hashHex(bytes);
  expect(await a.gateway!.uploadSegment(hash, bytes)).toEqual({ type: "uploaded" });
  const fetched = await b.gateway!.fetchSegment(hash);
  expect(fetched.type === "fetched" && hashHex(fetched.bytes)).toBe(hash);
  for (let i = 0; i < 30; i++) {
    await a.note(a.journal, `${i} ${toHex(random(2_000))}`);
    if (i % 6 === 0) await until("some are through", () => b.replica.notes(a.journal).length > i / 2);
  }
  await converged([a, b], [a.journal]);
}, 60_000);

test("for any sequence of changes, cuts and restarts all readers converge", async () => {
  const step = oneof(
    {
      weight: 6,
      arbitrary: record({ do: constant("note" as const), till: nat(2), doc: nat(3) }),
    },
    {
      weight: 1,
      arbitrary: record({ do: constant("off" as const), till: nat(2), doc: constant(0) }),
    },
    {
      weight: 2,
      arbitrary: record({ do: constant("on" as const), till: nat(2), doc: constant(0) }),
    },
    {
      weight: 1,
      arbitrary: record({
        do: constant("restart" as const),
        till: constant(0),
        doc: constant(0),
      }),
    },
    {
      weight: 1,
      arbitrary: record({ do: constant("empty" as const), till: constant(0), doc: constant(0) }),
    },
    {
      weight: 3,
      arbitrary: record({ do: constant("wait" as const), till: nat(2), doc: constant(0) }),
    },
  );
  await assert(
    asyncProperty(array(step, { minLength: 3, maxLength: 25 }), async (steps) => {
      const world = await makeWorld();
      const tills = ["a", "b", "c"].map((label) => world.till(label));
      const names = [...tills.map((till) => till.journal), world.store.prices()];
      const written = new Map<DocumentName, string[]>();
      let count = 0;
      for (const { do: what, till: at, doc } of steps) {
        const till = tills[at]!;
        if (what === "note") {
          // A journal has one writer; prices has many.
          const name = doc === 3 ? names[3]! : till.journal;
          await till.note(name, `note ${++count}`);
          written.set(name, [...(written.get(name) ?? []), `note ${count}`]);
        } else if (what === "off") await till.off();
        else if (what === "on" && !till.gateway) await till.on();
        else if (what === "wait" && till.gateway) await till.live();
        else if (what === "restart" || what === "empty") {
          await world.stop();
          if (what === "empty") world.empty();
          await world.start();
        }
      }
      for (const till of tills) if (!till.gateway) await till.on();
      const touched = names.filter((name) => written.has(name));
      await converged(tills, touched);
      for (const [name, texts] of written)
        expect([...tills[0]!.replica.notes(name)].sort()).toEqual([...texts].sort());
      for (const till of tills) {
        expect(Object.values(till.gateway!.state().skipped).every((skips) => skips === 0)).toBe(true);
        await till.off();
      }
      await world.stop();
    }),
    {
      numRuns: Number(process.env["RELAY_RUNS"] ?? 8),
      interruptAfterTimeLimit: 60_000,
      markInterruptAsFailure: false,
    },
  );
}, 120_000);
