import { describe, expect, it } from "vitest";
import { formatsFor } from "./formats.ts";
import { instantOf } from "./store-time.ts";

const pounds = { currency: "GBP", currencyDigits: 2, timeZone: "Europe/London" };
const bare = (text: string): string => text.replaceAll(/[\u2066\u2069]/g, "");

describe("money", () => {
  it("has its sign, its separators and all its digits", () => {
    const { money } = formatsFor("en", pounds);
    expect(bare(money(123_450))).toBe("£1,234.50");
    expect(bare(money(-5))).toBe("−£0.05");
  });

  it("follows the digits of the currency", () => {
    expect(bare(formatsFor("en", { ...pounds, currency: "JPY", currencyDigits: 0 }).money(1_500))).toBe(
      "¥1,500",
    );
    expect(bare(formatsFor("en", { ...pounds, currency: "KWD", currencyDigits: 3 }).money(1_500))).toMatch(
      /1\.500$/,
    );
  });

  it("is isolated from right-to-left text, in both languages alike", () => {
    const shekels = { currency: "ILS", currencyDigits: 2, timeZone: "Asia/Jerusalem" };
    expect(formatsFor("he", shekels).money(990)).toBe("\u2066₪9.90\u2069");
    expect(formatsFor("en", shekels).money(990)).toBe("\u2066₪9.90\u2069");
  });
});

it("shows pieces bare and weights to the gram", () => {
  const { quantity } = formatsFor("en", pounds);
  expect(bare(quantity(3_000, "piece"))).toBe("3");
  expect(bare(quantity(450, "kg"))).toBe("0.450 kg");
  expect(bare(quantity(-2_000, "piece"))).toBe("−2");
});

it("says a change with its sign", () => {
  const { signedPercent } = formatsFor("en", pounds);
  expect(bare(signedPercent(1_550))).toBe("+15.5%");
  expect(bare(signedPercent(-500))).toBe("−5%");
});

it("tells the time of the store, not of the screen", () => {
  // 12:00 UTC in July: British Summer Time is an hour ahead, Tokyo nine.
  const noon = Date.UTC(2026, 6, 1, 12);
  expect(bare(formatsFor("en", pounds).clock(noon))).toBe("13:00");
  expect(bare(formatsFor("en", { ...pounds, timeZone: "Asia/Tokyo" }).clock(noon))).toBe("21:00");
});

describe("a wall-clock time of the store as an instant", () => {
  it.each([
    ["2026-07-01T08:00", "Europe/London", "2026-07-01T07:00:00.000Z"],
    ["2026-12-01T08:00", "Europe/London", "2026-12-01T08:00:00.000Z"],
    ["2026-12-01T08:00", "Asia/Jerusalem", "2026-12-01T06:00:00.000Z"],
    // The EU's clocks go on at 01:00 UTC on the last Sunday of March: 29 March 2026.
    ["2026-03-29T03:30", "Europe/Berlin", "2026-03-29T01:30:00.000Z"],
    ["2026-03-28T03:30", "Europe/Berlin", "2026-03-28T02:30:00.000Z"],
  ])("%s in %s is %s", (wall, zone, instant) => {
    expect(instantOf(wall, zone)).toBe(instant);
  });
});
