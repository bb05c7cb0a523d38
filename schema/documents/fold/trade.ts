import type { Bytes, DeviceId, HashHex, TimeMs } from "../../bytes.ts";
import type { StockPosition } from "../base.ts";
import { numberOf } from "../journal.ts";
import { type StoredRecord, type TillRecord, decodeVouchedRecord } from "../record.ts";
import type { ReceiptBody } from "../record-body.ts";
import { DayTotals } from "./day-totals.ts";
import { SeenRecords } from "./seen-records.ts";

/** A receipt as lists show it; its record is read again from its bytes when it is wanted whole. */
export interface ReceiptEntry {
  readonly hash: HashHex;
  readonly device: DeviceId;
  readonly series: number;
  readonly number: number;
  readonly kind: "sale" | "refund" | "void";
  readonly timeMs: TimeMs;
  readonly day: string;
  readonly staff: string;
  readonly total: number;
  readonly lines: number;
  readonly cart: string;
  readonly bytes: Bytes;
}

/** A shift as the journal has it: open until a closing record comes. */
export interface ShiftEntry {
  readonly id: string;
  readonly device: DeviceId;
  readonly day: string;
  readonly staff: { readonly id: string; readonly name: string };
  readonly openedMs: TimeMs;
  readonly float: number;
  /** Of the record that opened it: tells two apart that a clock which stood still gave one time. */
  readonly series: number;
  readonly seq: number;
}

export interface ShiftClosing {
  readonly expected: number;
  readonly counted: number;
  readonly timeMs: TimeMs;
}

export type TradeException =
  | {
      readonly id: string;
      readonly type: "double-payment";
      readonly cart: string;
      readonly receipts: readonly HashHex[];
    }
  | {
      readonly id: string;
      readonly type: "refunds-exceed-sale";
      readonly receipts: readonly HashHex[];
      readonly line: number;
    }
  | {
      readonly id: string;
      readonly type: "void-after-refund" | "voided-twice";
      readonly receipts: readonly HashHex[];
    };

export interface Settlement {
  readonly note: string;
  readonly staff: string;
  readonly timeMs: TimeMs;
  readonly record: HashHex;
}

/** What one record did to stock: thousandths by item, below zero for goods that went out. */
export interface StockMove {
  readonly device: DeviceId;
  readonly series: number;
  readonly seq: number;
  readonly lines: readonly { readonly item: string; readonly qty: number }[];
}

/**
 * All that the journals of a store say, folded record by record. In which order they come makes no difference to
 * anything that is read here: journals of several tills and days arrive as the network has it.
 */
export class TradeFold {
  readonly receipts = new Map<HashHex, ReceiptEntry>();
  readonly shifts = new Map<string, ShiftEntry>();
  readonly settled = new Map<string, Settlement>();
  readonly moves: StockMove[] = [];
  readonly #closings = new Map<string, ShiftClosing>();
  /** What moved in the drawer by shift: takings less change, paid in and out, dropped. */
  readonly #cash = new Map<string, number>();
  readonly #byCart = new Map<string, HashHex[]>();
  readonly #paidAgain = new Set<string>();
  readonly #tenders = new Set<string>();
  readonly #days = new Map<string, DayTotals>();
  /** What each record sold or took back of a cart's line or a receipt's line. */
  readonly #sold = new Map<string, Map<string, Map<HashHex, number>>>();
  readonly #returned = new Map<string, Map<HashHex, number>>();
  readonly #voids = new Map<HashHex, HashHex[]>();
  readonly #seen = new SeenRecords();
  readonly #noSaleMoves: StockMove["lines"] = [];

