import { readFileSync } from "node:fs";
import * as A from "@automerge/automerge";
import { describe, expect, test } from "vitest";
import { fromHex, toHex } from "../bytes.ts";
import { cryptoReady, signingKeyFromSeed } from "../trust/crypto.ts";
import { decodeBase } from "./base.ts";
import { type FloorDocument, readCart } from "./floor.ts";
import { PriceFold } from "./fold/prices.ts";
import { frozenChangeBytes, frozenChanges } from "./genesis.ts";
import { type JournalDocument, checkJournal } from "./journal.ts";
import type { DocumentKind } from "./names.ts";
import type { PricesDocument } from "./prices.ts";
import { decodeRecord, encodeRecord } from "./record.ts";
import { decodeStaff } from "./staff.ts";
import type { StoreDocument } from "./store-document.ts";
import { fromValue } from "./value.ts";

await cryptoReady;

/** What the first version wrote; made by fixtures/make-old-documents.ts, once. */
const old = JSON.parse(
  readFileSync(new URL("../../fixtures/documents/v1.json", import.meta.url), "utf8"),
) as {
  readonly frozen: Record<DocumentKind, string[]>;
  readonly documents: Record<DocumentKind, string>;
  readonly records: readonly { readonly hash: string; readonly hex: string }[];
};
const kinds = ["members", "store", "prices", "floor", "journal"] as const;
const key = signingKeyFromSeed(new Uint8Array(32).fill(7));
const store = "5a".repeat(16);
const time = 1_764_000_000_000;

function load<T>(kind: DocumentKind): A.Doc<T> {
  return A.load<T>(fromHex(old.documents[kind]));
}

describe("frozen changes", () => {
  test.each(kinds)("%s: what was frozen is there, first and in order, and is the bytes it says", (kind) => {
    expect(frozenChanges[kind].map((change) => change.hash).slice(0, old.frozen[kind].length)).toEqual(
      old.frozen[kind],
    );
    for (const change of frozenChanges[kind])
      expect(A.decodeChange(fromHex(change.hex)).hash).toBe(change.hash);
  });

  test.each(kinds)("%s: an old document begins with them, so they merge with it", (kind) => {
    const doc = load<unknown>(kind);
    const [merged] = A.applyChanges(doc, frozenChangeBytes(kind));
    if (frozenChanges[kind].length === old.frozen[kind].length)
      expect(A.getHeads(merged)).toEqual(A.getHeads(doc));
    expect(A.getMissingDeps(merged, [])).toEqual([]);
  });

  test("each genesis gives its shape", () => {
    const fresh = (kind: DocumentKind): unknown =>
      A.toJS(A.applyChanges(A.init<unknown>(), frozenChangeBytes(kind))[0]);
    const buckets = Object.fromEntries(
      Array.from({ length: 64 }, (_, at) => [at.toString(16).padStart(2, "0"), {}]),
    );
    expect(fresh("members")).toEqual({ v: 1, records: {} });
    expect(fresh("store")).toEqual({ v: 1, settings: {}, staff: {}, tills: {}, bases: {} });
    expect(fresh("prices")).toEqual({ v: 1, edits: buckets });
    expect(fresh("floor")).toEqual({ v: 1, carts: buckets, counts: {} });
    expect(fresh("journal")).toEqual({ v: 1, records: [] });
  });

  test("two tills that each made a document alone merge, and neither loses a word", () => {
    const made = (actor: string, name: string): A.Doc<StoreDocument> =>
      A.change(
        A.applyChanges(A.init<StoreDocument>({ actor }), frozenChangeBytes("store"))[0],
        (draft) => void (draft.staff[name] = new Uint8Array([1])),
      );
    const [one, two] = [made("aa", "anna"), made("bb", "omar")];
    for (const merged of [A.merge(A.clone(one), two), A.merge(A.clone(two), one)])
      expect(Object.keys(merged.staff).toSorted()).toEqual(["anna", "omar"]);
  });

  test("a migration that both sides apply loses nothing of either; one that both author would", () => {
    type Migrated = StoreDocument & { promotions: Record<string, number> };
    const [genesis] = A.applyChanges(A.init<Migrated>({ actor: "00" }), frozenChangeBytes("store"));
    const authored = (doc: A.Doc<Migrated>): A.Doc<Migrated> =>
      A.change(doc, { time: 0 }, (draft) => void (draft.promotions = {}));
    const migration = A.getLastLocalChange(authored(A.clone(genesis, { actor: "0000" })))!;
    // Both sides worked on the old shape before, one of them goes on working on it after.
    const worked = (actor: string): A.Doc<Migrated> =>
      A.change(A.clone(genesis, { actor }), (draft) => void (draft.staff[actor] = new Uint8Array([1])));
    const promote = (doc: A.Doc<Migrated>, name: string): A.Doc<Migrated> =>
      A.change(doc, (draft) => void (draft.promotions[name] = 1));
    const sides = ["aa", "bb"].map((actor) => promote(A.applyChanges(worked(actor), [migration])[0], actor));
    const late = worked("cc");
    const merged = A.applyChanges(A.merge(A.merge(late, sides[0]!), sides[1]!), [migration])[0];
    expect(Object.keys(merged.promotions).toSorted()).toEqual(["aa", "bb"]);
    expect(Object.keys(merged.staff).toSorted()).toEqual(["aa", "bb", "cc"]);
    const wrong = ["aa", "bb"].map((actor) => promote(authored(worked(actor)), actor));
    expect(Object.keys(A.merge(wrong[0]!, wrong[1]!).promotions)).toHaveLength(1);
  });
});

