import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { withCheckDigit } from "./check-digit.ts";
import {
  type Gs1Component,
  type Gs1Entry,
  gs1Entry,
  gs1Table,
  parseGs1Dictionary,
} from "./gs1-dictionary.ts";
import {
  groupSeparator,
  readBracketed,
  readElementString,
  writeBracketed,
  writeElementString,
} from "./gs1-elements.ts";
import { lint } from "./gs1-linters.ts";
import { gs1Date } from "./gs1-measures.ts";

const dictionary = readFileSync(
  new URL("../../../fixtures/oracles/gs1-syntax-dictionary/gs1-syntax-dictionary.txt", import.meta.url),
  "utf8",
);

describe("the GS1 Barcode Syntax Dictionary", () => {
  test("the module says what the dictionary says", () => {
    expect(gs1Table()).toEqual(parseGs1Dictionary(dictionary));
  });

  test("every line of it is understood", () => {
    let identifiers = 0;
    for (const line of dictionary.split("\n")) {
      const range = /^(\d+)(?:-(\d+))?\s/.exec(line);
      if (range) identifiers += Number(range[2] ?? range[1]) - Number(range[1]) + 1;
    }
    expect(gs1Table().size).toBe(identifiers);
  });

  test("entries as printed", () => {
    expect(gs1Entry("01")).toMatchObject({ title: "GTIN", predefined: true, excludes: ["255", "37"] });
    expect(gs1Entry("3103")).toMatchObject({ title: "NET WEIGHT (kg)", predefined: true });
    expect(gs1Entry("3106")).toBeUndefined();
    expect(gs1Entry("253")?.components).toEqual([
      { charset: "N", min: 13, max: 13, optional: false, linters: ["csum", "gcppos1"] },
      { charset: "X", min: 1, max: 17, optional: true, linters: [] },
    ]);
  });

  test("the first two digits decide an identifier's length, and all pre-defined ones have one length", () => {
    const lengths = new Map<string, number>();
    for (const [ai, entry] of gs1Table()) {
      expect(lengths.get(ai.slice(0, 2)) ?? ai.length).toBe(ai.length);
      lengths.set(ai.slice(0, 2), ai.length);
      if (entry.predefined) for (const part of entry.components) expect(part.min).toBe(part.max);
    }
  });
});

/** A value that the dictionary allows, by the linters of each component. */
const sampleFor: Readonly<Record<string, (part: Gs1Component) => fc.Arbitrary<string>>> = {
  csum: (part) => digits(part.max - 1, part.max - 1).map(withCheckDigit),
  yymmd0: () => fc.constantFrom("260100", "000229", "991231", "261130"),
  yymmdd: () => fc.constantFrom("260101", "000229", "991231"),
  yyyymmdd: () => fc.constantFrom("20260101", "20000229"),
  hhmi: () => fc.constantFrom("0000", "2359"),
  hh: () => fc.constantFrom("00", "23"),
  mi: () => fc.constantFrom("00", "59"),
  ss: () => fc.constantFrom("00", "59"),
  yesno: () => fc.constantFrom("0", "1"),
  zero: (part) => fc.constant("0".repeat(part.max)),
  nonzero: (part) => fc.constant("1".padStart(part.max, "0")),
  nozeroprefix: () => fc.constantFrom("0", "12"),
  hyphen: () => fc.constant("-"),
  winding: () => fc.constantFrom("0", "1", "9"),
  iso5218: () => fc.constantFrom("0", "1", "2", "9"),
  importeridx: () => fc.constantFrom("A", "-", "z"),
  posinseqslash: () => fc.constantFrom("1/3", "2/2"),
  pieceoftotal: () => fc.constantFrom("0102", "9999"),
  latitude: () => fc.constantFrom("0000000000", "1800000000"),
  longitude: () => fc.constantFrom("0000000000", "3600000000"),
  // The example of ISO 13616 and of GS1 General Specifications 7.9.5 for the Global Model Number.
  iban: () => fc.constant("GB82WEST12345698765432"),
  csumalpha: () => fc.constant("1987654Ad4X4bL5ttr2310c2K"),
};
const digits = (min: number, max: number) =>
  fc
    .array(fc.constantFrom(...Array.from("0123456789")), { minLength: min, maxLength: max })
    .map((all) => all.join(""));
const valueOf = (part: Gs1Component): fc.Arbitrary<string> => {
  const named = part.linters.map((name) => sampleFor[name]).find((sample) => sample !== undefined);
  if (named) return named(part);
  if (part.charset === "N") return digits(part.min, part.max);
  return fc
    .array(fc.constantFrom(...Array.from(part.charset === "X" ? "AZaz09!\"&'()*+,-./:;<=>?_" : "AZ09-")), {
      minLength: part.min,
      maxLength: part.max,
    })
    .map((all) => all.join(""));
};
const elementOf = (entry: Gs1Entry) =>
  fc.tuple(...entry.components.map(valueOf), fc.nat({ max: entry.components.length })).map((parts) => {
    const optional = entry.components.filter((part) => part.optional).length;
    const values = parts.slice(0, -1) as string[];
    const kept = values.length - Math.min(optional, Number(parts.at(-1)));
    return { ai: entry.ai, value: values.slice(0, kept).join("") };
  });

