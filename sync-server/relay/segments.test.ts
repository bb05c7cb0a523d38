import { readdirSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import type { Bytes } from "#schema/bytes.ts";
import { hashHex } from "#schema/trust/crypto.ts";
import { connectPeer, makeStore, random, temporaryFolder } from "../testing/peers.ts";
import { startRelay } from "./start.ts";

const cleanups: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean();
});

async function world(quota?: Parameters<typeof makeStore>[0]) {
  const folder = temporaryFolder();
  cleanups.push(folder.remove);
  const store = makeStore(quota);
  const other = makeStore();
  const stores = [store.registration, other.registration];
  const relay = await startRelay({ dataDir: folder.path, port: 0, stores, maxSegmentBytes: 4_000_000 });
  cleanups.push(() => relay.close());
  const bearer = async (self: ReturnType<typeof store.till>) => {
    const peer = await connectPeer(relay.url, self);
    const answer = await peer.conversation.token();
    peer.link.close();
    if (answer.type !== "token") throw new Error("no token");
    return { authorization: `Bearer ${answer.token}` };
  };
  const headers = await bearer(store.till());
  const at = (hash: string) => `${relay.url}/v1/segments/${hash}`;
  const put = (hash: string, offset: number, total: number, body: Bytes) =>
    fetch(at(hash), {
      method: "PUT",
      headers: { ...headers, "upload-offset": String(offset), "upload-length": String(total) },
      body: Buffer.from(body),
    });
  return { folder, store, other, relay, bearer, headers, at, put };
}

test("an upload that breaks off goes on where it was; a download likewise", async () => {
  const { at, put, headers } = await world();
  const bytes = random(1_000_000);
  const hash = hashHex(bytes);
  // The socket dies in the middle of the body.
  await new Promise<void>((resolve) => {
    const upload = request(at(hash), {
      method: "PUT",
      headers: { ...headers, "upload-offset": "0", "upload-length": "1000000", "content-length": "1000000" },
    });
    upload.on("error", () => resolve());
    upload.write(bytes.subarray(0, 400_000), () => setTimeout(() => upload.destroy(), 20));
    upload.on("close", () => resolve());
  });
  let received = 0;
  await vi.waitFor(async () => {
    const head = await fetch(at(hash), { method: "HEAD", headers });
    received = Number(head.headers.get("upload-offset"));
    expect(received).toBeGreaterThan(0);
    const probe = await put(hash, received + 1, 1_000_000, bytes.subarray(received + 1));
    expect(probe.status).toBe(409);
    expect(probe.headers.get("upload-offset")).toBe(String(received));
  });
  expect((await fetch(at(hash), { headers })).status).toBe(404);
  expect((await put(hash, received, 1_000_000, bytes.subarray(received))).status).toBe(201);
  const head = await fetch(at(hash), { method: "HEAD", headers });
  expect([head.status, head.headers.get("content-length")]).toEqual([200, "1000000"]);
  const whole = await fetch(at(hash), { headers });
  expect(hashHex(await whole.bytes())).toBe(hash);
  const rest = await fetch(at(hash), { headers: { ...headers, range: "bytes=600000-" } });
  expect(rest.status).toBe(206);
  expect(Buffer.from(await rest.bytes()).equals(Buffer.from(bytes.subarray(600_000)))).toBe(true);
  expect((await fetch(at(hash), { headers: { ...headers, range: "bytes=1000000-" } })).status).toBe(416);
  expect((await put(hash, 0, 1_000_000, bytes)).status).toBe(201);
});

test("bytes that are not what the name says are refused and gone", async () => {
  const { at, put, headers, folder } = await world();
  const hash = hashHex(random(10));
  expect((await put(hash, 0, 5_000, random(5_000))).status).toBe(422);
  expect((await fetch(at(hash), { method: "HEAD", headers })).status).toBe(404);
  const left = readdirSync(join(folder.path, "segments"), { recursive: true, withFileTypes: true });
  expect(left.filter((entry) => entry.isFile())).toEqual([]);
});

test("limits: size, the store's quota, offsets that make no sense", async () => {
  const { put } = await world({ maxBytes: 10_000 });
  const bytes = random(8_000);
  expect((await put(hashHex(bytes), 0, 8_000, bytes)).status).toBe(201);
  const more = random(3_000);
  const full = await put(hashHex(more), 0, 3_000, more);
  expect(full.status).toBe(507);
  expect(full.headers.get("retry-after")).not.toBeNull();
  expect(((await full.json()) as { error: string }).error).toContain("it may keep 10000");
  expect((await put(hashHex(more), 0, 5_000_000, more)).status).toBe(413);
  expect((await put(hashHex(more), 3_000, 3_000, more)).status).toBe(400);
  expect((await put(hashHex(more), 0, 100, more)).status).toBe(400);
  expect((await put("not-a-hash", 0, 100, more)).status).toBe(400);
});

test("only with a token, and only the own store's segments", async () => {
  const { at, put, bearer, other, headers } = await world();
  const bytes = random(1_000);
  const hash = hashHex(bytes);
  await put(hash, 0, 1_000, bytes);
  expect((await fetch(at(hash))).status).toBe(401);
  const forged = headers.authorization.replace(/.$/, (digit) => (digit === "0" ? "1" : "0"));
  expect((await fetch(at(hash), { headers: { authorization: forged } })).status).toBe(401);
  expect((await fetch(at(hash), { headers: await bearer(other.till()) })).status).toBe(404);
  expect((await fetch(at(hash), { headers })).status).toBe(200);
});