describe("what the first version wrote is read", () => {
  test("the store", () => {
    const doc = load<StoreDocument>("store");
    expect(fromValue(doc.settings["name"])).toBe('"Corner Market"');
    expect(decodeStaff(doc.staff["anna"])).toMatchObject({ id: "anna", name: "Anna Byrne", role: "cashier" });
    expect(Object.values(doc.bases).map(decodeBase)).toMatchObject([
      {
        kind: "stock",
        generation: "e4b8dafb02c58e7623f206d0ef242d29",
        contains: { positions: [{ device: key.device, series: 1, seq: 2, hash: old.records[1]!.hash }] },
      },
    ]);
  });

  test("prices", () => {
    const fold = new PriceFold();
    expect(fold.read("0", load<PricesDocument>("prices"), false)).toEqual(["10001", "10001"]);
    expect(fold.of("10001").map((edit) => [edit.value, edit.from - time, edit.now, edit.staff.name])).toEqual(
      [
        [199, 0, true, "Anna Byrne"],
        [179, 86_400_000, false, "Anna Byrne"],
      ],
    );
  });

  test("a floor", () => {
    expect(readCart(load<FloorDocument>("floor"), "00112233aabbccdd")).toEqual({
      id: "00112233aabbccdd",
      openedMs: time,
      openedAt: key.device,
      at: key.device,
      state: "open",
      ...{
        staff: {
          id: "anna",
          name: "Anna Byrne",
        },
        label: "",
        discount: null,
        customer: null,
        age: null,
        approvals: [],
      },
      lines: [
        {
          ...{
            id: "000-aabbcc",
            qty: 1250,
            price: null,
            discount: null,
            void: false,
          },
          item: {
            ...{
              item: "10001",
              name: "Bananas",
              dept: "produce",
              class: "zero",
              unit: "kg",
              price: 219,
            },
            code: "2110001000003",
          },
        },
      ],
      tenders: [
        {
          ...{
            id: "t1",
            method: "cash",
            kind: "cash",
            amount: 300,
            time: time + 500,
          },
          ...{
            device: key.device,
            void: false,
          },
        },
      ],
      closedBy: [old.records[1]!.hash],
    });
  });

  test("a journal, record by record; written today, they are the same bytes", () => {
    const { records } = load<JournalDocument>("journal");
    expect(records.map((bytes) => toHex(bytes))).toEqual(old.records.map((record) => record.hex));
    const owner = { store: store as never, device: key.device };
    expect(checkJournal(owner, records, undefined)).toMatchObject({
      type: "right",
      position: { series: 1, seq: 2, hash: old.records[1]!.hash, receiptNumber: 1 },
    });
    for (const { hash, hex } of old.records) {
      const decoded = decodeRecord(fromHex(hex));
      if ("type" in decoded) throw new Error(decoded.type);
      const again = encodeRecord(decoded.record, key);
      expect([again.hash, toHex(again.bytes)]).toEqual([hash, hex]);
    }
  });
});
