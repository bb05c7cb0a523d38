import { describe, expect, it } from "vitest";
import { formatsFor } from "../format/formats.ts";
import { en } from "./en.ts";
import { he } from "./he.ts";
import { languages } from "./languages.ts";
import { errorText, wordsOf } from "./words.ts";

const formats = formatsFor("en", { currency: "GBP", currencyDigits: 2, timeZone: "UTC" });
const bare = (text: string): string => text.replaceAll(/[\u2066\u2069]/g, "");

/** Every word of a catalogue with the path to it; functions are given a plain argument each. */
function allWords(value: unknown, path = ""): readonly (readonly [string, string])[] {
  if (typeof value === "string") return [[path, value]];
  if (typeof value === "function" || value === null || value === undefined) return [];
  return Object.entries(value).flatMap(([key, part]) => allWords(part, `${path}.${key}`));
}

describe("the catalogues", () => {
  it("have the same words", () => {
    const paths = (words: unknown) =>
      allWords(words)
        .map(([path]) => path)
        .toSorted();
    expect(paths(he)).toEqual(paths(en));
  });

  it("leave none empty but the unit of pieces, which has no name", () => {
    for (const words of [en, he]) {
      const empty = allWords(words).filter(([, word]) => word.trim() === "");
      expect(empty.map(([path]) => path)).toEqual([".line.units.piece"]);
    }
  });

  it("are in Hebrew where they are Hebrew: only keys and names of techniques are not", () => {
    const foreign = allWords(he).filter(([, word]) => word !== "" && !/[\u0590-\u05ff]/.test(word));
    expect(foreign.map(([, word]) => word)).toEqual([
      "0–9 Enter",
      "3 *",
      "↑ ↓",
      "5 F3",
      "4 9 9",
      "F9 Enter",
      "Esc",
    ]);
  });
});

describe("errors in words", () => {
  const codes = Object.keys(en.errors) as (keyof typeof en.errors)[];

  it.each(Object.keys(languages) as (keyof typeof languages)[])(
    "say every code in %s, and never show it",
    (language) => {
      for (const code of codes) {
        const text = errorText(wordsOf(language), formats, { code, params: {}, message: "" });
        expect(text.length).toBeGreaterThan(5);
        if (code.includes("-")) expect(text).not.toContain(code);
      }
    },
  );

  it("name the barcode that was not found, and say what to do", () => {
    const error = { code: "unknown-barcode", params: { code: "5901234123457" }, message: "" } as const;
    expect(bare(errorText(en, formats, error))).toBe(
      "Not in the price book: 5901234123457. Search, or sell as department.",
    );
  });

  it("say the figure to confirm in its own measure", () => {
    const confirm = (what: string, figure: number | string) =>
      bare(errorText(en, formats, { code: "confirm", params: { what, figure }, message: "" }));
    expect(confirm("quantity", 5_901_000)).toContain("5,901");
    expect(confirm("tender", 1_000_000)).toContain("£10,000.00");
    expect(confirm("take-over", "Till 2")).toContain("Till 2 is running");
  });
});
