/** One thing the store sells, as the published price book has it; live edits are laid on top elsewhere. */
export interface PriceBookItem {
  /** The store's own number or word for it: 1 to 40 characters, no white space. Price books are sorted by it. */
  readonly itemId: string;
  readonly name: string;
  /**
   * Lookup keys: a GTIN as 14 digits, anything else as `plainKey` gives it. An item whose labels carry a price or a
   * weight has the key with zeros in those places (see barcode/variable-measure.ts).
   */
  readonly barcodes: readonly string[];
  readonly departmentId: string;
  readonly unit: "piece" | "kg" | "l";
  /** For one piece, one kilogram or one litre, in the store currency's minor units. */
  readonly priceMinor: number;
  readonly taxClassId: string;
  /** The buyer must be this old. */
  readonly ageYears?: number;
  /** The price is asked for at the till; `priceMinor` is 0. */
  readonly openPrice?: boolean;
}

/** The order of a price book: by the code units of the id, the same on every machine. */
export function compareItemIds(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
