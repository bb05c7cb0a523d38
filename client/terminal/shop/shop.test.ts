import { randomBytes } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { Bytes, HashHex, StoreId } from "#schema/bytes.ts";
import { describeBase } from "#schema/documents/base.ts";
import { TradeFold } from "#schema/documents/fold/trade.ts";
import { type TradingDay, documentName } from "#schema/documents/names.ts";
import { type TillRecord, encodeRecord, firstPrev } from "#schema/documents/record.ts";
import { type SegmentRef, sealSegment } from "#schema/documents/segment.ts";
import { encodeColumns } from "#schema/domain/price-book/columns.ts";
import type { PriceBookItem } from "#schema/domain/price-book/item.ts";
import { cryptoReady, hashHex, signingKeyFromSeed } from "#schema/trust/crypto.ts";
import { compressor } from "#terminal/segments/compressor.ts";
import { Segments } from "#terminal/segments/segments.ts";
import { MemoryVault, memoryDisk } from "#terminal/vault/memory-vault.ts";
import { Journals } from "#schema/documents/fold/journals.ts";
import { PriceBook } from "./price-book.ts";

await cryptoReady;
const random = (length: number): Bytes => new Uint8Array(randomBytes(length));
const store = "5a".repeat(16) as StoreId;
const here = signingKeyFromSeed(random(32));
const there = signingKeyFromSeed(random(32));
const day = "2026-03-02" as TradingDay;

describe("journals", () => {
  function chain(by: typeof here, length: number): Bytes[] {
    let prev = firstPrev;
    return Array.from({ length }, (_, at) => {
      const record: TillRecord = {
        ...{ store, device: by.device, series: 1, seq: at + 1, time: 1000 + at, prev, kind: "cash" },
        body: { day, shift: "s", staff: { id: "a", name: "A" }, direction: "in", amount: 1, reason: "r" },
      };
      const { bytes, hash } = encodeRecord(record, by);
      prev = hash;
      return bytes;
    });
  }
  const nameOf = (by: typeof here) => documentName({ store, kind: "journal", device: by.device, day });
  const begin = (): { trade: TradeFold; journals: Journals } => {
    const trade = new TradeFold();
    return { trade, journals: new Journals(store, here.device, trade) };
  };
  const upTo = (trade: TradeFold, by: typeof here): number | undefined =>
    trade.positions(new Map()).get(by.device)?.seq;

  test("are folded as they grow, each record once", () => {
    const { trade, journals } = begin();
    for (const by of [here, there]) {
      const records = chain(by, 6);
      expect(journals.read(nameOf(by), { records: records.slice(0, 2) })).toHaveLength(2);
      expect(journals.read(nameOf(by), { records: records.slice(0, 2) })).toEqual([]);
      expect(journals.read(nameOf(by), { records })).toHaveLength(4);
      expect(upTo(trade, by)).toBe(6);
    }
    expect(journals.doubts()).toEqual([]);
    expect(journals.read(documentName({ store, kind: "store" }), { records: chain(there, 1) })).toEqual([]);
  });

  test("are believed up to the first wrong record and no further, also when more comes", () => {
    for (const [wrong, type] of [
      [(records: Bytes[]) => records.splice(3, 1), "wrong-seq"],
      [(records: Bytes[]) => records.splice(3, 0, chain(here, 1)[0]!), "other-device"],
      [(records: Bytes[]) => records.splice(3, 0, new Uint8Array([1])), "malformed"],
      [(records: Bytes[]) => records.splice(3, 0, "text" as never), "malformed"],
    ] as const) {
      const { trade, journals } = begin();
      const records = chain(there, 8);
      wrong(records);
      expect(journals.read(nameOf(there), { records: records.slice(0, 2) })).toHaveLength(2);
      expect(journals.read(nameOf(there), { records: records.slice(0, 6) })).toHaveLength(1);
      expect(journals.doubts()).toMatchObject([{ journal: nameOf(there), index: 3, fault: { type } }]);
      expect(journals.read(nameOf(there), { records })).toEqual([]);
      expect(upTo(trade, there)).toBe(3);
      // One till's fault is not another's.
      const own = chain(here, 2);
      expect(journals.read(nameOf(here), { records: own })).toHaveLength(2);
    }
  });

  test("whose list is not in their order, as when a lost end came back late, are read in their order", () => {
    for (const by of [here, there]) {
      const [one, two, three, four, five] = chain(by, 5) as [Bytes, Bytes, Bytes, Bytes, Bytes];
      const lists = [
        [one, two],
        [one, two, four], // the third is lost, and the till goes on
        [one, two, four, three],
        [one, two, four, three, five],
      ];
      for (const states of [
        lists,
        [
          [one, two],
          [one, two, four],
          [one, two, three, four],
          [one, two, three, four, five],
        ],
      ]) {
        const { trade, journals } = begin();
        const folded = states.flatMap((records) => journals.read(nameOf(by), { records: [...records] }));
        expect(folded.map(({ record }) => record.seq).toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5]);
        expect(journals.doubts()).toEqual([]);
        expect(upTo(trade, by)).toBe(5);
      }
      const { trade, journals } = begin();
      journals.read(nameOf(by), { records: [one, two, two, three] });
      expect([upTo(trade, by), journals.doubts()]).toEqual([3, []]);
    }
  });

  test("of this till, with what is no record in it, do not stop the till", () => {
    const { trade, journals } = begin();
    const records = [...chain(here, 2), new Uint8Array([1, 2])];
    expect(journals.read(nameOf(here), { records })).toHaveLength(2);
    expect(journals.doubts()).toMatchObject([{ index: 2, fault: { type: "malformed" } }]);
    expect(upTo(trade, here)).toBe(2);
  });
});

