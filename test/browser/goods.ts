import { readFileSync } from "node:fs";
import { parse } from "csv-parse/sync";
import { demoShopFiles } from "#fixtures/demo-shop.ts";
import { formatsFor } from "#ui/format/formats.ts";

export interface Goods {
  readonly id: string;
  readonly name: string;
  readonly barcode: string;
  readonly priceMinor: number;
}

const rows = parse<Record<string, string>>(readFileSync(demoShopFiles.priceBook, "utf8"), { columns: true });

/** Something of the demo's price book, as its file has it. */
function item(id: string): Goods {
  const row = rows.find((one) => one["item_id"] === id);
  if (!row) throw new Error(`the demo shop has no ${id}`);
  const priceMinor = Math.round(Number(row["price"]) * 100);
  return { id, name: row["name"]!, barcode: row["barcode"]!, priceMinor };
}

export const goods = {
  strawberries: item("10002"),
  cucumbers: item("10004"),
  bread: item("11001"),
  milk: item("12001"),
  sugar: item("17001"),
  /** Taxed at the full rate. */
  chocolate: item("18002"),
  /** By the kilogram. */
  bananas: item("10001"),
  /** For adults. */
  beer: item("20001"),
  newspaper: item("24002"),
} as const;

const formats = formatsFor("en", { currency: "EUR", currencyDigits: 2, timeZone: "Europe/Dublin" });

/** As the screens write it, in either language. */
export function euro(minor: number): string {
  return formats.money(minor);
}
