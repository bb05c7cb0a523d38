import { request } from "node:http";
import { connect } from "node:net";
import { afterEach, expect, test } from "vitest";
import { WebSocket } from "ws";
import { type Bytes, concatBytes } from "#schema/bytes.ts";
import { type LinkSelf, dial } from "#schema/trust/handshake.ts";
import { startRelayConversation } from "#schema/wire/relay-conversation.ts";
import { encodeToRelay, parseFromRelay } from "#schema/wire/relay.ts";
import { connectPeer, entryOf, makeStore, random, temporaryFolder, textOf } from "../testing/peers.ts";
import { trustRelay } from "../link/relay-link.ts";
import { type Relay, startRelay } from "./start.ts";

const cleanups: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean();
});

function seeded(seed: number): (below: number) => number {
  let state = seed >>> 0 || 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

const newSeed = () => Number(process.env["RELAY_SEED"] ?? Date.now() % 1_000_000);

async function world() {
  const folder = temporaryFolder();
  cleanups.push(folder.remove);
  const store = makeStore();
  const relay = await startRelay({ dataDir: folder.path, port: 0, stores: [store.registration] });
  cleanups.push(() => relay.close());
  const peer = await connectPeer(relay.url, store.till());
  await peer.append([entryOf("before")]);
  return { store, relay, peer };
}

/** The bystander still has its connection and its log, and others are let in. */
async function unharmed({ store, relay, peer }: Awaited<ReturnType<typeof world>>): Promise<void> {
  expect((await peer.readAll(0)).map(textOf)).toEqual(["before"]);
  expect((await connectPeer(relay.url, store.till())).welcome.end).toBe(1);
  expect((await fetch(`${relay.url}/healthz`)).status).toBe(200);
}

/** Sends frames on a fresh socket; resolves with what the relay said last, once it has closed. */
function sendRaw(relay: Relay, frames: readonly (Bytes | string)[]): Promise<string> {
  return new Promise((resolve) => {
    const socket = new WebSocket(`${relay.url.replace("http", "ws")}/v1/log`);
    let said = "";
    socket.on("open", () => {
      for (const frame of frames) socket.send(frame);
    });
    socket.on("message", (data) => {
      const parsed = parseFromRelay(new Uint8Array(data as Buffer));
      if (parsed.type === "message" && parsed.message.type === "error") said = parsed.message.code;
    });
    socket.on("error", () => undefined);
    socket.on("close", () => resolve(said));
  });
}

/** The handshake as it should be, then one frame; resolves with the relay's words. */
function sendOnceIn(relay: Relay, self: LinkSelf, frame: Bytes): Promise<string> {
  return new Promise((resolve) => {
    const socket = new WebSocket(`${relay.url.replace("http", "ws")}/v1/log`);
    socket.on("open", () => {
      const conversation = startRelayConversation(self, trustRelay, random(32), {
        send: (bytes) => socket.send(bytes),
        onWelcome: () => socket.send(frame),
        onPush: () => undefined,
        onBehind: () => undefined,
        onRefused: resolve,
      });
      socket.on("message", (data) => conversation.receive(new Uint8Array(data as Buffer)));
    });
  });
}

test("garbage at the socket: an error in words, the connection closed, nobody else harmed", async () => {
  const here = await world();
  const seed = newSeed();
  const below = seeded(seed);
  const hello = dial(here.store.till(), random(32)).send[0]!;
  const message = encodeToRelay({ type: "append", id: 1, entries: [entryOf("x")] });
  const damage = (bytes: Bytes): Bytes => {
    const copy = bytes.slice();
    for (let i = 0; i <= below(3); i++) copy[below(copy.length)] = below(256);
    return below(3) === 0 ? copy.subarray(0, below(copy.length)) : copy;
  };
  for (let round = 0; round < 60; round++) {
    const kinds: (Bytes | string)[][] = [
      [Uint8Array.from({ length: 1 + below(300) }, () => below(256))],
      [concatBytes(damage(hello), Uint8Array.of(0xff))],
      ["text"],
      [message],
      [new Uint8Array(0)],
      [new Uint8Array(5_000).fill(0x81)], // arrays in arrays
    ];
    const said = await sendRaw(here.relay, kinds[round % kinds.length]!);
    expect(["malformed", "refused", "unknown-store", "version"], `seed ${seed}, round ${round}`).toContain(
      said,
    );
  }
  await unharmed(here);
}, 30_000);

test("garbage from a till that was let in: closed with words, nothing of it kept", async () => {
  const here = await world();
  const seed = newSeed();
  const below = seeded(seed);
  const good = encodeToRelay({ type: "append", id: 1, entries: [entryOf("x")] });
  for (let round = 0; round < 40; round++) {
    const frames = [
      Uint8Array.from({ length: 1 + below(300) }, () => below(256)),
      good.subarray(0, 1 + below(good.length - 1)),
      encodeToRelay({ type: "append", id: 1, entries: [] }),
      encodeToRelay({ type: "read", id: 1, after: -1, maxBytes: 1 }),
      encodeToRelay({ type: "append", id: 1, entries: [{ ...entryOf("x"), id: random(15) }] }),
      encodeToRelay({ type: "covered", id: 1, names: [random(8)] }),
    ];
    const said = await sendOnceIn(here.relay, here.store.till(), frames[round % frames.length]!);
    expect(said, `seed ${seed}, round ${round}`).toContain("Not a message of this protocol");
  }
  await unharmed(here);
}, 30_000);

test("garbage at the HTTP door: 4xx in words, nothing changed", async () => {
  const here = await world();
  const seed = newSeed();
  const below = seeded(seed);
  const { url, operatorToken } = here.relay;
  const auth = { authorization: `Bearer ${operatorToken}`, "content-type": "application/json" };
  const bodies = [
    "{",
    "null",
    "[]",
    '{"store":1}',
    JSON.stringify({ store: "x".repeat(32), root: "0".repeat(64) }),
    JSON.stringify({ store: "0".repeat(32), root: "0".repeat(64), more: 1 }),
    JSON.stringify({ store: "0".repeat(32), root: "0".repeat(64), quota: { maxBytes: -1 } }),
    "x".repeat(50_000),
    Array.from({ length: 200 }, () => String.fromCharCode(below(256))).join(""),
  ];
  for (const body of bodies) {
    const response = await fetch(`${url}/v1/stores`, { method: "POST", headers: auth, body });
    expect(response.status, `seed ${seed}: ${body.slice(0, 60)}`).toBeGreaterThanOrEqual(400);
    expect(response.status).toBeLessThan(500);
    expect(((await response.json()) as { error: string }).error).not.toBe("");
  }
  const odd = [
    "/v1/segments/..%2f..%2foperator-token",
    "/v1/segments/%00",
    "/v1/segments/%E0%A4%A",
    "/v1/nothing",
  ];
  const token = await here.peer.conversation.token();
  for (const path of odd)
    for (const bearer of ["", "Bearer x", `Bearer ${token.type === "token" ? token.token : ""}`]) {
      const response = await fetch(`${url}${path}`, { headers: { authorization: bearer } });
      expect({ path, refused: Math.floor(response.status / 100) }).toEqual({ path, refused: 4 });
    }
  const stores = await (await fetch(`${url}/v1/stores`, { headers: auth })).json();
  expect(stores).toMatchObject([{ store: here.store.id }]);
  expect((stores as unknown[]).length).toBe(1);
  // Not HTTP at all, and an upgrade at the wrong address.
  const port = Number(new URL(url).port);
  await new Promise<void>((resolve) => {
    const socket = connect(port, "127.0.0.1", () => socket.write(random(500)));
    socket.on("error", () => undefined).on("close", () => resolve());
    socket.resume();
  });
  await new Promise<void>((resolve) => {
    const asked = request(`${url}/elsewhere`, { headers: { connection: "Upgrade", upgrade: "websocket" } });
    asked.on("response", (response) => {
      expect(response.statusCode).toBe(404);
      response.resume();
      resolve();
    });
    asked.end();
  });
  await unharmed(here);
});
