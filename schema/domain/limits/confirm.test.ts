import { describe, expect, test } from "vitest";
import type { ConfirmLimits } from "../settings.ts";
import { confirmFloat, confirmPrice, confirmQuantity, confirmTender } from "./confirm.ts";

const limits: ConfirmLimits = {
  quantityMilli: 1_000_000,
  tenderTimes: 10,
  tenderAboveMinor: 100_000,
  priceChangeBp: 5000,
  floatMinor: 50_000,
};

describe("what is unlikely to be meant is asked about", () => {
  test("a quantity of a thousand and more, sold or returned", () => {
    expect(confirmQuantity(999_999, limits)).toBeNull();
    expect(confirmQuantity(10_000_000, limits)).toEqual({ what: "quantity", figureMilli: 10_000_000 });
    expect(confirmQuantity(-1_000_000, limits)).toEqual({ what: "quantity", figureMilli: 1_000_000 });
  });

  test("a price of zero, or far from the one before", () => {
    expect(confirmPrice(0, null, limits)).toEqual({ what: "price-zero" });
    expect(confirmPrice(150, 100, limits)).toBeNull();
    expect(confirmPrice(151, 100, limits)).toEqual({ what: "price-far", priceMinor: 151, beforeMinor: 100 });
    expect(confirmPrice(49, 100, limits)).toMatchObject({ what: "price-far" });
    expect(confirmPrice(500, null, limits)).toBeNull();
    expect(confirmPrice(500, 0, limits)).toBeNull();
  });

  test("a tender far above what is due, but never a single note", () => {
    expect(confirmTender(5000, 45, limits, "EUR")).toBeNull();
    expect(confirmTender(20_000, 45, limits, "EUR")).toMatchObject({ what: "tender" });
    expect(confirmTender(20_000, 2000, limits, "EUR")).toBeNull();
    expect(confirmTender(100_000_000, 99_000_000, limits, "EUR")).toMatchObject({ what: "tender" });
    expect(confirmTender(100_000_000, 5000, { ...limits, tenderAboveMinor: null }, "KZT")).toEqual({
      what: "tender",
      amountMinor: 100_000_000,
      dueMinor: 5000,
    });
    expect(confirmTender(0, 2, limits, "EUR")).toBeNull();
  });

  test("a large float", () => {
    expect(confirmFloat(50_000, limits)).toBeNull();
    expect(confirmFloat(50_001, limits)).toEqual({ what: "float", amountMinor: 50_001 });
    expect(confirmFloat(50_001, { ...limits, floatMinor: null })).toBeNull();
  });
});
