import { createSocket } from "node:dgram";
import { hostname } from "node:os";
import { afterEach, expect, test } from "vitest";
import { linkLog } from "../lan/link-log.ts";
import { TestStore, until } from "../lan/test-store.ts";
import { deviceMark, discoverByMdns } from "./mdns.ts";

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

async function freePort(): Promise<number> {
  const socket = createSocket("udp4");
  await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
  const { port } = socket.address();
  await new Promise<void>((resolve) => socket.close(() => resolve()));
  return port;
}

/** Hears, and may say, whatever passes on the group. */
async function onTheAir(port: number) {
  const socket = createSocket({ type: "udp4", reuseAddr: true });
  const packets: Buffer[] = [];
  socket.on("message", (packet) => packets.push(packet));
  await new Promise<void>((resolve) => socket.bind(port, "0.0.0.0", resolve));
  socket.addMembership("224.0.0.251", "127.0.0.1");
  socket.setMulticastInterface("127.0.0.1");
  closers.push(() => socket.close());
  const say = (packet: Uint8Array) =>
    new Promise<void>((resolve) => socket.send(packet, port, "224.0.0.251", () => resolve()));
  return { packets, say };
}

test("tills of one store find each other, and what is on the air names neither store, till nor machine", async () => {
  const on = { interface: "127.0.0.1", port: await freePort() };
  const air = await onTheAir(on.port);
  const store = new TestStore("mdns");
  const other = new TestStore("another store");
  const log = linkLog();
  const found: string[] = [];
  const announce = (of: TestStore, label: string, port: number) => {
    const { device } = of.till(label);
    const onFound = (addresses: readonly string[], mark: string) => {
      found.push(`${label} ${mark}`);
      expect(addresses.every((address) => address.endsWith(":1111") || address.endsWith(":2222"))).toBe(true);
    };
    closers.push(discoverByMdns({ store: of.store, device, port, log, on, onFound }));
    return device;
  };
  const a = announce(store, "a", 1111);
  const b = announce(store, "b", 2222);
  announce(other, "c", 3333);
  await until("both found", () => new Set(found).size === 2);
  expect(found.sort()).toEqual([`a ${deviceMark(store.store, b)}`, `b ${deviceMark(store.store, a)}`].sort());

  const said = Buffer.concat(air.packets);
  expect(said.includes("tillmesh")).toBe(true);
  for (const secret of [store.store, store.store.slice(0, 12), a, a.slice(0, 12), hostname()]) {
    expect(said.includes(secret)).toBe(false);
    expect(said.includes(Buffer.from(secret, "hex").subarray(0, 6).toString("latin1") || "\0never")).toBe(
      false,
    );
  }

  // Every packet that was heard, each with some bytes changed: whatever comes of it, nothing is thrown.
  let state = 20261122;
  const random = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0);
  for (const packet of air.packets.slice(0, 20))
    for (let round = 0; round < 25; round++) {
      const changed = Buffer.from(packet);
      for (let i = 0; i < 3; i++) changed[random() % changed.length] = random() & 255;
      await air.say(changed);
    }
  const before = air.packets.length;
  const again = announce(store, "d", 2222);
  await until("a newcomer is still found", () => found.includes(`a ${deviceMark(store.store, again)}`));
  expect(air.packets.length).toBeGreaterThan(before);
});
