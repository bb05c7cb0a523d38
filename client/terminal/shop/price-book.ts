import type { TimeMs } from "#schema/bytes.ts";
import type { Base } from "#schema/documents/base.ts";
import type { Compressor } from "#schema/documents/compressor.ts";
import { openSegment } from "#schema/documents/segment.ts";
import { PriceFold } from "#schema/documents/fold/prices.ts";
import { type PriceBookColumns, decodeColumns } from "#schema/domain/price-book/columns.ts";
import type { PriceBookItem } from "#schema/domain/price-book/item.ts";
import { PriceBookIndex } from "#schema/domain/price-book/price-book-index.ts";
import type { Segments } from "#terminal/segments/segments.ts";

/** The published price book with managers' edits on top: what things cost now. */
export class PriceBook {
  readonly edits = new PriceFold();
  #base: Base | undefined;
  #index = new PriceBookIndex([]);

  base(): Base | undefined {
    return this.#base;
  }

  get size(): number {
    return this.#index.size;
  }

  /**
   * Puts a base in force, once all its segments are here. `incomplete` while some cannot be had; `damaged` when what
   * the base names is not a price book: the one in force stays.
   */
  async load(
    base: Base,
    segments: Segments,
    compressor: Compressor,
  ): Promise<"loaded" | "incomplete" | "damaged"> {
    const columns: PriceBookColumns[] = [];
    for (const ref of base.segments) {
      const sealed = await segments.fetch(ref.hash);
      if (!sealed) return "incomplete";
      const opened = openSegment(ref, sealed, compressor);
      if (!(opened instanceof Uint8Array)) return "damaged";
      const decoded = decodeColumns(opened);
      if (decoded.type !== "columns") return "damaged";
      columns.push(decoded.columns);
    }
    try {
      this.#index = new PriceBookIndex(columns);
    } catch {
      return "damaged";
    }
    this.#base = base;
    return "loaded";
  }

  item(itemId: string, at: TimeMs): PriceBookItem | undefined {
    return this.#priced(this.#index.byItemId(itemId), at);
  }

  /** The price book's own, without edits. */
  published(itemId: string): PriceBookItem | undefined {
    return this.#index.byItemId(itemId);
  }

  /** The first of the keys that names an item. */
  byBarcode(keys: readonly string[], at: TimeMs): PriceBookItem | undefined {
    for (const key of keys) {
      const item = this.#index.byBarcode(key) ?? this.#index.byItemId(key);
      if (item) return this.#priced(item, at);
    }
    return undefined;
  }

  search(text: string, limit: number, offset: number, at: TimeMs): { items: PriceBookItem[]; total: number } {
    const page = this.#index.search(text, limit, offset);
    return { items: page.items.map((item) => this.#priced(item, at)!), total: page.total };
  }

  prepareSearch(): void {
    this.#index.prepareSearch();
  }

  /** All items, in the order of their ids, edits applied. */
  *all(at: TimeMs): Generator<PriceBookItem> {
    for (let row = 0; row < this.#index.size; row++) yield this.#priced(this.#index.at(row), at)!;
  }

  #priced(item: PriceBookItem | undefined, at: TimeMs): PriceBookItem | undefined {
    const edit = item && this.edits.inForce(item.itemId, at);
    return edit ? { ...item, priceMinor: edit.value! } : item;
  }
}
