import { randomBytes } from "node:crypto";
import { type Server, createServer } from "node:http";
import { type Socket, createServer as createTcpServer } from "node:net";
import {
  decodeSyncMessage,
  encodeSyncMessage,
  generateSyncMessage,
  init,
  initSyncState,
} from "@automerge/automerge";
import * as A from "@automerge/automerge";
import { afterEach, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { hash } from "#schema/trust/crypto.ts";
import { daysAround } from "../mesh/day-rule.ts";
import { type MeshTill, addressOf, startTill } from "../mesh/test-mesh.ts";
import { idOf } from "./document-door.ts";
import { parseFrame } from "./frame.ts";
import { hostilePeer, join, rawSocket } from "./hostile-peer.ts";
import { type LinkTrouble } from "./link-log.ts";
import { TestStore, until } from "./test-store.ts";

const store = new TestStore("hostile");
const name = store.prices();
const tills: MeshTill[] = [];
const servers: (() => Promise<void>)[] = [];

afterEach(async () => {
  await Promise.all(tills.splice(0).map(({ lan }) => lan.close()));
  await Promise.all(servers.splice(0).map((close) => close()));
});

async function victim(configured: readonly string[] = [], options: Parameters<typeof startTill>[3] = {}) {
  const till = await startTill(store, `till ${tills.length}`, configured, options, (replica) =>
    replica.open(name),
  );
  tills.push(till);
  return till;
}

function counted(till: MeshTill, trouble: LinkTrouble): Promise<void> {
  return until(`${trouble} is counted`, () => (till.lan.troubles()[trouble] ?? 0) > 0);
}

/** The victim still does its work: another till finds it, and a change passes. */
async function stillWorks(till: MeshTill): Promise<boolean> {
  const friend = await victim([addressOf(till)]);
  const text = `still here ${tills.length}`;
  friend.replica.note(name, text);
  await until("a change passes", () => till.replica.notes(name).includes(text));
  return true;
}

describe("a socket that proves nothing", () => {
  test("port scans, garbage and half a request change nothing", async () => {
    const till = await victim();
    const { port } = till.lan.address;
    for (let i = 0; i < 20; i++) (await rawSocket(port)).socket.destroy();
    for (let i = 0; i < 20; i++) {
      const { socket, closed } = await rawSocket(port);
      socket.write(randomBytes(2000));
      await closed;
    }
    const resets = await rawSocket(port);
    resets.socket.write("GET /v1/mesh HTTP/1.1\r\nHost: x\r\nUpgrade: webso");
    resets.socket.resetAndDestroy();
    const response = await fetch(`http://127.0.0.1:${port}/`);
    expect(response.status).toBe(404);
    await counted(till, "bad-request");
    expect(await stillWorks(till)).toBe(true);
  });

  test("a slow one is cut off, before and after the upgrade", async () => {
    const till = await victim([], { limits: { provingMs: 300 } });
    const { port } = till.lan.address;
    const slow = await rawSocket(port);
    slow.socket.write("GET /v1/mesh HTTP/1.1\r\n");
    const silent = await rawSocket(port);
    const upgraded = new WebSocket(`ws://127.0.0.1:${port}/v1/mesh`);
    const ended = new Promise((resolve) => upgraded.once("close", resolve));
    await Promise.all([slow.closed, silent.closed, ended]);
    await counted(till, "handshake-timeout");
    expect(await stillWorks(till)).toBe(true);
  });

  test("too many at once, or too many bytes, are turned away", async () => {
    const till = await victim();
    const { port } = till.lan.address;
    const sockets = Array.from({ length: 60 }, () => new WebSocket(`ws://127.0.0.1:${port}/v1/mesh`));
    const ends = sockets.map(
      (socket) =>
        new Promise<string>((resolve) => {
          socket.once("error", (error) => resolve(error.message));
          socket.once("close", () => resolve("closed"));
        }),
    );
    await until("most stand at the door", () =>
      sockets.some((socket) => socket.readyState === WebSocket.OPEN),
    );
    expect(await Promise.race(ends)).toContain("503");
    for (const socket of sockets) socket.terminate();
    await Promise.all(ends);

    const greedy = new WebSocket(`ws://127.0.0.1:${port}/v1/mesh`);
    await new Promise((resolve) => greedy.once("open", resolve));
    const closed = new Promise((resolve) => greedy.once("close", resolve));
    greedy.on("error", () => {});
    greedy.send(randomBytes(3_000_000));
    await closed;
    await counted(till, "handshake-limit");
    expect(await stillWorks(till)).toBe(true);
  });

  test("an enrolment of another store or another root opens nothing", async () => {
    const till = await victim();
    const other = new TestStore("another store");
    await expect(hostilePeer(other.till("x"), till.lan.address.port)).rejects.toThrow("4002");
    const forged = store.till("forged", other.root);
    await expect(hostilePeer(forged, till.lan.address.port)).rejects.toThrow("4002");
    await counted(till, "handshake-refused");
    expect(till.lan.peers()).toEqual([]);
    expect(await stillWorks(till)).toBe(true);
  });
});

describe("a peer that was proven and then misbehaves", () => {
  test.each<[string, LinkTrouble, (peer: Awaited<ReturnType<typeof hostilePeer>>) => void]>([
    ["garbage", "malformed-message", ({ link }) => link.send(randomBytes(100))],
    ["text", "malformed-message", ({ socket }) => socket.send("hello")],
    [
      "a tag that acts",
      "malformed-message",
      ({ link }) => link.send(Buffer.from("d81b82655265674578702e2a", "hex")),
    ],
    [
      "a bomb of nested arrays",
      "malformed-message",
      ({ link }) => link.send(Buffer.concat([Buffer.alloc(2_000_000, 0x81), Buffer.from([0])])),
    ],
    [
      "a message before it has joined",
      "malformed-message",
      (peer) => peer.say(syncMessage({ data: emptySync() })),
    ],
    [
      "another till's name",
      "wrong-sender",
      (peer) => {
        join(peer, store.till("evil"), store.till("till 0").device);
      },
    ],
    [
      "another sender in a message",
      "wrong-sender",
      (peer) => {
        join(peer, store.till("evil"));
        peer.say(syncMessage({ senderId: store.till("other").device, data: emptySync() }));
      },
    ],
    [
      "what is no sync message",
      "bad-sync-message",
      (peer) => {
        join(peer, store.till("evil"));
        peer.say(syncMessage({ data: new Uint8Array(randomBytes(50)) }));
      },
    ],
    [
      "a damaged change",
      "bad-sync-message",
      (peer) => {
        join(peer, store.till("evil"));
        peer.say(syncMessage({ data: damagedSync() }));
      },
    ],
    [
      "a malformed message of our own",
      "malformed-message",
      (peer) => peer.say({ type: "tm/names", v: 1, held: 7 }),
    ],
    [
      "a beat that is not signed",
      "bad-beat",
      (peer) =>
        peer.say({ type: "tm/presence", v: 1, beat: new Uint8Array(9), signature: new Uint8Array(64) }),
    ],
    [
      "a flood",
      "flood",
      ({ link }) => {
        const frame = Buffer.from("a1647479706568746d2f6c61746572", "hex");
        for (let i = 0; i < 60_000; i++) link.send(frame);
      },
    ],
    ["an oversize frame", "oversize-frame", ({ socket }) => socket.send(Buffer.alloc(300_000))],
  ])("%s: counted, disconnected, and nothing else", async (what, trouble, misbehave) => {
    const till = await victim([], what === "an oversize frame" ? { limits: { frameBytes: 200_000 } } : {});
    const peer = await hostilePeer(store.till("evil"), till.lan.address.port);
    await until("linked", () => till.lan.peers().length === 1);
    misbehave(peer);
    await peer.ended;
    await counted(till, trouble);
    await until("unlinked", () => till.lan.peers().length === 0);
    expect(await stillWorks(till)).toBe(true);
  });

  test("it is kept away for a while, longer each time", async () => {
    const till = await victim();
    const { port } = till.lan.address;
    const peer = await hostilePeer(store.till("evil"), port);
    peer.link.send(randomBytes(100));
    expect(await peer.ended).toBe("there 4003");
    const again = await hostilePeer(store.till("evil"), port);
    expect(await again.ended).toBe("there 4003");
    expect(till.lan.peers()).toEqual([]);
    let patient = await hostilePeer(store.till("evil"), port);
    await until("it is let in again", async () => {
      if (till.lan.peers().length === 1) return true;
      if (!patient.link.isOpen) patient = await hostilePeer(store.till("evil"), port);
      return false;
    });
    expect(till.lan.peers()).toEqual([store.till("evil").device]);
  });

  test("a peer that vanishes in the middle of a frame is forgotten", async () => {
    const till = await victim();
    const { link, socket } = await hostilePeer(store.till("evil"), till.lan.address.port);
    await until("linked", () => till.lan.peers().length === 1);
    const raw = rawOf(socket);
    // A binary frame that announces 60,000 bytes and brings three.
    raw.write(Buffer.from("82fe ea60 00000000 010203".replaceAll(" ", ""), "hex"));
    raw.resetAndDestroy();
    await until("unlinked", () => till.lan.peers().length === 0);
    expect(link.isOpen).toBe(false);
    expect(await stillWorks(till)).toBe(true);
  });

  test("a half-open socket is found out", async () => {
    const till = await victim([], { limits: { keepaliveMs: 50, silentMs: 200 } });
    const { socket } = await hostilePeer(store.till("evil"), till.lan.address.port);
    await until("linked", () => till.lan.peers().length === 1);
    rawOf(socket).pause();
    socket.pause();
    await counted(till, "silent-socket");
    expect(till.lan.peers()).toEqual([]);
    socket.terminate();
  });

  test("names of other stores, of no store, and of mad days are refused; the link stays", async () => {
    const nowMs = Date.parse("2026-11-22T10:00:00Z");
    const till = await victim([], { nameRule: daysAround(() => nowMs, { past: 30, future: 1 }) });
    const evil = store.till("evil");
    const peer = await hostilePeer(evil, till.lan.address.port);
    join(peer, evil);
    const good = store.journal(evil, "2026-11-21");
    const held = [
      { name: new TestStore("another store").prices() },
      { name: "../../etc/passwd" },
      { name: store.journal(evil, "2038-01-19") },
      { name: store.journal(evil, "1999-12-31") },
      { name: store.journal(evil, "2026-99-99") },
      { name: good },
    ];
    peer.say({ type: "tm/names", v: 1, held });
    await until("the good one is open", () => till.replica.names().includes(good));
    expect([...till.replica.names()].sort()).toEqual([name, good].sort());
    expect(till.lan.troubles()["name-refused"]).toBe(5);
    expect(till.lan.peers()).toEqual([evil.device]);
  });

  test("heads of a document that nobody named are answered `unavailable`, and the repo never hears of it", async () => {
    const till = await victim([], { doorLimits: { holdMs: 100 } });
    const evil = store.till("evil");
    const peer = await hostilePeer(evil, till.lan.address.port);
    join(peer, evil);
    const documentId = idOf(store.journal(evil, "2026-01-01"));
    peer.say(syncMessage({ data: headsOnly(), documentId }));
    const answers = () =>
      peer.heard
        .map((bytes) => parseFrame(bytes))
        .filter((frame) => frame.type === "repo")
        .map((frame) => frame.message)
        .filter((message) => message.documentId === documentId);
    await until("answered", () => answers().length > 0);
    expect(answers()).toMatchObject([{ type: "doc-unavailable", targetId: evil.device }]);
    expect(till.replica.repo.handles[documentId]).toBeUndefined();
    await counted(till, "unknown-document");
  });

  test("what comes before a document's name is held back until it is open", async () => {
    const till = await victim();
    const evil = store.till("evil");
    const peer = await hostilePeer(evil, till.lan.address.port);
    join(peer, evil);
    const late = store.journal(evil);
    peer.say(syncMessage({ data: emptySync(), documentId: idOf(late), type: "request" }));
    peer.say({ type: "tm/names", v: 1, held: [{ name: late }] });
    const answered = () =>
      peer.heard.some((bytes) => {
        const frame = parseFrame(bytes);
        return (
          frame.type === "repo" &&
          frame.message.type === "sync" &&
          frame.message.documentId === idOf(late) &&
          decodeSyncMessage(frame.message.data!).heads.length === 1
        );
      });
    await until("the request is answered with the document's heads", answered);
    expect(till.lan.troubles()["unknown-document"]).toBeUndefined();
  });
});

describe("whatever a till dials", () => {
  test("is dialled again and again, and changes nothing: nobody there, no such host, 401, 500, silence, resets", async () => {
    const reply = (status: number) =>
      startServer(
        createServer((_request, response) => response.writeHead(status).end()),
        (server) =>
          (server as Server).on("upgrade", (_request, socket) => {
            socket.end(`HTTP/1.1 ${status} No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);
          }),
      );
    let resets = 0;
    const ports = [
      await reply(401),
      await reply(500),
      await startServer(createTcpServer((socket) => void socket.on("error", () => {}))),
      await startServer(createTcpServer((socket) => (resets++, socket.resetAndDestroy()))),
      await startServer(createTcpServer((socket) => socket.on("error", () => {}).end(randomBytes(500)))),
    ];
    const till = await victim(
      [
        "no-such-host.invalid:4711",
        "127.0.0.1:1",
        "nonsense",
        "host:99999",
        ...ports.map((port) => `127.0.0.1:${port}`),
      ],
      { limits: { provingMs: 200 } },
    );
    await until("it keeps trying", () => resets >= 3);
    await until("each failed", () => (till.lan.troubles()["dial-failed"] ?? 0) > 15);
    expect(await stillWorks(till)).toBe(true);
  });

  test("itself it leaves alone", async () => {
    const till = await victim();
    till.lan.addAddress(addressOf(till));
    await counted(till, "dial-failed");
    expect(till.lan.troubles()["dial-failed"]).toBe(1);
    expect(till.lan.peers()).toEqual([]);
    expect(await stillWorks(till)).toBe(true);
  });
});

/** What a WebSocket of `ws` reads from. */
function rawOf(socket: WebSocket): Socket {
  return Reflect.get(socket, "_socket") as Socket;
}

async function startServer(
  server: Server | ReturnType<typeof createTcpServer>,
  prepare: (server: Server | ReturnType<typeof createTcpServer>) => void = () => {},
): Promise<number> {
  prepare(server);
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
  servers.push(
    () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  );
  return (server.address() as { port: number }).port;
}

function syncMessage(parts: { data: Uint8Array; senderId?: string; documentId?: string; type?: string }) {
  return {
    type: "sync",
    senderId: store.till("evil").device,
    targetId: store.till("till 0").device,
    documentId: idOf(name),
    ...parts,
  };
}

function emptySync(): Uint8Array {
  return generateSyncMessage(init(), initSyncState())[1]!;
}

function headsOnly(): Uint8Array {
  const head = Buffer.from(hash(randomBytes(8))).toString("hex");
  return encodeSyncMessage({
    heads: [head],
    need: [],
    have: [{ lastSync: [], bloom: new Uint8Array() }],
    changes: [],
  });
}

function damagedSync(): Uint8Array {
  const doc = A.change(A.init<{ text: string }>(), (draft) => void (draft.text = "a good change"));
  const change = A.getAllChanges(doc)[0]!.slice();
  change[change.length - 3]! ^= 255;
  return encodeSyncMessage({ heads: A.getHeads(doc), need: [], have: [], changes: [change] });
}