describe("segments", () => {
  const bytes = (n: number): Bytes => new Uint8Array(50).fill(n);
  const named = (n: number): { hash: HashHex; bytes: Bytes } => ({
    hash: hashHex(bytes(n)),
    bytes: bytes(n),
  });

  test("come from here, else from the origins in their order, and are kept; wrong bytes are refused", async () => {
    const disk = memoryDisk();
    const segments = await Segments.open(new MemoryVault(disk));
    const asked: string[] = [];
    const { hash } = named(1);
    segments.setOrigins([
      async () => void asked.push("away"),
      async () => {
        asked.push("wrong");
        return bytes(2);
      },
      async () => {
        asked.push("fails");
        throw new Error("gone");
      },
      async () => {
        asked.push("right");
        return bytes(1);
      },
      async () => {
        asked.push("never");
        return bytes(1);
      },
    ]);
    const [one, two] = await Promise.all([segments.fetch(hash), segments.fetch(hash)]);
    expect([one, two]).toEqual([bytes(1), bytes(1)]);
    expect(asked).toEqual(["away", "wrong", "fails", "right"]);
    expect(await segments.fetch(hash)).toEqual(bytes(1));
    expect(asked).toHaveLength(4);
    const again = await Segments.open(new MemoryVault(disk));
    expect(again.hashes()).toEqual([hash]);
    expect(await again.fetch(hash)).toEqual(bytes(1));
    expect(await again.fetch(named(9).hash)).toBeUndefined();
    await expect(again.put([{ hash, bytes: bytes(2) }])).rejects.toThrow(RangeError);
  });

  test("a damaged one is fetched again, a damaged index made anew, and a full disk keeps none but hands it on", async () => {
    const disk = memoryDisk();
    const vault = new MemoryVault(disk);
    const segments = await Segments.open(vault);
    await segments.put([named(1), named(2)]);
    vault.damage(["segments"]);
    vault.damage(["segment", named(1).hash]);
    const again = await Segments.open(new MemoryVault(disk));
    expect(again.hashes()).toEqual([named(2).hash]);
    again.setOrigins([async () => bytes(1)]);
    expect(await again.fetch(named(1).hash)).toEqual(bytes(1));
    expect(new Set((await Segments.open(new MemoryVault(disk))).hashes())).toEqual(
      new Set([named(1).hash, named(2).hash]),
    );
    const full = new MemoryVault();
    const none = await Segments.open(full);
    none.setOrigins([async () => bytes(3)]);
    full.setStatus("full");
    expect(await none.fetch(named(3).hash)).toEqual(bytes(3));
    expect([none.has(named(3).hash), none.hashes()]).toEqual([false, []]);
  });

  test("those that nobody names any more go; those about to be named stay", async () => {
    const disk = memoryDisk();
    const segments = await Segments.open(new MemoryVault(disk));
    await segments.put([named(1), named(2)]);
    await segments.keepOnly(new Set([named(1).hash, named(2).hash]));
    await segments.put([named(3)]);
    await segments.keepOnly(new Set([named(1).hash]));
    expect(segments.hashes()).toEqual([named(1).hash, named(3).hash]);
    expect(await segments.read(named(2).hash)).toBeUndefined();
    expect((await Segments.open(new MemoryVault(disk))).hashes()).toEqual(segments.hashes());
  });
});

describe("a price book", () => {
  const item = (itemId: string, priceMinor: number): PriceBookItem => ({
    ...{ itemId, name: itemId, barcodes: [], departmentId: "d", unit: "piece", priceMinor, taxClassId: "c" },
  });
  const sealed = (items: readonly PriceBookItem[]) => sealSegment(encodeColumns(items), compressor, random);
  const baseOf = (refs: readonly SegmentRef[]) =>
    describeBase({
      ...{ store, kind: "prices", time: 1, device: here.device, items: 1, segments: refs },
      contains: { kind: "prices", after: null, heads: [] },
    });

  test("is in force once all of it is here; until then, and when it is none, the one before stays", async () => {
    const segments = await Segments.open(new MemoryVault());
    const book = new PriceBook();
    const first = sealed([item("a", 100)]);
    await segments.put([{ hash: first.ref.hash, bytes: first.sealed }]);
    expect(await book.load(baseOf([first.ref]), segments, compressor)).toBe("loaded");
    const [one, two] = [sealed([item("a", 200)]), sealed([item("b", 300)])];
    const next = baseOf([one.ref, two.ref]);
    await segments.put([{ hash: one.ref.hash, bytes: one.sealed }]);
    expect(await book.load(next, segments, compressor)).toBe("incomplete");
    expect([book.item("a", 0)?.priceMinor, book.size]).toEqual([100, 1]);
    const junk = sealSegment(new Uint8Array([1, 2, 3]), compressor, random);
    await segments.put([{ hash: junk.ref.hash, bytes: junk.sealed }]);
    for (const bad of [
      baseOf([junk.ref]),
      baseOf([{ ...one.ref, key: two.ref.key }]),
      baseOf([one.ref, one.ref]), // the same items twice
    ])
      expect(await book.load(bad, segments, compressor)).toBe("damaged");
    expect(book.item("a", 0)?.priceMinor).toBe(100);
    segments.setOrigins([async () => two.sealed]);
    expect(await book.load(next, segments, compressor)).toBe("loaded");
    expect([book.item("a", 0)?.priceMinor, book.item("b", 0)?.priceMinor, book.size]).toEqual([200, 300, 2]);
    expect(book.base()).toBe(next);
    expect([...book.all(0)].map((one) => one.itemId)).toEqual(["a", "b"]);
    expect([book.item("z", 0), book.byBarcode(["z", "b"], 0)?.priceMinor]).toEqual([undefined, 300]);
  });
});
