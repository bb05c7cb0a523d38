import { readGtin } from "../barcode/gtin.ts";
import { plainKey } from "../barcode/parse-barcode.ts";
import { itemAt, lineAt, type PriceBookColumns } from "./columns.ts";
import { GtinTable } from "./gtin-table.ts";
import { compareItemIds, type PriceBookItem } from "./item.ts";
import { joinColumns } from "./join-columns.ts";
import { makeNameSearch, nameHolds, type NameSearch } from "./name-search.ts";

export interface ItemPage {
  readonly items: readonly PriceBookItem[];
  /** How many match in all. */
  readonly total: number;
}

/**
 * A whole published price book in memory, found by item id, by barcode and by name. Made of columns, so that 100,000
 * items take some tens of megabytes and no object each; an item is made when it is asked for.
 */
export class PriceBookIndex {
  readonly #columns: PriceBookColumns;
  readonly #gtins: GtinTable;
  readonly #codes = new Map<string, number>();
  #search: NameSearch | undefined;

  /** Of the segments of one price book in their order. Throws `RangeError` when their ids are not ascending. */
  constructor(segments: readonly PriceBookColumns[]) {
    this.#columns = joinColumns(segments);
    const { gtinStarts, gtins, otherCodes, count } = this.#columns;
    this.#gtins = new GtinTable(gtins.length);
    for (let row = 0; row < count; row++)
      for (let i = gtinStarts[row]!; i < gtinStarts[row + 1]!; i++) this.#gtins.add(gtins[i]!, row);
    for (const [row, codes] of otherCodes)
      for (const code of codes) if (!this.#codes.has(code)) this.#codes.set(code, row);
  }

  get size(): number {
    return this.#columns.count;
  }

  /** Rows run from 0 to `size` - 1 in the order of item ids. */
  at(row: number): PriceBookItem {
    return itemAt(this.#columns, row);
  }

  byItemId(itemId: string): PriceBookItem | undefined {
    const row = this.#rowOfItem(itemId);
    return row === undefined ? undefined : this.at(row);
  }

  /** By a lookup key, as `lookupKeys` of barcode/parse-barcode.ts gives it. */
  byBarcode(key: string): PriceBookItem | undefined {
    const row = this.#rowOfBarcode(key);
    return row === undefined ? undefined : this.at(row);
  }

  /**
   * Items whose names hold every word typed: those where each begins a word first, then by name. An item whose id or
   * barcode was typed comes before all. With nothing typed: all, by name.
   */
  search(typed: string, limit: number, offset: number): ItemPage {
    const found = this.#names().find(typed);
    const exact = this.#rowTyped(typed.trim());
    const alone = exact !== undefined && !nameHolds(lineAt(this.#columns.names, exact), typed);
    const rows = !alone
      ? found.slice(limit, offset)
      : offset === 0
        ? [exact, ...found.slice(limit - 1, 0)].slice(0, limit)
        : found.slice(limit, offset - 1);
    return { items: rows.map((row) => this.at(row)), total: found.total + (alone ? 1 : 0) };
  }

  /** Makes ready what the first search would have to wait for. */
  prepareSearch(): void {
    this.#names();
  }

  #names(): NameSearch {
    this.#search ??= makeNameSearch(this.#columns.names);
    return this.#search;
  }

  #rowTyped(text: string): number | undefined {
    const gtin = readGtin(text);
    return this.#rowOfItem(text) ?? this.#rowOfBarcode(gtin.type === "gtin" ? gtin.gtin14 : plainKey(text));
  }

  #rowOfBarcode(key: string): number | undefined {
    return /^\d{14}$/.test(key) ? this.#gtins.rowOf(Number(key)) : this.#codes.get(key);
  }

  #rowOfItem(itemId: string): number | undefined {
    let low = 0;
    let high = this.size - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const order = compareItemIds(lineAt(this.#columns.ids, middle), itemId);
      if (order === 0) return middle;
      if (order < 0) low = middle + 1;
      else high = middle - 1;
    }
    return undefined;
  }
}
