import { expect, it } from "vitest";
import { emptyEntry, typeEntry } from "./entry.ts";

const type = (keys: readonly string[]) => keys.reduce(typeEntry, emptyEntry);

it("keys a number", () => {
  expect(type(["4", "0", "00", "1"])).toEqual({ text: "40001", quantityMilli: null });
});

it("turns what was keyed into the next quantity, pieces or parts", () => {
  expect(type(["3", "*"])).toEqual({ text: "", quantityMilli: 3_000 });
  expect(type(["0", ".", "4", "5", "*", "7"])).toEqual({ text: "7", quantityMilli: 450 });
});

it("leaves the times key without a figure alone", () => {
  expect(type(["*"])).toEqual(emptyEntry);
});

it("takes one point only, and a comma for it", () => {
  expect(type(["1", ",", "5", "."]).text).toBe("1.5");
});

it("erases a digit, then the quantity, and Escape clears both", () => {
  expect(type(["3", "*", "1", "2", "Backspace"])).toEqual({ text: "1", quantityMilli: 3_000 });
  expect(type(["3", "*", "Backspace"])).toEqual(emptyEntry);
  expect(type(["3", "*", "1", "Escape"])).toEqual(emptyEntry);
});
