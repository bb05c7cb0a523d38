import { randomBytes } from "node:crypto";
import { afterEach, beforeAll, expect, test } from "vitest";
import type { HashHex } from "#schema/bytes.ts";
import { cryptoReady, hashHex } from "#schema/trust/crypto.ts";
import { type MeshTill, addressOf, startTill } from "../mesh/test-mesh.ts";
import type { SegmentSource } from "./segments.ts";
import { TestStore, until } from "./test-store.ts";

const store = new TestStore("segments");
const tills: MeshTill[] = [];
beforeAll(() => cryptoReady);
afterEach(async () => {
  await Promise.all(tills.splice(0).map(({ lan }) => lan.close()));
});

/** Holds these; `asIf` lies about one of them; `after` is asked before each read. */
function shelf(
  segments: readonly Uint8Array[],
  asIf?: HashHex,
  onRead: () => void = () => {},
): SegmentSource {
  const byHash = new Map(segments.map((bytes) => [asIf ?? hashHex(bytes), bytes]));
  return {
    has: (hash) => byHash.has(hash),
    async read(hash, offset, length) {
      onRead();
      const bytes = byHash.get(hash);
      return bytes && { bytes: bytes.subarray(offset, offset + length), total: bytes.length };
    },
  };
}

async function start(label: string, to: readonly MeshTill[], segments: SegmentSource): Promise<MeshTill> {
  const till = await startTill(store, label, to.map(addressOf), { segments });
  tills.push(till);
  await until("linked", () => till.lan.peers().length === to.length);
  return till;
}

test.each([0, 1, 256 * 1024, 3_000_001])(
  "a segment of %i bytes comes whole from a neighbour",
  async (size) => {
    const bytes = new Uint8Array(randomBytes(size));
    const empty = await start("empty", [], shelf([]));
    const giver = await start("giver", [empty], shelf([bytes]));
    const taker = await start("taker", [empty, giver], shelf([]));
    const fetched = await taker.lan.fetchSegment(hashHex(bytes));
    if (fetched.type !== "fetched") throw new Error(fetched.type);
    expect(fetched.from).toBe(giver.till.device);
    expect(Buffer.compare(fetched.bytes, bytes)).toBe(0);
  },
);

test("what nobody has is nowhere", async () => {
  const giver = await start("giver", [], shelf([]));
  const taker = await start("taker", [giver], shelf([]));
  expect(await taker.lan.fetchSegment(hashHex(new Uint8Array(3)))).toEqual({ type: "nowhere" });
  expect(taker.lan.peers()).toHaveLength(1);
});

test("who gives other bytes is disconnected, and another neighbour is asked", async () => {
  const bytes = new Uint8Array(randomBytes(600_000));
  const hash = hashHex(bytes);
  const liar = await start("liar", [], shelf([new Uint8Array(randomBytes(600_000))], hash));
  const taker = await start("taker", [liar], shelf([]));
  expect(await taker.lan.fetchSegment(hash)).toEqual({ type: "nowhere" });
  expect(taker.lan.troubles()["segment-mismatch"]).toBe(1);
  expect(taker.lan.peers()).toEqual([]);
  await start("giver", [taker], shelf([bytes]));
  expect((await taker.lan.fetchSegment(hash)).type).toBe("fetched");
});

test("when the giver goes half-way, the rest comes from the next", async () => {
  const bytes = new Uint8Array(randomBytes(2_000_000));
  let reads = 0;
  const onRead = () => {
    if (++reads === 4) void tills[0]!.lan.close();
  };
  const first = await start("first", [], shelf([bytes], undefined, onRead));
  const taker = await start("taker", [first], shelf([]));
  let later = 0;
  await start(
    "second",
    [taker],
    shelf([bytes], undefined, () => void (later += 1)),
  );
  await until("both are neighbours", () => taker.lan.peers().length === 2);
  const fetched = await taker.lan.fetchSegment(hashHex(bytes));
  if (fetched.type !== "fetched") throw new Error(fetched.type);
  expect(Buffer.compare(fetched.bytes, bytes)).toBe(0);
  expect(reads).toBe(4);
  expect(later).toBeLessThan(8);
});
