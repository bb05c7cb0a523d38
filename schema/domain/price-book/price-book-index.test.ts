import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeColumns, encodeColumns } from "./columns.ts";
import { compareItemIds, type PriceBookItem } from "./item.ts";
import { foldText } from "./name-search.ts";
import { PriceBookIndex } from "./price-book-index.ts";

const itemOf = (itemId: string, name: string, ...barcodes: string[]): PriceBookItem => ({
  itemId,
  name,
  barcodes,
  departmentId: `d-${itemId.length}`,
  unit: "piece",
  priceMinor: itemId.length * 100,
  taxClassId: name.length % 2 === 0 ? "even" : "odd",
});
const indexOf = (items: readonly PriceBookItem[], perSegment = 3): PriceBookIndex => {
  const sorted = [...items].sort((a, b) => compareItemIds(a.itemId, b.itemId));
  const segments = [];
  for (let i = 0; i < sorted.length; i += perSegment) {
    const decoded = decodeColumns(encodeColumns(sorted.slice(i, i + perSegment)));
    if (decoded.type !== "columns") throw new Error(decoded.problem);
    segments.push(decoded.columns);
  }
  return new PriceBookIndex(segments);
};
const shop = [
  itemOf("1", "Crème Brûlée"),
  itemOf("2", "Creme Soap"),
  itemOf("3", "Ice Cream Vanilla", "05901234123457"),
  itemOf("4", "Cream of Mushroom Soup", "PLU-4"),
  itemOf("5", "Strawberry Jam"),
  itemOf("6", "Berry Mix"),
  itemOf("7", "Straße's Best"),
  itemOf("8", "לֶחֶם שיפון"),
  itemOf("9", "M&M's 7-Up"),
  itemOf("berry", "Something Else"),
];
const names = (typed: string, limit = 10, offset = 0) =>
  indexOf(shop)
    .search(typed, limit, offset)
    .items.map(({ name }) => name);

describe("search", () => {
  test("words in any order, with or without accents and case", () => {
    expect(names("creme")).toEqual(["Crème Brûlée", "Creme Soap"]);
    expect(names("BRÛ crè")).toEqual(["Crème Brûlée"]);
    expect(names("strasse")).toEqual(["Straße's Best"]);
    expect(names("לחם")).toEqual(["לֶחֶם שיפון"]);
    expect(names("mms 7up")).toEqual([]);
    expect(names("7 up")).toEqual(["M&M's 7-Up"]);
  });

  test("what begins a word comes before what stands inside one", () => {
    expect(names("berr")).toEqual(["Berry Mix", "Strawberry Jam"]);
    expect(names("cream")).toEqual(["Cream of Mushroom Soup", "Ice Cream Vanilla"]);
    // Two letters must begin a word.
    expect(names("be")).toEqual(["Berry Mix", "Straße's Best"]);
  });

  test("an item whose id or barcode was typed comes first", () => {
    expect(names("berry")).toEqual(["Something Else", "Berry Mix", "Strawberry Jam"]);
    expect(names("berry", 2, 0)).toEqual(["Something Else", "Berry Mix"]);
    expect(names("berry", 2, 1)).toEqual(["Berry Mix", "Strawberry Jam"]);
    expect(indexOf(shop).search("berry", 2, 0).total).toBe(3);
    expect(names("5901234123457")).toEqual(["Ice Cream Vanilla"]);
    expect(names("plu-4")).toEqual(["Cream of Mushroom Soup"]);
  });

  test("nothing typed: everything by name", () => {
    const all = indexOf(shop).search("", 3, 2);
    expect(all.total).toBe(shop.length);
    expect(all.items.map(({ name }) => name)).toEqual(
      ["Creme Soap", "Crème Brûlée", "Ice Cream Vanilla"].toSorted((a, b) =>
        compareItemIds(foldText(a), foldText(b)),
      ),
    );
  });

  test("an empty price book finds nothing", () => {
    const empty = indexOf([]);
    expect(empty.size).toBe(0);
    expect(empty.search("a", 10, 0)).toEqual({ items: [], total: 0 });
    expect(empty.search("", 10, 0)).toEqual({ items: [], total: 0 });
    expect(empty.byItemId("a")).toBeUndefined();
    expect(empty.byBarcode("05901234123457")).toBeUndefined();
  });

  test("finds what a plain filter and sort find, on every page", () => {
    const word = fc.stringMatching(/^[abé]{1,4}$/);
    const name = fc.array(word, { minLength: 1, maxLength: 3 }).map((words) => words.join(" "));
    fc.assert(
      fc.property(
        fc.array(name, { maxLength: 20 }),
        fc.array(word, { maxLength: 2 }),
        fc.integer({ min: 1, max: 4 }),
        (all, typed, limit) => {
          const items = all.map((value, i) => itemOf(`id-${String(i).padStart(2, "0")}`, value));
          const index = indexOf(items);
          const words = typed.map(foldText);
          const rank = (folded: string) =>
            Math.min(
              2,
              ...words.map((one) =>
                ` ${folded}`.includes(` ${one}`) ? 2 : one.length >= 3 && folded.includes(one) ? 1 : 0,
              ),
            );
          const expected = items
            .map((item) => ({ item, folded: foldText(item.name) }))
            .filter(({ folded }) => rank(folded) > 0)
            .sort(
              (a, b) =>
                rank(b.folded) - rank(a.folded) ||
                compareItemIds(a.folded, b.folded) ||
                compareItemIds(a.item.itemId, b.item.itemId),
            )
            .map(({ item }) => item);
          const found: PriceBookItem[] = [];
          for (let offset = 0; offset <= expected.length; offset += limit) {
            const page = index.search(typed.join(" "), limit, offset);
            expect(page.total).toBe(expected.length);
            found.push(...page.items);
          }
          expect(found).toEqual(expected);
        },
      ),
    );
  });
});

describe("lookup", () => {
  test("by id and by barcode, for every item of several segments", () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.stringMatching(/^[a-z0-9]{1,6}$/), { maxLength: 40 }),
        fc.uniqueArray(fc.integer({ min: 0, max: 99_999_999_999_999 }), { minLength: 40, maxLength: 40 }),
        fc.integer({ min: 1, max: 12 }),
        (ids, gtins, perSegment) => {
          const items = ids.map((id, i) =>
            itemOf(id, `Name ${id}`, String(gtins[i]).padStart(14, "0"), `X-${id.toUpperCase()}`),
          );
          const index = indexOf(items, perSegment);
          expect(index.size).toBe(items.length);
          for (const item of items) {
            expect(index.byItemId(item.itemId)).toEqual(item);
            for (const key of item.barcodes) expect(index.byBarcode(key)).toEqual(item);
            expect(index.byItemId(`${item.itemId}-`)).toBeUndefined();
          }
          expect(index.byBarcode("no such code")).toBeUndefined();
        },
      ),
    );
  });

  test("segments in the wrong order are a bug of the caller", () => {
    const segment = (id: string) => {
      const decoded = decodeColumns(encodeColumns([itemOf(id, "A")]));
      if (decoded.type !== "columns") throw new Error(decoded.problem);
      return decoded.columns;
    };
    expect(() => new PriceBookIndex([segment("b"), segment("a")])).toThrow(RangeError);
    expect(() => new PriceBookIndex([segment("a"), segment("a")])).toThrow(RangeError);
  });
});
