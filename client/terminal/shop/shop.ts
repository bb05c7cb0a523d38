import type { DeviceId, StoreId, TimeMs } from "#schema/bytes.ts";
import { type Base, newestBase } from "#schema/documents/base.ts";
import type { FloorDocument } from "#schema/documents/floor.ts";
import { editsBeyond } from "#schema/documents/fold/prices.ts";
import { StockFold } from "#schema/documents/fold/stock.ts";
import { TradeFold } from "#schema/documents/fold/trade.ts";
import type { JournalDocument } from "#schema/documents/journal.ts";
import { decodeVouchedRecord } from "#schema/documents/record.ts";
import {
  type DocumentName,
  type TradingDay,
  documentName,
  parseDocumentName,
} from "#schema/documents/names.ts";
import type { PricesDocument } from "#schema/documents/prices.ts";
import type { Compressor } from "#schema/documents/compressor.ts";
import { openSegment } from "#schema/documents/segment.ts";
import { decodeBalances } from "#schema/documents/stock-balances.ts";
import type { StoreDocument } from "#schema/documents/store-document.ts";
import type { Replica } from "#terminal/replica/replica.ts";
import type { Segments } from "#terminal/segments/segments.ts";
import { Carts } from "./carts.ts";
import { Journals } from "#schema/documents/fold/journals.ts";
import { PriceBook } from "./price-book.ts";
import { type StoreState, readStore } from "./store-reader.ts";

/** What of the shop changed, for whoever shows it. */
export type ShopPart = "store" | "prices" | "carts" | "trade";

export interface ShopOptions {
  readonly store: StoreId;
  readonly device: DeviceId;
  readonly replica: Replica;
  readonly segments: Segments;
  readonly compressor: Compressor;
  readonly onFailure: (what: string, error: unknown) => void;
}

/** The edits on the first price book, before any was published. */
const noGeneration = "0";

/** The shop as this till's documents tell it: settings, prices, stock, open carts and trade, folded as they change. */
export class Shop {
  readonly trade = new TradeFold();
  readonly stock = new StockFold(this.trade.moves);
  readonly prices = new PriceBook();
  readonly carts = new Carts(this.trade);
  readonly #journals: Journals;
  readonly #options: ShopOptions;
  readonly #listeners = new Set<(part: ShopPart) => void>();
  #state: StoreState | undefined;
  #stockBase: Base | undefined;
  #loading: Promise<void> = Promise.resolve();
  #retry: NodeJS.Timeout | undefined;
  /** What is read now comes out of this till's own vault. */
  #opening = true;
  #closed = false;

  constructor(options: ShopOptions) {
    this.#options = options;
    this.#journals = new Journals(options.store, options.device, this.trade);
  }

