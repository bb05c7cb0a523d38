import * as A from "@automerge/automerge";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { DeviceId, HashHex } from "../bytes.ts";
import {
  type FloorCart,
  type FloorDocument,
  type LineItem,
  addLine,
  addTender,
  cartId,
  closeCart,
  floorCart,
  nextLineId,
  openCart,
  readCart,
  setCartAge,
  setCartCustomer,
  setCartDiscount,
  setLineDiscount,
  setLinePrice,
  setLineQuantity,
  setLineVoid,
  suspendCart,
  takeCart,
  voidCart,
  voidTender,
} from "./floor.ts";
import { frozenChangeBytes } from "./genesis.ts";

const devices = ["11", "22", "33"].map((byte) => byte.repeat(32) as DeviceId);
const item: LineItem = { item: "apple", name: "Apple", dept: "d", class: "c", unit: "piece", price: 50 };
const id = cartId(new Uint8Array([7, 7, 7, 7, 7, 7, 7, 7]));

function begun(): A.Doc<FloorDocument> {
  const [empty] = A.applyChanges(A.init<FloorDocument>({ actor: "00" }), frozenChangeBytes("floor"));
  return A.change(
    empty,
    (floor) => void openCart(floor, id, { time: 1, device: devices[0]!, staff: "anna", name: "Anna" }),
  );
}

type Change = (
  cart: FloorCart,
  by: number,
  n: number,
  lines: readonly string[],
  tenders: readonly string[],
) => void;
const changes = {
  add: (cart, by, n) => addLine(cart, nextLineId(cart, new Uint8Array([by, n, n >> 8])), item, 1000),
  quantity: (cart, _by, n, lines) => lines[0] && setLineQuantity(cart, lines[n % lines.length]!, 1000 * n),
  price: (cart, _by, n, lines) =>
    lines[0] &&
    setLinePrice(cart, lines[n % lines.length]!, n % 3 === 0 ? null : { priceMinor: n, reason: "r" }),
  discount: (cart, _by, n, lines) =>
    lines[0] &&
    setLineDiscount(
      cart,
      lines[n % lines.length]!,
      n % 3 === 0 ? null : { kind: "percent", percentBp: 1 + n, reason: "r" },
    ),
  strike: (cart, _by, n, lines) => lines[0] && setLineVoid(cart, lines[n % lines.length]!, n % 2 === 0),
  all: (cart, _by, n) =>
    setCartDiscount(cart, n % 3 === 0 ? null : { kind: "amount", amountMinor: 1 + n, reason: "r" }),
  customer: (cart, _by, n) => setCartCustomer(cart, n % 3 === 0 ? null : { name: `c${n}`, certificate: "x" }),
  age: (cart, _by, n) => setCartAge(cart, n % 3 === 0 ? null : n),
  suspend: (cart, _by, n) => suspendCart(cart, n % 2 === 0 ? "" : `label ${n}`),
  take: (cart, by) => takeCart(cart, devices[by]!),
  abandon: (cart) => voidCart(cart, { reason: "left", staff: "anna", name: "Anna", time: 1 }),
  tender: (cart, by, n) =>
    addTender(cart, {
      id: `${by}.${n}`,
      method: "cash",
      kind: "cash",
      amount: n,
      time: n,
      device: devices[by]!,
    }),
  untender: (cart, _by, n, _lines, tenders) =>
    tenders[0] && voidTender(cart, tenders[n % tenders.length]!, n % 3 !== 0),
  close: (cart, by, n) => closeCart(cart, `${by}${n}`.padStart(64, "0") as HashHex),
} satisfies Record<string, (...args: Parameters<Change>) => unknown>;
const names = Object.keys(changes) as (keyof typeof changes)[];

test("any changes by three tills, exchanged at any time in any direction, give one cart everywhere", () => {
  const act = fc.oneof(
    { weight: 4, arbitrary: fc.record({ by: fc.nat(2), name: fc.constantFrom(...names), n: fc.nat(20) }) },
    { weight: 1, arbitrary: fc.record({ by: fc.nat(2), from: fc.nat(2) }) },
  );
  fc.assert(
    fc.property(fc.array(act, { maxLength: 40 }), (acts) => {
      const start = begun();
      let tills = devices.map((_, at) => A.clone(start, { actor: `0${at + 1}` }));
      const added: string[] = [];
      for (const one of acts)
        if ("from" in one) {
          if (one.by !== one.from)
            tills = tills.map((doc, at) => (at === one.by ? A.merge(doc, A.clone(tills[one.from]!)) : doc));
        } else
          tills = tills.map((doc, at) => {
            if (at !== one.by) return doc;
            const before = floorCart(doc, id)!;
            const [lines, tenders] = [
              Object.keys(before.lines).toSorted(),
              Object.keys(before.tenders).toSorted(),
            ];
            const after = A.change(doc, (floor) => {
              changes[one.name](floorCart(floor, id)!, one.by, one.n, lines, tenders);
            });
            added.push(...Object.keys(floorCart(after, id)!.lines).filter((line) => !lines.includes(line)));
            return after;
          });
      const merged = tills.map((_, at) =>
        [0, 1, 2].reduce(
          (doc, other) => (other === at ? doc : A.merge(doc, A.clone(tills[other]!))),
          A.clone(tills[at]!),
        ),
      );
      const carts = merged.map((doc) => readCart(doc, id)!);
      expect(carts[1]).toEqual(carts[0]);
      expect(carts[2]).toEqual(carts[0]);
      // Two tills that add at the same moment both keep their line, unless they drew the same random bytes.
      expect(carts[0]!.lines.map((line) => line.id)).toEqual([...new Set(added)].toSorted());
    }),
    { numRuns: 60 },
  );
});

test("lines stay in the order in which they were added", () => {
  let doc = begun();
  const keys: string[] = [];
  for (let n = 0; n < 50; n++)
    doc = A.change(doc, (floor) => {
      const cart = floorCart(floor, id)!;
      const key = nextLineId(cart, new Uint8Array([255 - n, 0, 0]));
      keys.push(key);
      addLine(cart, key, item, 1000);
    });
  expect(readCart(doc, id)!.lines.map((line) => line.id)).toEqual(keys);
});

test("no such cart, and one that is none, read as none", () => {
  expect(readCart(begun(), "ffffffffffffffff")).toBeUndefined();
  const broken = A.change(begun(), (floor) => void (floorCart(floor, id)!.opened = new Uint8Array([255])));
  expect(readCart(broken, id)).toBeUndefined();
});
