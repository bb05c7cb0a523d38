import * as A from "@automerge/automerge";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { DeviceId, HashHex, StoreId } from "../../bytes.ts";
import { type SigningKey, cryptoReady, signingKeyFromSeed } from "../../trust/crypto.ts";
import type { StockPosition } from "../base.ts";
import { frozenChangeBytes } from "../genesis.ts";
import { type PriceEdit, type PricesDocument, editPlace, encodeEdit, putEdit } from "../prices.ts";
import type { ReceiptBody, ReceiptBodyLine } from "../record-body.ts";
import {
  type StoredRecord,
  type TillRecord,
  decodeVouchedRecord,
  encodeRecord,
  firstPrev,
} from "../record.ts";
import { PriceFold, editsBeyond } from "./prices.ts";
import { StockFold } from "./stock.ts";
import { TradeFold } from "./trade.ts";

await cryptoReady;

const store = "ab".repeat(16) as StoreId;
const keys = [1, 2, 3].map((seed) => signingKeyFromSeed(new Uint8Array(32).fill(seed)));
const staff = { id: "anna", name: "Anna" };

interface Written {
  readonly stored: StoredRecord;
  readonly bytes: Uint8Array;
  readonly day: string;
}

/** A till's own chain; `day` may go on. */
class Till {
  readonly written: Written[] = [];
  day = "2026-11-20";
  #prev = firstPrev;
  #number = 0;
  readonly #key: SigningKey;
  constructor(key: SigningKey) {
    this.#key = key;
  }
  write(kind: TillRecord["kind"], body: object): HashHex {
    const bears = kind === "sale" || kind === "refund" || kind === "void";
    const seq = this.written.length + 1;
    const { bytes, hash } = encodeRecord(
      {
        ...{ store, device: this.#key.device, series: 1, seq, time: 1000 * seq, prev: this.#prev, kind },
        body: { day: this.day, staff, ...(bears ? { number: ++this.#number } : {}), ...body },
      } as TillRecord,
      this.#key,
    );
    this.#prev = hash;
    this.written.push({ stored: decodeVouchedRecord(bytes), bytes, day: this.day });
    return hash;
  }
}

function line(
  id: string,
  item: string,
  qty: number,
  of?: { record: HashHex; line: number },
): ReceiptBodyLine {
  const total = qty / 10;
  return {
    ...{
      id,
      item,
      name: item,
      dept: "d",
      class: "c",
      unit: "piece",
      qty,
      price: 100,
      gross: total,
      discount: 0,
    },
    ...{ share: 0, reasons: [], exempted: 0, net: total, taxes: [], total, ...(of ? { of } : {}) },
  };
}

function receipt(
  cart: string,
  lines: readonly ReceiptBodyLine[],
): Omit<ReceiptBody, "number" | "day" | "staff"> {
  const total = lines.reduce((sum, one) => sum + one.total, 0);
  return {
    ...{
      cart,
      shift: "s",
      currency: "EUR",
      lines: [...lines],
      subtotal: total,
      discount: 0,
      savings: 0,
      net: total,
    },
    taxes: [
      { tax: "v", name: "VAT", ratePpm: 0, included: true, treatment: "zero-rated", base: total, amount: 0 },
    ],
    ...{
      tax: 0,
      total,
      rounding: 0,
      tenders: [{ id: "t", method: "cash", kind: "cash", amount: total }],
      change: 0,
    },
  };
}

const voidOf = (of: HashHex, lines: readonly ReceiptBodyLine[]): object => ({
  ...{ shift: "s", of, ofNumber: 1, currency: "EUR", reason: "r", taxes: [] },
  ...{ tenders: [], total: -lines.reduce((sum, one) => sum + one.total, 0), net: 0 },
  goods: lines.map((one) => ({ item: one.item, qty: one.qty })),
});

/** All that is read of a fold, in an order of its own. */
function picture(fold: TradeFold): unknown {
  const day = (name: string): unknown => {
    const { sales, refunds, voids, gross, net, taxes, tenders, tills } = fold.day(name);
    return {
      sales,
      refunds,
      voids,
      gross,
      net,
      taxes: [...taxes],
      tenders: [...tenders],
      tills: Object.fromEntries(tills),
    };
  };
  return {
    days: ["2026-11-20", "2026-11-21"].map(day),
    receipts: [...fold.receipts.values()].toSorted((a, b) => (a.hash < b.hash ? -1 : 1)),
    exceptions: fold.exceptions(),
    settled: Object.fromEntries(fold.settled),
    shifts: keys.map((key) => {
      const shift = fold.openShift(key.device);
      return shift && { shift, expected: fold.expectedCash(shift) };
    }),
    stock: Object.fromEntries(stockOf(fold)),
    carts: ["c0", "c1"].map((cart) => ["l0", "l1"].map((one) => fold.coveredOfCartLine(cart, one))),
    positions: Object.fromEntries(fold.positions(new Map())),
  };
}

function stockOf(fold: TradeFold): ReadonlyMap<string, number> {
  return new StockFold(fold.moves).all();
}

const act = fc.record({
  till: fc.nat(2),
  kind: fc.constantFrom(
    "sale",
    "sale",
    "refund",
    "void",
    "cash",
    "open",
    "close",
    "stock",
    "settle",
    "tomorrow",
  ),
  a: fc.nat(1),
  b: fc.nat(7),
});

/** What three tills might record that do not see each other: anything twice. */
function trade(acts: readonly { till: number; kind: string; a: number; b: number }[]): Till[] {
  const tills = keys.map((key) => new Till(key));
  const sales: { hash: HashHex; lines: readonly ReceiptBodyLine[] }[] = [];
  for (const [index, { till: at, kind, a, b }] of acts.entries()) {
    const till = tills[at]!;
    const sold = sales[b % Math.max(1, sales.length)];
    if (kind === "sale") {
      const lines = [line("l0", "apple", 1000 * (b + 1)), line("l1", "milk", 1000)].slice(0, a + 1);
      sales.push({ hash: till.write("sale", receipt(`c${a}`, lines)), lines });
    } else if (kind === "refund" && sold)
      till.write(
        "refund",
        receipt(`r${index}`, [
          line("l0", "apple", -1000, { record: sold.hash, line: 1 }),
          ...(a === 0 ? [] : [line("l1", "apple", -1000, { record: sold.hash, line: 1 })]),
        ]),
      );
    else if (kind === "void" && sold) till.write("void", voidOf(sold.hash, sold.lines));
    else if (kind === "cash")
      till.write("cash", { shift: `s${at}`, direction: a === 0 ? "in" : "drop", amount: b, reason: "r" });
    else if (kind === "open") till.write("shift", { event: "open", id: `s${at}.${index}`, float: b });
    else if (kind === "close") {
      const opened = till.written.filter(({ stored: { record } }) => record.kind === "shift").at(-1);
      const body = opened?.stored.record.body;
      if (body && "id" in body) till.write("shift", { event: "close", id: body.id, expected: b, counted: b });
    } else if (kind === "stock")
      till.write("stock", { movement: "delivery", lines: [{ item: "apple", qty: 1000 * b }] });
    else if (kind === "settle")
      till.write("settle", { exception: `double-payment/c${a}/2`, note: `${at}.${b}` });
    else if (kind === "tomorrow") till.day = "2026-11-21";
  }
  return tills;
}

/** Journals come as they like, each in its own order. `picks` says whose turn it is. */
function interleaved(tills: readonly Till[], picks: Iterator<number>): Written[] {
  const journals = tills.flatMap((till) => [
    till.written.filter(({ day }) => day === "2026-11-20"),
    till.written.filter(({ day }) => day === "2026-11-21"),
  ]);
  const order: Written[] = [];
  for (;;) {
    const left = journals.filter((journal) => journal.length > 0);
    if (left.length === 0) return order;
    order.push(left[(picks.next().value as number) % left.length]!.shift()!);
  }
}

function folded(order: readonly Written[]): TradeFold {
  const fold = new TradeFold();
  for (const { stored, bytes } of order) fold.apply(stored, bytes);
  return fold;
}

describe("trade", () => {
  test("is the same in whatever order the journals come, once or twice", () => {
    fc.assert(
      fc.property(fc.array(act, { maxLength: 40 }), fc.infiniteStream(fc.nat(1000)), (acts, picks) => {
        const tills = trade(acts);
        const inOrder = tills.flatMap((till) => till.written);
        const shuffled = interleaved(tills, picks);
        const expected = picture(folded(inOrder));
        expect(picture(folded(shuffled))).toEqual(expected);
        expect(picture(folded([...shuffled, ...inOrder]))).toEqual(expected);
      }),
      { numRuns: 40 },
    );
  });

  test("a refund that takes a line back in two parts counts as both", () => {
    const till = new Till(keys[0]!);
    const sale = till.write("sale", receipt("c", [line("l0", "apple", 3000)]));
    const of = { record: sale, line: 1 };
    till.write("refund", receipt("r", [line("a", "apple", -1000, of), line("b", "apple", -1000, of)]));
    const fold = folded(till.written);
    expect(fold.returnsOf(sale, 1)).toMatchObject([{ qty: 2000 }]);
    expect(fold.exceptions()).toEqual([]);
    till.write("refund", receipt("r2", [line("a", "apple", -2000, of)]));
    expect(folded(till.written).exceptions()).toMatchObject([{ type: "refunds-exceed-sale", line: 1 }]);
  });

  test("a voided refund gives back what it took", () => {
    const till = new Till(keys[0]!);
    const sale = till.write("sale", receipt("c", [line("l0", "apple", 1000)]));
    const back = [line("a", "apple", -1000, { record: sale, line: 1 })];
    const refund = till.write("refund", receipt("r", back));
    till.write("void", voidOf(refund, back));
    const fold = folded(till.written);
    expect(fold.returnsOf(sale, 1)).toEqual([]);
    expect(stockOf(fold).get("apple")).toBe(-1000);
    expect(fold.day("2026-11-20").gross).toBe(100);
  });

  test("voided on two tills apart, or voided and refunded apart: an exception, and settled once it stays so until another joins", () => {
    const [one, two, three] = keys.map((key) => new Till(key)) as [Till, Till, Till];
    const lines = [line("l0", "apple", 1000)];
    const sale = one.write("sale", receipt("c", lines));
    for (const till of [one, two]) till.write("void", voidOf(sale, lines));
    const [twice] = folded([...one.written, ...two.written]).exceptions();
    expect(twice).toMatchObject({ type: "voided-twice", receipts: expect.arrayContaining([sale]) });
    two.write("settle", { exception: twice!.id, note: "n" });
    three.write("void", voidOf(sale, lines));
    three.write("refund", receipt("r", [line("a", "apple", -1000, { record: sale, line: 1 })]));
    const fold = folded([...three.written, ...two.written, ...one.written]);
    expect(fold.settled.has(twice!.id)).toBe(true);
    const open = fold.exceptions().filter((exception) => !fold.settled.has(exception.id));
    expect(open.map((exception) => exception.type)).toEqual(["void-after-refund", "voided-twice"]);
  });

  test("of two shifts that a still clock gave one time, the later is open", () => {
    const till = new Till(keys[0]!);
    for (const id of ["s1", "s2"]) {
      till.write("shift", { event: "open", id, float: 1 });
      if (id === "s1") till.write("shift", { event: "close", id, expected: 1, counted: 1 });
    }
    const still = till.written.map(({ stored, bytes }) => ({
      bytes,
      day: till.day,
      stored: { hash: stored.hash, record: { ...stored.record, time: 5 } },
    }));
    expect(folded(still).openShift(keys[0]!.device)?.id).toBe("s2");
  });
});

describe("stock", () => {
  test("a base and what came since is all there is, wherever it was cut and whatever had come", () => {
    fc.assert(
      fc.property(
        fc.array(act, { maxLength: 40 }),
        fc.infiniteStream(fc.nat(1000)),
        fc.nat(40),
        fc.nat(40),
        (acts, picks, cut, later) => {
          const order = interleaved(trade(acts), picks);
          const all = stockOf(folded(order));
          // A till publishes when it had heard of some; another takes that base, hears more, and publishes again.
          const first = folded(order.slice(0, cut));
          const positions = first.positions(new Map());
          const base = new StockFold(first.moves).upTo(positions);
          const known = folded(order.slice(0, Math.max(cut, later)));
          const second = new StockFold(known.moves);
          second.rebase(base, [...positions.values()]);
          const next = known.positions(second.contained());
          const third = new StockFold(folded(order).moves);
          third.rebase(second.upTo(next), [...next.values()]);
          const whole = new StockFold(folded(order).moves);
          whole.rebase(base, [...positions.values()]);
          const plain = (map: ReadonlyMap<string, number>): unknown =>
            Object.fromEntries([...map].filter(([, qty]) => qty !== 0));
          // What a base knows nothing of, because the days before had not come, it does not count either.
          if (startsWhole(positions)) expect(plain(whole.all())).toEqual(plain(all));
          if (startsWhole(positions) && startsWhole(next)) expect(plain(third.all())).toEqual(plain(all));

          function startsWhole(named: ReadonlyMap<DeviceId, StockPosition>): boolean {
            return keys.every(({ device }) => {
              const at = named.get(device);
              const heard = order.slice(0, named === positions ? cut : Math.max(cut, later));
              const mine = heard.filter(({ stored }) => stored.record.device === device);
              return (
                at === undefined || mine.length === 0 || mine.some(({ stored }) => stored.record.seq === 1)
              );
            });
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  test("a base goes on naming a till whose journals are no longer open", () => {
    const till = new Till(keys[0]!);
    till.write("stock", { movement: "delivery", lines: [{ item: "apple", qty: 5000 }] });
    const position = { device: keys[1]!.device, series: 2, seq: 9, hash: firstPrev };
    expect([
      ...folded(till.written)
        .positions(new Map([[position.device, position]]))
        .values(),
    ]).toEqual([
      position,
      { device: keys[0]!.device, series: 1, seq: 1, hash: till.written[0]!.stored.hash },
    ]);
  });
});

describe("prices", () => {
  const [key, other] = keys as [SigningKey, SigningKey];
  const edit = (change: Partial<PriceEdit> = {}, by = key): PriceEdit => ({
    ...{
      store,
      device: by.device,
      item: "apple",
      field: "price",
      value: 60,
      from: 1000,
      now: true,
      time: 1000,
    },
    ...{ staff, ...change },
  });
  const genesis = (actor: string): A.Doc<PricesDocument> =>
    A.applyChanges(A.init<PricesDocument>({ actor }), frozenChangeBytes("prices"))[0];
  const put = (doc: A.Doc<PricesDocument>, one: PriceEdit, by = key): A.Doc<PricesDocument> =>
    A.change(doc, (draft) => putEdit(draft, one, by));

  test("now, from a time on, and withdrawn", () => {
    let doc = put(genesis("aa"), edit());
    const fold = new PriceFold();
    expect(fold.read("0", doc, false)).toEqual(["apple"]);
    expect(fold.read("0", doc, false)).toEqual([]);
    doc = put(doc, edit({ value: 70, from: 5000, now: false }));
    fold.read("0", doc, false);
    const at = (time: number): number | null | undefined => fold.inForce("apple", time)?.value;
    // Made to hold at once: whatever the clock of the till that reads it says.
    expect([at(0), at(4999), at(5000)]).toEqual([60, 60, 70]);
    expect([fold.comesDue(4999, 5000), fold.comesDue(5000, 6000)]).toEqual([true, false]);
    expect([...fold.scheduledAfter(4999)].map((one) => one.value)).toEqual([70]);
    doc = put(doc, edit({ value: null, from: 5000, now: false, time: 2000 }));
    fold.read("0", doc, false);
    expect([at(0), at(5000)]).toEqual([60, 60]);
    expect(fold.of("apple")).toHaveLength(1);
    expect(fold.inForce("milk", 0)).toBeUndefined();
    fold.clear();
    expect(at(0)).toBeUndefined();
  });

  test("two managers apart, whichever way their edits meet, in whichever order documents are read", () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({ side: fc.nat(1), value: fc.option(fc.nat(99)), from: fc.integer({ min: 1, max: 4 }) }),
          { maxLength: 12 },
        ),
        (edits) => {
          let sides = [genesis("aa"), genesis("bb")];
          for (const [time, { side, value, from }] of edits.entries()) {
            const by = side === 0 ? key : other;
            sides = sides.map((doc, at) =>
              at === side ? put(doc, edit({ value, from, time, now: false }, by), by) : doc,
            );
          }
          const [one, two] = sides as [A.Doc<PricesDocument>, A.Doc<PricesDocument>];
          const reads = [
            [A.merge(A.clone(one), two)],
            [one, A.merge(A.clone(one), two)],
            [two, A.merge(A.clone(two), one)],
          ].map((docs) => {
            const fold = new PriceFold();
            for (const doc of docs) fold.read("0", doc, false);
            return [0, 1, 2, 3, 4].map((time) => fold.inForce("apple", time)?.value);
          });
          expect(reads[1]).toEqual(reads[0]);
          expect(reads[2]).toEqual(reads[0]);
          // Two documents, as after another book was published: in whichever order they are read.
          const both = [
            ["x", "y"],
            ["y", "x"],
          ].map((names) => {
            const fold = new PriceFold();
            for (const name of names) fold.read(name, name === "x" ? one : two, false);
            return [0, 1, 2, 3, 4].map((time) => fold.inForce("apple", time)?.value);
          });
          expect(both[0]).toEqual(both[1]);
        },
      ),
      { numRuns: 30 },
    );
  });

  test("an edit forged, or copied to where withdrawing it does not reach, says nothing", () => {
    const bytes = encodeEdit(edit(), key);
    const forged = bytes.slice();
    forged[forged.length - 3]! ^= 1;
    const place = editPlace(edit());
    const doc = A.change(genesis("aa"), (draft) => {
      draft.edits[place.bucket]![place.key] = forged;
      draft.edits[place.bucket]![`${place.key}0`] = bytes;
      draft.edits["00"]!["junk"] = new Uint8Array([1]);
      draft.edits[place.bucket === "01" ? "02" : "01"]![place.key] = bytes;
    });
    const fold = new PriceFold();
    expect(fold.read("0", doc, false)).toEqual([]);
    expect(fold.of("apple")).toEqual([]);
  });

  test("what a base does not contain still applies on top of it, once it is known what it contains", () => {
    const before = put(genesis("aa"), edit());
    const heads = A.getHeads(before);
    const apart = put(genesis("bb"), edit({ item: "milk" }, other), other);
    const merged = A.merge(A.clone(before), apart);
    const items = (doc: PricesDocument | undefined): string[] | undefined => {
      const fold = new PriceFold();
      return doc && fold.read("0", doc, false);
    };
    expect(items(editsBeyond(merged, heads))).toEqual(["milk"]);
    expect(items(editsBeyond(before, heads))).toEqual([]);
    expect(editsBeyond(apart, heads)).toBeUndefined();
    expect(items(editsBeyond(merged, []))?.toSorted()).toEqual(["apple", "milk"]);
    const changed = put(merged, edit({ value: 65, time: 3000 }));
    expect(items(editsBeyond(changed, heads))?.toSorted()).toEqual(["apple", "milk"]);
  });
});
