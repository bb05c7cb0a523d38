import { parse } from "csv-parse/sync";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { csvRows, detectDelimiter } from "./csv-rows.ts";

const rowsOf = (text: string, delimiter: "," | ";" | "\t" = ",") =>
  [...csvRows(text, delimiter)].map((row) =>
    row.type === "row" ? [row.line, ...row.fields] : [row.line, row.reason],
  );

describe("csv rows", () => {
  test("lines are counted as an editor counts them, whatever ends them and whatever is quoted", () => {
    expect(rowsOf('\uFEFFa,b\r\n"x\r\ny","say ""hi"""\r\n\r\n1,2\n3,4\r5,6')).toEqual([
      [1, "a", "b"],
      [2, "x\r\ny", 'say "hi"'],
      [5, "1", "2"],
      [6, "3", "4"],
      [7, "5", "6"],
    ]);
  });

  test("a bad row is told with its line, and the next one is read", () => {
    expect(rowsOf('a,b\n"x"y,2\n3,4')).toEqual([
      [1, "a", "b"],
      [2, "there is text after a closing quotation mark"],
      [3, "3", "4"],
    ]);
    expect(rowsOf('a,b\n1,"2\n3,4')).toEqual([
      [1, "a", "b"],
      [2, "a quotation mark is opened and never closed"],
    ]);
  });

  test("an inch mark inside a field is itself", () => {
    expect(rowsOf('pizza 12",3')).toEqual([[1, 'pizza 12"', "3"]]);
  });

  test.each([
    ["a,b,c", ","],
    ["a;b;c", ";"],
    ["a\tb\tc", "\t"],
    ['"a;b;c;d",e,f', ","],
    ["item_id;name;price,net", ";"],
    ["alone", ","],
    ["", ","],
  ])("the delimiter of %j is %j", (text, delimiter) => {
    expect(detectDelimiter(text)).toBe(delimiter);
  });

  test("what csv-parse reads is read the same", () => {
    const field = fc.stringMatching(/^[a-z"; ,\n\r]{0,6}$/);
    const row = fc.array(field, { minLength: 2, maxLength: 4 });
    fc.assert(
      fc.property(
        fc.array(row, { minLength: 1, maxLength: 6 }),
        fc.constantFrom("\n", "\r\n"),
        (rows, end) => {
          const text = rows
            .map((fields) =>
              fields
                .map((value) => (/^[a-z ]*$/.test(value) ? value : `"${value.replaceAll('"', '""')}"`))
                .join(","),
            )
            .join(end);
          const theirs: string[][] = parse(text, { relax_column_count: true, record_delimiter: end });
          expect(rowsOf(text).map(([, ...fields]) => fields)).toEqual(theirs);
        },
      ),
    );
  });

  test("never throws, and always ends", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a",;\t\r\n]{0,40}$/), (text) => {
        let last = 0;
        for (const row of csvRows(text, detectDelimiter(text))) {
          expect(row.line).toBeGreaterThan(last);
          last = row.line;
        }
      }),
      { numRuns: 1000 },
    );
  });
});
