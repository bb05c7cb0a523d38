import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fromHex, toHex } from "../../bytes.ts";
import { decodeColumns, encodeColumns, itemAt } from "./columns.ts";
import { compareItemIds, type PriceBookItem } from "./item.ts";

const text = (max: number) =>
  fc.string({ unit: "grapheme", minLength: 1, maxLength: max }).filter((value) => !/[\n\r]/.test(value));
const item: fc.Arbitrary<PriceBookItem> = fc
  .record({
    itemId: fc.stringMatching(/^[A-Za-z0-9é-]{1,12}$/),
    name: text(30),
    barcodes: fc.uniqueArray(fc.oneof(fc.stringMatching(/^\d{14}$/), fc.stringMatching(/^[A-Z0-9-]{1,8}$/)), {
      maxLength: 4,
    }),
    departmentId: text(8),
    unit: fc.constantFrom("piece" as const, "kg" as const, "l" as const),
    priceMinor: fc.nat({ max: 1e12 }),
    taxClassId: text(8),
    age: fc.nat({ max: 99 }),
    open: fc.boolean(),
  })
  .map(({ age, open, ...rest }) => ({
    ...rest,
    barcodes: [...rest.barcodes].sort(
      (a, b) => Number(/^\d{14}$/.test(b)) - Number(/^\d{14}$/.test(a)) || compareItemIds(a, b),
    ),
    ...(age === 0 ? {} : { ageYears: age }),
    ...(open ? { openPrice: true } : {}),
  }));
const items = fc
  .uniqueArray(item, { selector: ({ itemId }) => itemId, maxLength: 30 })
  .map((all) => all.sort((a, b) => compareItemIds(a.itemId, b.itemId)));

const decoded = (bytes: Uint8Array) => {
  const result = decodeColumns(bytes);
  if (result.type !== "columns") throw new Error(result.problem);
  return result.columns;
};

describe("columns of a price book", () => {
  test("what goes in comes out, and the bytes are always the same", () => {
    fc.assert(
      fc.property(items, (all) => {
        const bytes = encodeColumns(all);
        const columns = decoded(bytes);
        const back = Array.from({ length: columns.count }, (_, row) => itemAt(columns, row));
        expect(back).toEqual(all);
        expect(encodeColumns(back)).toEqual(bytes);
      }),
    );
  });

  test("version 1 stays readable: these bytes are frozen", () => {
    const frozen: readonly PriceBookItem[] = [
      {
        itemId: "10001",
        name: "Bananas",
        barcodes: ["02110001000009"],
        departmentId: "produce",
        unit: "kg",
        priceMinor: 219,
        taxClassId: "zero",
      },
      {
        itemId: "20001",
        name: "Pâté & Bière",
        barcodes: ["02900000200012", "PB-1"],
        departmentId: "deli",
        unit: "piece",
        priceMinor: 0,
        taxClassId: "standard",
        ageYears: 18,
        openPrice: true,
      },
    ];
    const hex = [
      "544d504201020b31303030310a32303030311742616e616e61730a50c3a274c3a92026204269c3a872650c6465",
      "6c690a70726f647563650201000d7374616e646172640a7a65726f02010003db01000201040200120e0101492e",
      "dc45eb014c557b35a30206010150422d31",
    ].join("");
    expect(toHex(encodeColumns(frozen))).toBe(hex);
    const columns = decoded(fromHex(hex));
    expect([itemAt(columns, 0), itemAt(columns, 1)]).toEqual(frozen);
  });

  test("no bytes throw, and what is accepted is canonical", () => {
    const bytes = encodeColumns([
      {
        itemId: "a",
        name: "A",
        barcodes: ["05901234123457", "X"],
        departmentId: "d",
        unit: "l" as const,
        priceMinor: 300,
        taxClassId: "t",
        ageYears: 18,
      },
      {
        itemId: "b",
        name: "B",
        barcodes: [],
        departmentId: "e",
        unit: "kg" as const,
        priceMinor: 1,
        taxClassId: "t",
      },
    ]);
    fc.assert(
      fc.property(
        fc.nat({ max: bytes.length - 1 }),
        fc.nat({ max: 255 }),
        fc.nat({ max: bytes.length }),
        (at, value, cut) => {
          const changed = bytes.slice();
          changed[at] = value;
          const result = decodeColumns(changed);
          if (result.type === "columns")
            for (let row = 0; row < result.columns.count; row++)
              expect(itemAt(result.columns, row).itemId).not.toBe("");
          if (cut < bytes.length) expect(decodeColumns(bytes.subarray(0, cut)).type).toBe("bad-columns");
        },
      ),
      { numRuns: 2000 },
    );
    fc.assert(fc.property(fc.uint8Array(), (some) => decodeColumns(some).type === "bad-columns"));
  });

  test("what cannot be written is a bug of the caller", () => {
    const good = {
      itemId: "a",
      name: "A",
      barcodes: [],
      departmentId: "d",
      unit: "piece" as const,
      priceMinor: 1,
      taxClassId: "t",
    };
    expect(() => encodeColumns([{ ...good, itemId: "b" }, good])).toThrow(RangeError);
    expect(() => encodeColumns([good, good])).toThrow(RangeError);
    expect(() => encodeColumns([{ ...good, name: "A\nB" }])).toThrow(RangeError);
    expect(() => encodeColumns([{ ...good, priceMinor: 1.5 }])).toThrow(RangeError);
    expect(() => encodeColumns([{ ...good, priceMinor: -1 }])).toThrow(RangeError);
    expect(() => encodeColumns([{ ...good, barcodes: ["A B"] }])).toThrow(RangeError);
  });
});