  /** `bytes` are the record's own, kept to read it again. False for a record that was folded before: it is passed over. */
  apply({ hash, record }: StoredRecord, bytes: Bytes): boolean {
    if (!this.#seen.add(record, hash)) return false;
    this.#day(record.body.day).apply(record);
    this.#day(`${record.body.day}/${record.device}`).apply(record);
    const moved = this.#applyKind(hash, record, bytes);
    if (moved.length > 0)
      this.moves.push({ device: record.device, series: record.series, seq: record.seq, lines: moved });
    return true;
  }

  /**
   * How far each device's records are here without a gap, on from what a stock base contains: what balances made now
   * may say they contain.
   */
  positions(base: ReadonlyMap<DeviceId, StockPosition>): ReadonlyMap<DeviceId, StockPosition> {
    return this.#seen.without(base);
  }

  /** Undefined for a receipt that is not in the journals folded here. */
  receiptRecord(hash: HashHex): TillRecord | undefined {
    const entry = this.receipts.get(hash);
    return entry && decodeVouchedRecord(entry.bytes).record;
  }

  receiptBody(hash: HashHex): ReceiptBody | undefined {
    const record = this.receiptRecord(hash);
    return record?.kind === "sale" || record?.kind === "refund" ? record.body : undefined;
  }

  /** The sales and refunds that came of a cart; more than one when it was paid apart or left a remainder. */
  receiptsOfCart(cart: string): readonly HashHex[] {
    return this.#byCart.get(cart) ?? [];
  }

  /**
   * How much of a cart's line the records have sold, thousandths; below zero where it was a return. What two records
   * sold both, apart, counts once. A remainder is sold under the line's id with `+` and what was covered before.
   */
  coveredOfCartLine(cart: string, line: string): number {
    let covered = 0;
    for (const [id, sold] of this.#sold.get(cart) ?? [])
      if (id === line || id.startsWith(`${line}+`)) covered += furthest([...sold.values()]);
    return covered;
  }

  /** Whether a receipt counts this tender of a cart. */
  countsTender(tender: string): boolean {
    return this.#tenders.has(tender);
  }

  /** What has been taken back of a receipt's line (from 1), thousandths, by the receipt that did; voided ones left out. */
  returnsOf(receipt: HashHex, line: number): readonly { readonly receipt: HashHex; readonly qty: number }[] {
    const returned = this.#returned.get(`${receipt}/${line}`);
    if (!returned) return [];
    return [...returned]
      .filter(([hash]) => !this.isVoided(hash))
      .map(([hash, qty]) => ({ receipt: hash, qty }));
  }

  isVoided(receipt: HashHex): boolean {
    return this.#voids.has(receipt);
  }

  /** A day's takings: the store's, or one till's. */
  day(day: string, device?: DeviceId): DayTotals {
    return this.#days.get(device === undefined ? day : `${day}/${device}`) ?? new DayTotals();
  }

  /** The shift that was opened last on a till, unless it was closed. */
  openShift(device: DeviceId): ShiftEntry | undefined {
    let last: ShiftEntry | undefined;
    for (const shift of this.shifts.values())
      if (shift.device === device && (!last || opensLater(shift, last))) last = shift;
    return last && !this.#closings.has(last.id) ? last : undefined;
  }

  closing(shift: string): ShiftClosing | undefined {
    return this.#closings.get(shift);
  }

  /** What must be in the drawer: the float and what moved since. */
  expectedCash(shift: ShiftEntry): number {
    return shift.float + (this.#cash.get(shift.id) ?? 0);
  }

  /**
   * What only a person can settle. Ids say what it is about, so that every till gives the same one, and how many
   * receipts, so that what was settled comes up again when another turns up.
   */
  exceptions(): TradeException[] {
    const found: TradeException[] = [];
    for (const cart of this.#paidAgain) {
      const paid = this.receiptsOfCart(cart)
        .filter((hash) => !this.isVoided(hash))
        .toSorted();
      if (paid.length > 1 && this.#overlap(cart, paid))
        found.push({
          id: `double-payment/${cart}/${paid.length}`,
          type: "double-payment",
          cart,
          receipts: paid,
        });
    }
    for (const key of this.#returned.keys()) {
      const [receipt, lineText] = key.split("/") as [HashHex, string];
      const line = Number(lineText);
      const original = this.receiptBody(receipt)?.lines[line - 1];
      const returns = this.returnsOf(receipt, line);
      if (original && returns.reduce((sum, { qty }) => sum + qty, 0) > original.qty)
        found.push({
          id: `refunds-exceed-sale/${key}/${returns.length}`,
          type: "refunds-exceed-sale",
          receipts: [receipt, ...returns.map((entry) => entry.receipt).toSorted()],
          line,
        });
      if (this.isVoided(receipt) && returns.length > 0)
        found.push({
          id: `void-after-refund/${receipt}`,
          type: "void-after-refund",
          receipts: [receipt, ...returns.map((entry) => entry.receipt).toSorted()],
        });
    }
    for (const [receipt, voids] of this.#voids)
      if (voids.length > 1)
        found.push({
          id: `voided-twice/${receipt}/${voids.length}`,
          type: "voided-twice",
          receipts: [receipt, ...voids.toSorted()],
        });
    const byId = new Map(found.map((exception) => [exception.id, exception]));
    return [...byId.values()].toSorted((a, b) => (a.id < b.id ? -1 : 1));
  }

  #applyKind(hash: HashHex, record: TillRecord, bytes: Bytes): StockMove["lines"] {
    switch (record.kind) {
      case "sale":
      case "refund":
        this.#addReceipt(hash, record, bytes);
        return this.#applyReceipt(hash, record.body);
      case "void":
        this.#addReceipt(hash, record, bytes);
        return this.#applyVoid(hash, record.body);
      case "cash":
        this.#moveCash(
          record.body.shift,
          record.body.direction === "in" ? record.body.amount : -record.body.amount,
        );
        return this.#noSaleMoves;
      case "shift":
        this.#applyShift(record);
        return this.#noSaleMoves;
      case "stock":
        return record.body.lines;
      case "settle":
        this.#settle(hash, record);
        return this.#noSaleMoves;
    }
  }

  #applyReceipt(hash: HashHex, body: ReceiptBody): StockMove["lines"] {
    const receipts = listAt(this.#byCart, body.cart);
    receipts.push(hash);
    if (receipts.length > 1) this.#paidAgain.add(body.cart);
    for (const tender of body.tenders) this.#tenders.add(tender.id);
    for (const line of body.lines) {
      mapAt(mapAt(this.#sold, body.cart), line.id).set(hash, line.qty);
      if (!line.of) continue;
      // One refund may take a line back in two parts.
      const returned = mapAt(this.#returned, `${line.of.record}/${line.of.line}`);
      returned.set(hash, (returned.get(hash) ?? 0) - line.qty);
    }
    this.#moveCash(body.shift, cashOf(body.tenders) - body.change);
    return body.lines
      .filter((line) => line.item !== null)
      .map((line) => ({ item: line.item!, qty: -line.qty }));
  }

  #applyVoid(hash: HashHex, body: Extract<TillRecord, { kind: "void" }>["body"]): StockMove["lines"] {
    listAt(this.#voids, body.of).push(hash);
    this.#moveCash(body.shift, cashOf(body.tenders));
    return body.goods;
  }

  #applyShift({ device, series, seq, time, body }: Extract<TillRecord, { kind: "shift" }>): void {
    if (body.event === "open") {
      const { id, day, staff, float } = body;
      this.shifts.set(id, { id, device, day, staff, openedMs: time, float, series, seq });
    } else this.#closings.set(body.id, { expected: body.expected, counted: body.counted, timeMs: time });
  }

  /** Settled on two tills apart, it stands as it was settled last. */
  #settle(hash: HashHex, { time, body }: Extract<TillRecord, { kind: "settle" }>): void {
    const before = this.settled.get(body.exception);
    if (before && (before.timeMs > time || (before.timeMs === time && before.record > hash))) return;
    this.settled.set(body.exception, {
      note: body.note,
      staff: body.staff.name,
      timeMs: time,
      record: hash,
    });
  }

  #addReceipt(
    hash: HashHex,
    record: Extract<TillRecord, { kind: "sale" | "refund" | "void" }>,
    bytes: Bytes,
  ): void {
    const { device, series, time, kind, body } = record;
    this.receipts.set(hash, {
      hash,
      device,
      series,
      number: numberOf(record)!,
      kind,
      timeMs: time,
      day: body.day,
      staff: body.staff.name,
      total: body.total,
      lines: "lines" in body ? body.lines.length : 0,
      cart: "cart" in body ? body.cart : "",
      bytes,
    });
  }

  #moveCash(shift: string, amount: number): void {
    this.#cash.set(shift, (this.#cash.get(shift) ?? 0) + amount);
  }

  /** Whether two of these receipts sold the same thing of the cart: a remainder paid later does not. */
  #overlap(cart: string, receipts: readonly HashHex[]): boolean {
    const paid = new Set(receipts);
    for (const sold of this.#sold.get(cart)?.values() ?? [])
      if ([...sold.keys()].filter((hash) => paid.has(hash)).length > 1) return true;
    return false;
  }

  #day(day: string): DayTotals {
    let totals = this.#days.get(day);
    if (!totals) this.#days.set(day, (totals = new DayTotals()));
    return totals;
  }
}

function cashOf(tenders: ReceiptBody["tenders"]): number {
  return tenders.reduce((sum, tender) => sum + (tender.kind === "cash" ? tender.amount : 0), 0);
}

function opensLater(a: ShiftEntry, b: ShiftEntry): boolean {
  return a.series === b.series ? a.seq > b.seq : a.series > b.series;
}

function furthest(quantities: readonly number[]): number {
  return quantities.reduce((most, qty) => (Math.abs(qty) > Math.abs(most) ? qty : most), 0);
}

function listAt<K, V>(map: Map<K, V[]>, key: K): V[] {
  let list = map.get(key);
  if (!list) map.set(key, (list = []));
  return list;
}

function mapAt<K, K2, V>(map: Map<K, Map<K2, V>>, key: K): Map<K2, V> {
  let inner = map.get(key);
  if (!inner) map.set(key, (inner = new Map()));
  return inner;
}
