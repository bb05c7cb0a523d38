import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { withCheckDigit } from "./check-digit.ts";
import { type BarcodeRules, lookupKeys, makeBarcodeRules, parseBarcode } from "./parse-barcode.ts";

const rulesOf = (...patterns: readonly (readonly [string, "price" | "weight"])[]): BarcodeRules => {
  const made = makeBarcodeRules(
    { digits: 2, numeric: "978" },
    patterns.map(([pattern, measure]) => ({ pattern, measure })),
  );
  if (made.type !== "rules") throw new Error(made.problem);
  return made.rules;
};
const plainRules = rulesOf();

interface OracleCase {
  readonly id: string;
  readonly pattern?: string;
  readonly code?: string;
  readonly price?: string;
  readonly ean8?: Readonly<Record<string, string>>;
  readonly gtin?: string;
  readonly batch?: string;
}
const cases = readFileSync(new URL("../../../fixtures/oracles/pos-cases.jsonl", import.meta.url), "utf8")
  .split("\n")
  .filter((line) => line !== "")
  .map((line) => JSON.parse(line) as OracleCase)
  .filter(({ id }) => id.startsWith("barcode-"));

describe("cases of other systems (fixtures/oracles/pos-cases.jsonl)", () => {
  test("are all of a kind known here", () => {
    expect(cases.map(({ id }) => id)).toEqual(["barcode-1", "barcode-2", "barcode-3"]);
  });

  test.each(cases)("$id", (oracle) => {
    if (oracle.pattern !== undefined && oracle.code !== undefined) {
      const parsed = parseBarcode(oracle.code, rulesOf([oracle.pattern, "price"]));
      expect(parsed).toMatchObject({ type: "variable", priceMinor: Number(oracle.price?.replace(".", "")) });
      expect(lookupKeys(parsed)).toEqual([withCheckDigit("230500000000").padStart(14, "0")]);
    } else if (oracle.ean8 !== undefined) {
      for (const [code, verdict] of Object.entries(oracle.ean8))
        expect(parseBarcode(code, plainRules)).toMatchObject(
          verdict === "ok" ? { type: "gtin" } : { type: "bad", reason: "check-digit", code },
        );
    } else
      expect(parseBarcode(oracle.code!, plainRules)).toMatchObject({
        type: "gs1",
        gtin14: oracle.gtin,
        batch: oracle.batch,
      });
  });
});

describe("by length of digits", () => {
  test.each([
    // EAN-13, UPC-A, EAN-8 and UPC-E of real goods; the UPC-E pair is the example of GS1 General Specifications 5.2.2.4.2.
    ["5901234123457", "05901234123457"],
    ["036000241457", "00036000241457"],
    ["96385074", "00000096385074"],
    ["01234505", "00012000003455"],
    ["04252614", "00042100005264"],
    ["00012345600012", "00012345600012"],
  ])("%s is GTIN %s", (code, gtin14) => {
    expect(parseBarcode(code, plainRules)).toMatchObject({ type: "gtin", gtin14 });
  });

  test("a code and what it is stored under agree, whatever form the scanner sends", () => {
    const forms = ["036000241457", "0036000241457", "00036000241457", "]E00036000241457", "]E0036000241457"];
    for (const form of forms) expect(lookupKeys(parseBarcode(form, plainRules))).toEqual(["00036000241457"]);
  });

  test("eight digits may be right twice: both readings are offered", () => {
    let both = 0;
    for (let n = 0; n < 100_000; n += 7) {
      const code = withCheckDigit(`0${String(n).padStart(6, "0")}`);
      const parsed = parseBarcode(code, plainRules);
      if (parsed.type === "gtin" && parsed.otherGtin14 !== undefined) {
        both++;
        expect(lookupKeys(parsed)).toEqual([code.padStart(14, "0"), parsed.otherGtin14]);
      }
    }
    expect(both).toBeGreaterThan(0);
  });

  test("what is typed by hand stays as it is", () => {
    for (const text of ["4011", "94011", "BREAD-1", "123456", "bananas"])
      expect(parseBarcode(`  ${text}\r\n`, plainRules)).toEqual({ type: "plain", text });
    expect(lookupKeys(parseBarcode("bread-1", plainRules))).toEqual(["BREAD-1"]);
  });

  test("in-store numbers are told from those that mean something elsewhere", () => {
    const inStore = (body: string) => {
      const parsed = parseBarcode(withCheckDigit(body), plainRules);
      return parsed.type === "gtin" && parsed.inStore;
    };
    expect(inStore("290000000001")).toBe(true);
    expect(inStore("200000000001")).toBe(true);
    expect(inStore("020000000001")).toBe(true);
    expect(inStore("040000000001")).toBe(true);
    expect(inStore("300000000001")).toBe(false);
    expect(inStore("590123412345")).toBe(false);
    expect(inStore("036000241457".slice(0, 11))).toBe(false);
  });

  test("an add-on is left away", () => {
    expect(parseBarcode("]E3590123412345751234", plainRules)).toMatchObject({
      type: "gtin",
      gtin14: "05901234123457",
    });
  });
});

