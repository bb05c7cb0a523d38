import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { priceVerifier, withCheckDigit } from "./check-digit.ts";
import { compilePattern, readVariable, type VariablePattern } from "./variable-measure.ts";

const compile = (pattern: string, measure: "price" | "weight", digits = 2): VariablePattern => {
  const compiled = compilePattern({ pattern, measure }, digits);
  if (compiled.type !== "pattern") throw new Error(compiled.problem);
  return compiled.pattern;
};
const key = (body: string) => withCheckDigit(body).padStart(14, "0");

describe("variable-measure codes", () => {
  test("weight in kilograms with three decimals is grams", () => {
    const pattern = compile("21.....{NNDDD}", "weight");
    expect(readVariable(withCheckDigit("211234501500"), [pattern], 2)).toEqual({
      type: "variable",
      itemKey: key("211234500000"),
      weightGrams: 1500,
    });
  });

  test("the British layout has a verifier, and both its prefixes", () => {
    const pattern = compile("20|28 XXX RR V PPPP C", "price");
    for (const prefix of ["20", "28"]) {
      // 28.75 has the verifier 9: GS1 General Specifications 7.9.3.
      expect(readVariable(withCheckDigit(`${prefix}1234592875`), [pattern], 2)).toEqual({
        type: "variable",
        itemKey: key(`${prefix}1234500000`),
        priceMinor: 2875,
      });
      expect(readVariable(withCheckDigit(`${prefix}1234582875`), [pattern], 2)).toEqual({
        type: "bad-measure-digit",
      });
    }
    expect(readVariable(withCheckDigit("291234592875"), [pattern], 2)).toBeUndefined();
  });

  test("a UPC-A of number system 2 reads with and without its leading zero", () => {
    const pattern = compile("2 XXXXX V PPPP C", "price");
    const code = withCheckDigit("21234592875");
    for (const sent of [code, `0${code}`])
      expect(readVariable(sent, [pattern], 2)).toMatchObject({
        priceMinor: 2875,
        itemKey: key("21234500000"),
      });
  });

  test("a currency without decimals, and a price in whole units of one with", () => {
    expect(
      readVariable(withCheckDigit("230500012345"), [compile("23.....{NNNNN}", "price", 0)], 0),
    ).toMatchObject({
      priceMinor: 12_345,
    });
    expect(
      readVariable(withCheckDigit("230500012345"), [compile("23.....{NNNNN}", "price")], 2),
    ).toMatchObject({
      priceMinor: 1_234_500,
    });
  });

  test("the first pattern that fits is the one", () => {
    const patterns = [compile("2100...{NNDDD}", "weight"), compile("21.....{NNNDD}", "price")];
    expect(readVariable(withCheckDigit("210012301500"), patterns, 2)).toMatchObject({ weightGrams: 1500 });
    expect(readVariable(withCheckDigit("211112301500"), patterns, 2)).toMatchObject({ priceMinor: 1500 });
  });

  test("a wrong check digit is not a price", () => {
    const code = withCheckDigit("230500012345");
    const wrong = code.slice(0, -1) + ((Number(code.at(-1)) + 1) % 10);
    expect(readVariable(wrong, [compile("23.....{NNNDD}", "price")], 2)).toEqual({ type: "bad-check-digit" });
  });

  test("what goes in comes out, for every item and price", () => {
    const pattern = compile("20|28 XXX RR V PPPP C", "price");
    fc.assert(
      fc.property(fc.nat({ max: 99_999 }), fc.nat({ max: 9999 }), (item, price) => {
        const measure = String(price).padStart(4, "0");
        const reference = String(item).padStart(5, "0");
        const code = withCheckDigit(`20${reference}${priceVerifier(measure)}${measure}`);
        expect(readVariable(code, [pattern], 2)).toEqual({
          type: "variable",
          itemKey: key(`20${reference}00000`),
          priceMinor: price,
        });
      }),
    );
  });

  test.each([
    ["", "is not written as a pattern"],
    ["23.....", "is not written as a pattern"],
    ["23....{NNNDD}", ""],
    ["23...{NNNDD}", "describes 10 digits"],
    ["2|30.....{NNNDD}", "prefixes of different lengths"],
    ["23....V{NNNN}V", "two verifier"],
    ["23...V{NNNNDD}", "exists for measures of four or five"],
    ["23.....{NDDDD}", "more digits after the point"],
    ["23.....WWWWW", "P for a weight or W for a price"],
    ["23.....{}.....", "is not written as a pattern"],
    ["(a+)+$", "is not written as a pattern"],
  ])("pattern %j is judged", (pattern, problem) => {
    const compiled = compilePattern({ pattern, measure: "price" }, 2);
    if (problem === "") expect(compiled.type).toBe("pattern");
    else {
      expect(compiled.type).toBe("bad-pattern");
      if (compiled.type === "bad-pattern") expect(compiled.problem).toContain(problem);
    }
  });

  test("no pattern throws", () => {
    fc.assert(
      fc.property(
        fc.stringMatching(/^[0-9|.XRVPWCND{} ]{0,24}$/),
        fc.constantFrom("price", "weight"),
        (text, measure) => {
          const compiled = compilePattern({ pattern: text, measure }, 2);
          if (compiled.type === "pattern") {
            const reading = readVariable(withCheckDigit("212345678901"), [compiled.pattern], 2);
            if (reading?.type === "variable") expect(reading.itemKey).toMatch(/^\d{14}$/);
          }
        },
      ),
    );
  });
});
