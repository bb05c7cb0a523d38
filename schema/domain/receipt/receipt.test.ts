import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type ReceiptContent, type ReceiptItem, layOutReceipt } from "./layout.ts";
import { englishReceipt, hebrewReceipt } from "./words.ts";
import { cells, receiptColumns, wrap } from "./wrap.ts";

const plain: ReceiptContent = {
  kind: "sale",
  storeName: "Corner shop",
  header: ["12 High Street"],
  footer: ["Thank you"],
  time: "2026-11-22 14:05",
  number: "3-000041",
  tillLabel: "Till 3",
  staffName: "Ada",
  lines: [
    {
      name: "Milk",
      quantityMilli: 1000,
      unit: "piece",
      unitPriceMinor: 119,
      grossMinor: 119,
      discounts: [],
      isReturn: false,
    },
    {
      name: "Apples, red, from the valley behind the mountains",
      quantityMilli: 532,
      unit: "kg",
      unitPriceMinor: 399,
      was: { priceMinor: 449, reason: "bruised" },
      grossMinor: 212,
      discounts: [{ amountMinor: 21, reason: "staff" }],
      isReturn: false,
    },
    {
      name: "Bread",
      quantityMilli: -2000,
      unit: "piece",
      unitPriceMinor: 250,
      grossMinor: -500,
      discounts: [{ amountMinor: -50, reason: "stale" }],
      isReturn: true,
      returnReason: "stale",
      ofNumber: "3-000007",
    },
  ],
  subtotalMinor: -140,
  cartDiscounts: [{ amountMinor: 10, reason: "loyal" }],
  exemptedMinor: 0,
  taxes: [
    {
      taxId: "v",
      name: "VAT",
      ratePpm: 55_000,
      included: true,
      treatment: "taxed",
      baseMinor: -142,
      taxMinor: -8,
    },
    {
      taxId: "s",
      name: "City tax",
      ratePpm: 10_000,
      included: false,
      treatment: "taxed",
      baseMinor: -150,
      taxMinor: -2,
    },
  ],
  totalMinor: -152,
  roundingMinor: 2,
  tenders: [{ methodName: "Cash", amountMinor: -150 }],
  changeMinor: 0,
  savingsMinor: 31,
  copy: true,
  barcode: "3000041",
};

const eur = { code: "EUR", digits: 2 };
const printed = (content: ReceiptContent, words = englishReceipt): string[] =>
  layOutReceipt(content, words, eur).map((line) =>
    line.right === undefined ? `${line.kind}: ${line.left}` : `${line.kind}: ${line.left} | ${line.right}`,
  );

describe("a receipt", () => {
  test("says all that makes up the total", () => {
    expect(printed(plain)).toEqual([
      "title: COPY",
      "title: Corner shop",
      "text: 12 High Street",
      "row: No. 3-000041 | 2026-11-22 14:05",
      "row: Till 3 | Served by Ada",
      "rule: ",
      "row: Milk | 1.19",
      "text: Apples, red, from the valley behind",
      "row: the mountains | 2.12",
      "text:   0.532 kg x 3.99/kg",
      "text:   instead of 4.49/kg: bruised",
      "row:   Discount: staff | -0.21",
      "row: Bread | -5.00",
      "text:   2 x 2.50",
      "text:   Returned, stale, 3-000007",
      "row:   Discount: stale | 0.50",
      "rule: ",
      "row: Subtotal | -1.40",
      "row: Discount: loyal | -0.10",
      "row: City tax 1% | -0.02",
      "total: TOTAL EUR | -1.52",
      "row: Rounding | 0.02",
      "row: Paid out: Cash | 1.50",
      "rule: ",
      "text: Tax",
      "row: VAT 5.5% on -1.42 | -0.08",
      "row: City tax 1% on -1.50 | -0.02",
      "rule: ",
      "row: You saved | 0.31",
      "rule: ",
      "text: Thank you",
      "barcode: 3000041",
      "title: COPY",
    ]);
  });

  test("of a plain sale leaves out what does not apply", () => {
    const { barcode: _, ...rest } = plain;
    const text = printed({
      ...rest,
      lines: plain.lines.slice(0, 1),
      cartDiscounts: [],
      taxes: [],
      subtotalMinor: 119,
      totalMinor: 119,
      roundingMinor: 0,
      tenders: [{ methodName: "Cash", amountMinor: 200 }],
      changeMinor: 81,
      savingsMinor: 0,
      copy: false,
    });
    expect(text.slice(6)).toEqual([
      "rule: ",
      "total: TOTAL EUR | 1.19",
      "row: Cash | 2.00",
      "row: Change | 0.81",
      "rule: ",
      "text: Thank you",
    ]);
  });

  test("of a void and of an exempt customer says so", () => {
    const customer = { name: "City school", taxExemptCertificate: "EX-9" };
    const text = printed({
      ...plain,
      kind: "void",
      ofNumber: "3-000040",
      customer,
      exemptedMinor: 8,
      copy: false,
    });
    expect(text).toContain("title: Void");
    expect(text).toContain("text: Of receipt 3-000040");
    expect(text).toContain("text: Tax exempt, certificate EX-9");
    expect(text).toContain("row: Tax taken off | -0.08");
  });

  test("speaks another language and writes its decimal point", () => {
    expect(printed(plain, { ...englishReceipt, decimalPoint: "," })).toContain("text:   0,532 kg x 3,99/kg");
    expect(printed(plain, hebrewReceipt)).toContain(`total: ${hebrewReceipt.total} EUR | -1.52`);
  });

  const text = fc.oneof(
    fc.string({ maxLength: 90, size: "max" }),
    fc.string({ unit: "binary", maxLength: 60, size: "max" }),
  );
  const item: fc.Arbitrary<ReceiptItem> = fc.record({
    name: text,
    quantityMilli: fc.integer({ min: -1e9, max: 1e9 }),
    unit: fc.constantFrom("piece" as const, "kg" as const, "l" as const),
    unitPriceMinor: fc.nat(1e9),
    grossMinor: fc.integer({ min: -1e12, max: 1e12 }),
    discounts: fc.array(fc.record({ amountMinor: fc.nat(1e6), reason: text }), { maxLength: 2 }),
    isReturn: fc.boolean(),
  });

  test("is never wider than the paper, and shows each amount whole", () => {
    fc.assert(
      fc.property(fc.array(item, { maxLength: 4 }), text, (lines, name) => {
        const laidOut = layOutReceipt(
          { ...plain, lines, storeName: name, staffName: name, header: [name], tillLabel: name },
          englishReceipt,
          eur,
        );
        for (const line of laidOut) {
          const width = cells(line.left) + (line.right === undefined ? 0 : 1 + cells(line.right));
          expect(width).toBeLessThanOrEqual(line.kind === "title" ? receiptColumns / 2 : receiptColumns);
        }
      }),
    );
  });

  test("wrapping keeps every character but the blanks", () => {
    fc.assert(
      fc.property(text, fc.integer({ min: 2, max: 42 }), (words, width) => {
        const lines = wrap(words, width);
        expect(lines.join("").replaceAll(/\s/g, "")).toBe(words.replaceAll(/\s/g, ""));
        expect(lines.every((line) => cells(line) <= width)).toBe(true);
      }),
    );
    expect(wrap("日本語のパン", 4)).toEqual(["日本", "語の", "パン"]);
  });
});