describe("GS1 element strings at the door", () => {
  test("identified by the scanner, by brackets, by a separator, by their GTIN", () => {
    const expected = { type: "gs1", gtin14: "09501101530003", batch: "AB-123", expiryYymmdd: "261231" };
    for (const code of [
      "]C101095011015300031726123110AB-123",
      "]d2010950110153000310AB-123\u001D17261231",
      "]e0\u001D010950110153000310AB-123\u001D17261231",
      "(01)09501101530003(17)261231(10)AB-123",
      "010950110153000310AB-123\u001D17261231",
      "01095011015300031726123110AB-123",
    ])
      expect(parseBarcode(code, plainRules), code).toMatchObject(expected);
  });

  test("measures and prices come as integers", () => {
    expect(parseBarcode("(01)99501101530006(3103)001250(3922)0599", plainRules)).toMatchObject({
      weightGrams: 1250,
      priceMinor: 599,
    });
    expect(parseBarcode("(01)99501101530006(3932)9780599", plainRules)).toMatchObject({ priceMinor: 599 });
    expect(parseBarcode("(01)99501101530006(3932)8400599", plainRules)).not.toHaveProperty("priceMinor");
    expect(parseBarcode("(01)99501101530006(3200)000002", plainRules)).toMatchObject({ weightGrams: 907 });
    expect(parseBarcode("(01)99501101530006(3105)123456", plainRules)).toMatchObject({ weightGrams: 1235 });
    expect(parseBarcode("(01)99501101530006(3153)000750", plainRules)).toMatchObject({ volumeMl: 750 });
  });

  test("what is wrong is said in words", () => {
    expect(parseBarcode("(01)09501101530004", plainRules)).toEqual({
      type: "bad",
      reason: "check-digit",
      code: "(01)09501101530004",
      detail: "(01) GTIN: the value has a wrong check digit",
    });
    expect(parseBarcode("]C1010950110153000317261331", plainRules)).toMatchObject({
      type: "bad",
      reason: "gs1-syntax",
      detail: "(17) USE BY or EXPIRY: the value has no month from 01 to 12",
    });
    expect(parseBarcode("]C1", plainRules)).toMatchObject({ type: "bad", reason: "empty" });
  });

  test("a GTIN in front that is not right makes no GS1 code of a long number", () => {
    expect(parseBarcode("0109501101530004999", plainRules)).toEqual({
      type: "plain",
      text: "0109501101530004999",
    });
  });
});

describe("anything at all", () => {
  const shop = rulesOf(
    ["23.....{NNNDD}", "price"],
    ["21.....{NNDDD}", "weight"],
    ["20|28 XXX RR V PPPP C", "price"],
  );
  // oxlint-disable-next-line no-control-regex -- the separator of GS1 is a control character
  const nearCodes = fc.stringMatching(/^(\][A-Za-z][0-9])?[0-9()\u001D%/\-A-Z]{0,60}$/);

  test("never throws", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: "binary" }), nearCodes), (text) => {
        const parsed = parseBarcode(text, shop);
        for (const key of lookupKeys(parsed)) expect(typeof key).toBe("string");
      }),
      { numRuns: 2000 },
    );
    expect(parseBarcode("9".repeat(10_000), shop)).toMatchObject({ type: "bad", reason: "too-long" });
  });

  test("every amount is a whole number", () => {
    fc.assert(
      fc.property(fc.constantFrom("21", "23", "20", "28"), fc.nat({ max: 9_999_999_999 }), (prefix, rest) => {
        const parsed = parseBarcode(withCheckDigit(prefix + String(rest).padStart(10, "0")), shop);
        if (parsed.type !== "variable") {
          expect(parsed).toMatchObject({ type: "bad", reason: "measure-digit" });
          return;
        }
        expect(Number.isSafeInteger(parsed.priceMinor ?? parsed.weightGrams)).toBe(true);
        const again = parseBarcode(parsed.itemKey.slice(1), shop);
        expect(again).toMatchObject({ type: "variable", itemKey: parsed.itemKey });
      }),
    );
  });
});