describe("element strings", () => {
  test.each([...gs1Table().values()].filter(({ ai }) => !/^[3]\d\d[1-9]$|^9[1-9]$/.test(ai)))(
    "($ai) $title: what is written is read",
    (entry) => {
      fc.assert(
        fc.property(elementOf(entry), (element) => {
          const read = { type: "elements", elements: [{ ...element, title: entry.title }] };
          expect(readElementString(writeElementString([element]))).toEqual(read);
          expect(readBracketed(writeBracketed([element]))).toEqual(read);
        }),
        { numRuns: 20 },
      );
    },
  );

  test("several elements in any order", () => {
    const entries = ["01", "10", "17", "21", "3103", "3922", "422", "7003", "8008", "240", "99"].map((ai) =>
      gs1Entry(ai)!,
    );
    fc.assert(
      fc.property(
        fc.shuffledSubarray(entries, { minLength: 1 }).chain((some) => fc.tuple(...some.map(elementOf))),
        (elements) => {
          const read = readElementString(writeElementString(elements));
          expect(read).toMatchObject({ type: "elements", elements });
          expect(readBracketed(writeBracketed(elements))).toEqual(read);
        },
      ),
    );
  });

  test.each([
    ["0109501101530003", "elements"],
    // A separator after a pre-defined length, in front, and at the end does no harm.
    [`${groupSeparator}0109501101530003${groupSeparator}10A${groupSeparator}`, "elements"],
    ["01095011015300", "too short: 12 of 14"],
    ["010950110153000X", "something else than digits"],
    ["0409501101530003", 'no application identifier begins with "0409"'],
    ["10ABC#", "characters GS1 does not allow"],
    [`10${"A".repeat(21)}`, "too long: 20"],
    ["10", "too short: 0 of 1"],
    ["", "empty"],
    ["010950110153000302095011015300033701", "must not stand beside"],
    ["0109501101530003010950110153000 3", "something else than digits"],
    ["01095011015300030100012345600012", "given twice with different values"],
    ["31030012503102001250", "must not stand beside (3102)"],
    ["11260230", "a day that its month does not have"],
    ["70032601012400", "not a time of day"],
    ["8006095011015300030302", "not a piece number"],
  ])("%j: %s", (text, expected) => {
    const read = readElementString(text);
    if (expected === "elements") expect(read.type).toBe("elements");
    else expect(read.type === "bad" ? read.detail : "good").toContain(expected);
  });

  test("never throw", () => {
    fc.assert(
      // oxlint-disable-next-line no-control-regex -- the separator of GS1 is a control character
      fc.property(fc.stringMatching(/^([0-9]{2,8}[A-Z()\u001D%\\]?)*$/), (text) => {
        for (const read of [readElementString(text), readBracketed(text)])
          if (read.type === "bad") expect(read.detail).not.toBe("");
      }),
      { numRuns: 1000 },
    );
  });
});

describe("linters", () => {
  test.each([
    ["csumalpha", "1987654Ad4X4bL5ttr2310c2K", true],
    ["csumalpha", "1987654Ad4X4bL5ttr2310c2L", false],
    ["iban", "GB82WEST12345698765431", false],
    ["yymmd0", "250229", false],
    ["yymmd0", "240229", true],
    ["yymmdd", "260100", false],
    ["yyyymmdd", "19000229", false],
    ["pcenc", "A%2FB", true],
    ["pcenc", "A%2", false],
    ["no-such-linter", "anything", true],
    ["constructor", "anything", true],
  ])("%s of %s: %s", (name, value, right) => {
    expect(lint(name, value) === undefined).toBe(right);
  });
});

test("the century of six digits (GS1 General Specifications 7.12)", () => {
  expect(gs1Date("261231", 2026)).toEqual({ year: 2026, month: 12, day: 31 });
  expect(gs1Date("770101", 2026)).toEqual({ year: 1977, month: 1, day: 1 });
  expect(gs1Date("760101", 2026)).toEqual({ year: 2076, month: 1, day: 1 });
  expect(gs1Date("020101", 2098)).toEqual({ year: 2102, month: 1, day: 1 });
  expect(gs1Date("240200", 2026)).toEqual({ year: 2024, month: 2, day: 29 });
  expect(gs1Date("260200", 2026)).toEqual({ year: 2026, month: 2, day: 28 });
});
