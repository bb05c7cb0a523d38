import * as fc from "fast-check";
import { expect, test } from "vitest";
import { foldStock, negativeStock, stockOfMovement, stockOfReceipt, stockOfVoid } from "./movements.ts";

const goods = fc.array(
  fc.record({
    itemId: fc.constantFrom("a", "b", "c", null),
    quantityMilli: fc.integer({ min: -9000, max: 9000 }),
  }),
);
const change = fc.record({
  itemId: fc.constantFrom("a", "b", "c"),
  quantityMilli: fc.integer({ min: -9000, max: 9000 }),
});
const changes = fc.array(change);

test("a receipt takes from the shelf what its lines sold; voiding it puts all back", () => {
  fc.assert(
    fc.property(goods, (lines) => {
      const sold = stockOfReceipt(lines);
      for (const itemId of ["a", "b", "c"]) {
        const expected = lines.reduce(
          (sum, line) => (line.itemId === itemId ? sum - line.quantityMilli : sum),
          0,
        );
        expect(foldStock(new Map(), sold).get(itemId) ?? 0).toBe(expected);
      }
      expect(
        [...foldStock(new Map(), [...sold, ...stockOfVoid(lines)]).values()].every((left) => left === 0),
      ).toBe(true);
    }),
  );
});

test("the order of movements does not matter", () => {
  const shuffled = changes.chain((list) =>
    fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
  );
  fc.assert(
    fc.property(shuffled, ([one, other]) => {
      const sorted = (list: typeof one) => Object.fromEntries(foldStock(new Map([["a", 5]]), list));
      expect(sorted(other)).toEqual(sorted(one));
    }),
  );
});

test("after a count the balance is what was counted, also in two places", () => {
  fc.assert(
    fc.property(changes, changes, (before, counted) => {
      const balances = foldStock(new Map(), before);
      const corrections = stockOfMovement("count", counted, (itemId) => balances.get(itemId) ?? 0);
      const after = foldStock(balances, corrections);
      for (const [itemId, quantityMilli] of foldStock(new Map(), counted))
        expect(after.get(itemId)).toBe(quantityMilli);
    }),
  );
});

test("a delivery adds, waste takes away, what is below zero is named", () => {
  const line = [{ itemId: "a", quantityMilli: 2000 }];
  const none = (): number => 0;
  expect(stockOfMovement("delivery", line, none)).toEqual(line);
  expect(stockOfMovement("waste", line, none)).toEqual([{ itemId: "a", quantityMilli: -2000 }]);
  expect(stockOfMovement("correction", [{ itemId: "a", quantityMilli: -500 }], none)).toEqual([
    { itemId: "a", quantityMilli: -500 },
  ]);
  expect(
    negativeStock(
      new Map([
        ["b", -1],
        ["a", -2],
        ["c", 0],
      ]),
    ),
  ).toEqual([
    { itemId: "a", quantityMilli: -2 },
    { itemId: "b", quantityMilli: -1 },
  ]);
});
