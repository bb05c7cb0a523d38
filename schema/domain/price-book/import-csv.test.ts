import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { importPriceBook, importPriceBookNow, type ImportOptions } from "./import-csv.ts";

const options: ImportOptions = {
  currency: { code: "EUR", digits: 2 },
  departments: [
    { id: "bakery", name: "Bread & Cakes", taxClassId: "zero" },
    { id: "drinks", name: "Drinks", taxClassId: "standard" },
  ],
  taxClassIds: ["zero", "standard"],
};
const read = (...lines: string[]) => importPriceBookNow(lines.join("\n"), options);
const reasons = (...lines: string[]) =>
  read("item_id,name,price,department,barcode,unit,tax_class,age,stock", ...lines).bad;

describe("price book from CSV", () => {
  test("columns in any order, departments by id or name, defaults", () => {
    expect(
      read(
        "Price,Item ID,Department,Name,Barcode,Unit,Age,Stock,Shelf,tax_class",
        '1.99,rye,bread & cakes,"Rye Bread, 500 g",5901234123457|036000241457 x-1,,,12,A3,',
        "2.5,beer,DRINKS,Beer,,l,18,-0.5,A4,zero",
        "open,cake,bakery,Cake to Order,,,,,,",
      ),
    ).toEqual({
      items: [
        {
          itemId: "beer",
          name: "Beer",
          barcodes: [],
          departmentId: "drinks",
          unit: "l",
          priceMinor: 250,
          taxClassId: "zero",
          ageYears: 18,
        },
        {
          itemId: "cake",
          name: "Cake to Order",
          barcodes: [],
          departmentId: "bakery",
          unit: "piece",
          priceMinor: 0,
          taxClassId: "zero",
          openPrice: true,
        },
        {
          itemId: "rye",
          name: "Rye Bread, 500 g",
          departmentId: "bakery",
          unit: "piece",
          barcodes: ["05901234123457", "00036000241457", "X-1"],
          priceMinor: 199,
          taxClassId: "zero",
        },
      ],
      stock: [
        { itemId: "rye", quantityMilli: 12_000 },
        { itemId: "beer", quantityMilli: -500 },
      ],
      bad: [],
      rows: 3,
      ignoredColumns: ["Shelf"],
    });
  });

  test("a comma in a price where semicolons or tabs separate", () => {
    expect(read("item_id;name;price;department", "1;Rye;1,99;bakery").items[0]?.priceMinor).toBe(199);
    expect(read("item_id\tname\tprice\tdepartment", "1\tRye\t1,9\tbakery").items[0]?.priceMinor).toBe(190);
    expect(read("item_id,name,price,department", '1,Rye,"1,99",bakery').bad).toEqual([
      { line: 2, reason: 'price "1,99" is not an amount of money' },
    ]);
  });

  test.each([
    ["1,Rye,1.999,bakery,,,,,", 'price "1.999" has more decimals than EUR has (2)'],
    ["1,Rye,1.990,bakery,,,,,", undefined],
    ["1,Rye,-1,bakery,,,,,", 'price "-1" is not an amount of money'],
    ["1,Rye,€1,bakery,,,,,", 'price "€1" is not an amount of money'],
    ["1,Rye,1e3,bakery,,,,,", 'price "1e3" is not an amount of money'],
    ["1,Rye,99999999999.99,bakery,,,,,", 'price "99999999999.99" is too large'],
    ["1,Rye,,bakery,,,,,", "price is empty"],
    [",Rye,1,bakery,,,,,", "item_id is empty"],
    ["a b,Rye,1,bakery,,,,,", 'item_id "a b" has blanks in it'],
    [`${"x".repeat(41)},Rye,1,bakery,,,,,`, "item_id is longer than 40 characters"],
    ["1,,1,bakery,,,,,", "name is empty"],
    ["1,R\u0007ye,1,bakery,,,,,", "name has line breaks or characters that cannot be printed"],
    ['1,"R\nye",1,bakery,,,,,', "name has line breaks or characters that cannot be printed"],
    ["1,R\uFFFDggen,1,bakery,,,,,", "name has unreadable characters; save the file as UTF-8"],
    ["1,Rye,1,toys,,,,,", 'department "toys" is not one of this store\'s'],
    ["1,Rye,1,,,,,,", "department is empty"],
    ["1,Rye,1,bakery,12345678,,,,", "barcode 12345678 has a wrong check digit"],
    [
      "1,Rye,1,bakery,5.90E+12,,,,",
      "barcode 5.90E+12 was shortened by a spreadsheet; format the column as text",
    ],
    ["1,Rye,1,bakery,,pound,,,", 'unit "pound" is none of piece, kg and l'],
    ["1,Rye,1,bakery,,,luxury,,", 'tax_class "luxury" is not one of this store\'s'],
    ["1,Rye,1,bakery,,,,minor,", 'age "minor" is not a number of years'],
    ["1,Rye,1,bakery,,,,,many", 'stock "many" is not a quantity with at most three decimals'],
    ["1,Rye,1", "the row has 3 fields, the first row has 9"],
  ])("%j: %s", (line, reason) => {
    expect(reasons(line)).toEqual(reason === undefined ? [] : [{ line: 2, reason }]);
  });

  test("all that is wrong with a row is said at once, at the line where it begins", () => {
    expect(
      reasons(
        "0,Fine,1,bakery,,,,,",
        '"","two\nlines",x,bakery,,,,,',
        "2,Fine,1,bakery,,,,,",
        "3,,1,bakery,,,,,",
      ),
    ).toEqual([
      {
        line: 3,
        reason:
          'item_id is empty; name has line breaks or characters that cannot be printed; price "x" is not an amount of money',
      },
      { line: 6, reason: "name is empty" },
    ]);
  });

  test("ids and barcodes are there once, in whatever form", () => {
    expect(
      reasons(
        "1,Rye,1,bakery,036000241457,,,,",
        "1,Oat,1,bakery,,,,,",
        "3,Malt,1,bakery,0036000241457,,,,",
        "4,X,1,bakery,a|A,,,,",
      ),
    ).toEqual([
      { line: 3, reason: 'item_id "1" is already on line 2' },
      { line: 4, reason: "barcode 00036000241457 is already on line 2" },
    ]);
  });

  test.each([
    ["", "the file is empty"],
    ["\n\n", "the file is empty"],
    ["item_id,name", "the first row must name the columns; missing: price, department"],
    ["item_id,name,price,department,NAME", "column name is there twice"],
    ['item_id,"name', "a quotation mark is opened and never closed"],
  ])("the file %j is refused: %s", (text, reason) => {
    expect(importPriceBookNow(text, options)).toMatchObject({ items: [], bad: [{ line: 1, reason }] });
  });

  test("progress grows to at most one", () => {
    const lines = ["item_id,name,price,department"];
    for (let i = 0; i < 5000; i++) lines.push(`${i},Item ${i},1,bakery`);
    const seen: number[] = [];
    const steps = importPriceBook(lines.join("\n"), options);
    let step = steps.next();
    for (; !step.done; step = steps.next()) seen.push(step.value);
    expect(step.value.items).toHaveLength(5000);
    expect(seen).toHaveLength(5);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect(seen.at(-1)).toBeLessThanOrEqual(1);
  });

  test("prices are what was written, to the cent", () => {
    fc.assert(
      fc.property(fc.nat({ max: 1e10 }), (minor) => {
        const text = `${Math.floor(minor / 100)}.${String(minor % 100).padStart(2, "0")}`;
        expect(read("item_id,name,price,department", `1,Rye,${text},bakery`).items[0]?.priceMinor).toBe(
          minor,
        );
      }),
    );
  });

  test("any text at all: rows are good or bad, none is lost", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z0-9",.\n]{0,80}$/), (text) => {
        const result = read("item_id,name,price,department", text);
        expect(result.items.length + result.bad.length).toBe(result.rows);
      }),
      { numRuns: 500 },
    );
  });
});