  /** Opens what every till needs to sell, and the documents this till holds of the days that the settings ask for. */
  async open(daysOf: (state: StoreState) => ReadonlySet<TradingDay>): Promise<void> {
    const { replica, store } = this.#options;
    replica.onChanged((name) => this.#read(name));
    for (const name of replica.openNames()) this.#read(name);
    await replica.open(documentName({ store, kind: "members" }));
    await replica.open(documentName({ store, kind: "store" }));
    await this.#loading;
    const days = this.#state ? daysOf(this.#state) : new Set<TradingDay>();
    const wanted = replica.names().filter((name) => {
      const address = parseDocumentName(name);
      return address && "day" in address && days.has(address.day);
    });
    // Journals first: with them a cart that was sold is known to be, and need not be read.
    for (const name of wanted.toSorted((a, b) => Number(isFloor(a)) - Number(isFloor(b))))
      await replica.open(name);
    await this.#openUncounted();
    this.#opening = false;
  }

  onChange(listener: (part: ShopPart) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Undefined until the store document has arrived, as on a till that is joining. */
  state(): StoreState | undefined {
    return this.#state;
  }

  labelOf(device: DeviceId): string {
    return this.#state?.labels.get(device) ?? device.slice(0, 4).toUpperCase();
  }

  doubts(): ReturnType<Journals["doubts"]> {
    return this.#journals.doubts();
  }

  /** The document that takes the live edits now. */
  pricesDocument(): DocumentName {
    const generation = this.prices.base()?.generation ?? noGeneration;
    return documentName({ store: this.#options.store, kind: "prices", generation });
  }

  /** A price may come into force by itself: what was computed at an earlier time is computed anew. */
  pricesMayHaveChanged(): void {
    this.#tell("prices");
  }

  /** Waits until bases that were announced are loaded, or known not to be had now. */
  async settled(): Promise<void> {
    await this.#loading;
  }

  stockBase(): Base | undefined {
    return this.#stockBase;
  }

  priceAt(itemId: string, at: TimeMs): number | undefined {
    return this.prices.item(itemId, at)?.priceMinor;
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#retry);
  }

  /** Journals that this till holds and has not opened, the newest day first: receipts of long ago. */
  closedJournals(): { readonly name: DocumentName; readonly day: TradingDay }[] {
    const { replica } = this.#options;
    return replica
      .names()
      .flatMap((name) => {
        const address = parseDocumentName(name);
        return address?.kind === "journal" && !replica.isOpen(name) ? [{ name, day: address.day }] : [];
      })
      .toSorted((a, b) => (a.day < b.day ? 1 : -1));
  }

  async openJournal(name: DocumentName): Promise<void> {
    await this.#options.replica.open(name);
  }

  /** Journals of whatever day whose movements are in no published balances yet: without them stock would be wrong. */
  async #openUncounted(): Promise<void> {
    const { replica } = this.#options;
    const contains = this.#stockBase?.contains;
    const counted = new Map(
      contains?.kind === "stock"
        ? contains.positions.map(({ device, series, seq }) => [`${device} ${series}`, seq])
        : [],
    );
    const journals = replica.names().flatMap((name) => {
      const address = parseDocumentName(name);
      return address?.kind === "journal" ? [{ name, ...address }] : [];
    });
    const done = new Set<DeviceId>();
    for (const { name, device } of journals.toSorted((a, b) => (a.day < b.day ? 1 : -1))) {
      if (done.has(device)) continue;
      await replica.open(name);
      const [first] = replica.doc<JournalDocument>(name).records;
      if (!(first instanceof Uint8Array)) continue;
      const { series, seq } = decodeVouchedRecord(first).record;
      // A till's records are one chain: what is before a counted one is counted.
      if (seq <= (counted.get(`${device} ${series}`) ?? 0)) done.add(device);
    }
  }

  #read(name: DocumentName): void {
    const address = parseDocumentName(name);
    if (!address || this.#closed) return;
    const { replica } = this.#options;
    if (!replica.isOpen(name)) return;
    switch (address.kind) {
      case "members":
        return;
      case "store":
        this.#state = readStore(replica.doc<StoreDocument>(name)) ?? this.#state;
        this.#loadBases();
        return this.#tell("store");
      case "prices":
        return this.#readPrices(name, address.generation);
      case "floor":
        if (this.carts.read(name, replica.doc<FloorDocument>(name))) this.#tell("carts");
        return;
      case "journal": {
        const came = this.#journals.read(name, replica.doc<JournalDocument>(name), this.#opening);
        for (const { record } of came) if ("cart" in record.body) this.carts.recordCame(record.body.cart);
        if (came.length > 0) this.#tell("trade");
      }
    }
  }

  #readPrices(name: DocumentName, generation: string): void {
    const document = this.#options.replica.doc<PricesDocument>(name);
    const base = this.prices.base();
    const contains = base?.contains.kind === "prices" ? base.contains : undefined;
    if (generation === (base?.generation ?? noGeneration))
      this.prices.edits.read(generation, document, this.#opening);
    else if (contains && (contains.after ?? noGeneration) === generation) {
      const beyond = editsBeyond(document, contains.heads);
      if (beyond) this.prices.edits.read(generation, beyond, this.#opening);
    } else return;
    this.#tell("prices");
  }

  #loadBases(): void {
    this.#loading = this.#loading
      .then(() => this.#loadNewest())
      .catch((error: unknown) => {
        this.#options.onFailure("a base could not be loaded", error);
      });
  }

  async #loadNewest(): Promise<void> {
    if (this.#closed) return;
    clearTimeout(this.#retry);
    const bases = this.#state?.bases ?? [];
    const book = newestBase(bases, "prices");
    const balances = newestBase(bases, "stock");
    const whole = [
      book && book.generation !== this.prices.base()?.generation ? await this.#loadPrices(book) : true,
      balances && balances.generation !== this.#stockBase?.generation
        ? await this.#loadStock(balances)
        : true,
    ];
    if (!book && !this.#options.replica.isOpen(this.pricesDocument()))
      await this.#options.replica.open(this.pricesDocument());
    if (!whole.includes(false))
      await this.#options.segments.keepOnly(
        new Set([book, balances].flatMap((base) => base?.segments ?? []).map((ref) => ref.hash)),
      );
    else if (!this.#closed) this.#retry = setTimeout(() => this.#loadBases(), 1000);
  }

  async #loadPrices(base: Base): Promise<boolean> {
    const { segments, compressor, replica, store } = this.#options;
    const before = base.contains.kind === "prices" ? base.contains.after : null;
    const documents = [base.generation, before ?? noGeneration].map((generation) => ({
      generation,
      name: documentName({ store, kind: "prices", generation }),
    }));
    // First: between the book and the edits on it nothing may be waited for, or a price would flicker.
    for (const { name } of documents) await replica.open(name);
    const loaded = await this.prices.load(base, segments, compressor);
    if (loaded !== "loaded") {
      if (loaded === "damaged") this.#options.onFailure("a published price book is damaged", base.generation);
      return loaded === "damaged";
    }
    this.prices.edits.clear();
    for (const { name, generation } of documents) this.#readPrices(name, generation);
    this.#tell("prices");
    return true;
  }

  async #loadStock(base: Base): Promise<boolean> {
    const { segments, compressor } = this.#options;
    const balances = new Map<string, number>();
    for (const ref of base.segments) {
      const sealed = await segments.fetch(ref.hash);
      if (!sealed) return false;
      const opened = openSegment(ref, sealed, compressor);
      const decoded = opened instanceof Uint8Array ? decodeBalances(opened) : undefined;
      if (!decoded) {
        this.#options.onFailure("published stock balances are damaged", base.generation);
        return true;
      }
      for (const [item, qty] of decoded) balances.set(item, qty);
    }
    this.#stockBase = base;
    this.stock.rebase(balances, base.contains.kind === "stock" ? base.contains.positions : []);
    this.#tell("trade");
    return true;
  }

  #tell(part: ShopPart): void {
    for (const listener of this.#listeners) listener(part);
  }
}

function isFloor(name: DocumentName): boolean {
  return parseDocumentName(name)?.kind === "floor";
}
