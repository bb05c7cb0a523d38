import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseSettings } from "./settings.ts";

const shop = {
  name: "Corner shop",
  currency: "EUR",
  timeZone: "Europe/Berlin",
  taxClasses: [
    {
      id: "food",
      name: "Food",
      taxes: [{ id: "v7", name: "VAT", kind: "percent", percent: "7", included: true }],
    },
    {
      id: "other",
      name: "Other",
      taxes: [{ id: "v19", name: "VAT", kind: "percent", ratePpm: 190_000, included: true }],
    },
    { id: "stamps", name: "Stamps", taxes: [] },
  ],
  departments: [
    { id: "bakery", name: "Bakery", taxClassId: "food" },
    { id: "drinks", name: "Spirits", taxClassId: "other", ageYears: 18 },
  ],
  tenderMethods: [
    { id: "cash", name: "Cash", kind: "cash" },
    { id: "card", name: "Card", kind: "card" },
  ],
};

const problems = (value: unknown): string[] => {
  const result = parseSettings(value);
  return result.ok ? [] : result.problems.map((problem) => problem.path);
};

describe("a store's settings", () => {
  test("a short file is enough; what is left out has a default", () => {
    const result = parseSettings(shop);
    if (!result.ok) throw new Error(JSON.stringify(result.problems));
    expect(result.settings.taxClasses[0]!.taxes).toEqual([
      { id: "v7", name: "VAT", kind: "percent", ratePpm: 70_000, included: true },
    ]);
    expect(result.settings).toMatchObject({
      dayBoundaryMinutes: 0,
      taxRounding: { per: "line", stepMinor: 1, rule: "half-up" },
      cashRounding: { stepMinor: 1, rule: "half-up" },
      confirm: { quantityMilli: 1_000_000, tenderTimes: 10 },
      approval: { discountBp: 2000, refundAloneMinor: 10_000 },
    });
  });

  test("what was read is read again as the same", () => {
    const first = parseSettings({ ...shop, confirm: { tenderTimes: 5 }, approval: { refundMinor: 2000 } });
    if (!first.ok) throw new Error("refused");
    expect(parseSettings(JSON.parse(JSON.stringify(first.settings)))).toEqual(first);
    expect(first.settings.confirm.tenderTimes).toBe(5);
  });

  test.each<[string, object, string]>([
    ["a currency that is none", { currency: "EURO" }, "currency"],
    ["a currency without minor units", { currency: "XAU" }, "currency"],
    ["a time zone that is none", { timeZone: "Berlin" }, "timeZone"],
    ["a day that begins at 25 o'clock", { dayBoundaryMinutes: 1500 }, "dayBoundaryMinutes"],
    [
      "a department of no tax class",
      { departments: [{ id: "x", name: "X", taxClassId: "gone" }] },
      "departments.0.taxClassId",
    ],
    ["no cash", { tenderMethods: [{ id: "card", name: "Card", kind: "card" }] }, "tenderMethods"],
    [
      "one id twice",
      { departments: [...shop.departments, { id: "bakery", name: "Cakes", taxClassId: "food" }] },
      "departments.2.id",
    ],
    [
      "one tax with two meanings",
      {
        taxClasses: [
          ...shop.taxClasses,
          {
            id: "n",
            name: "N",
            taxes: [{ id: "v7", name: "VAT", kind: "percent", ratePpm: 80_000, included: true }],
          },
        ],
      },
      "taxClasses.3.taxes.0",
    ],
    [
      "a rate with a comma",
      {
        taxClasses: [
          {
            id: "n",
            name: "N",
            taxes: [{ id: "v", name: "VAT", kind: "percent", percent: "5,5", included: true }],
          },
        ],
        departments: [],
      },
      "taxClasses.0.taxes.0",
    ],
    ["a field that nobody knows", { dayBoundary: 240 }, ""],
    [
      "a measure pattern of no code",
      { variableMeasures: [{ pattern: "23.{NN}", measure: "price" }] },
      "variableMeasures.0.pattern",
    ],
  ])("%s is refused, with its place", (_, change, path) => {
    expect(problems({ ...shop, ...change })).toContain(path);
  });

  test("all that is wrong is said at once", () => {
    expect(problems({ ...shop, currency: "?", timeZone: "?", name: "" })).toEqual(
      expect.arrayContaining(["currency", "timeZone", "name"]),
    );
  });

  test("no other JSON value is taken for one", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(parseSettings(value).ok).toBe(false);
      }),
    );
  });
});
