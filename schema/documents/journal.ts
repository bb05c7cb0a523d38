import type { Bytes, DeviceId, HashHex, StoreId } from "../bytes.ts";
import { type RecordFault, type StoredRecord, type TillRecord, decodeRecord, firstPrev } from "./record.ts";

/** The Automerge shape of a till's journal of one trading day: its records' bytes, in order. */
export interface JournalDocument {
  records: Bytes[];
}

/** Where a chain stands after a record: what the next one must follow. */
export interface JournalPosition {
  readonly series: number;
  readonly seq: number;
  readonly hash: HashHex;
  /** The last receipt number given out in the series; 0 before the first, null where it is not known. */
  readonly receiptNumber: number | null;
}

export function startOfSeries(series: number): JournalPosition {
  return { series, seq: 0, hash: firstPrev, receiptNumber: 0 };
}

export type JournalFault =
  | RecordFault
  | { readonly type: "other-store" | "other-device" }
  | { readonly type: "wrong-seq"; readonly expected: number; readonly found: number }
  | { readonly type: "wrong-prev"; readonly expected: HashHex; readonly found: HashHex }
  | { readonly type: "wrong-receipt-number"; readonly expected: number; readonly found: number }
  | { readonly type: "series-went-back"; readonly expected: number; readonly found: number };

export type JournalVerdict =
  | {
      readonly type: "right";
      readonly records: readonly StoredRecord[];
      readonly position: JournalPosition | undefined;
    }
  /** `index` counts from 0 within the walked list: the first record that is wrong. */
  | { readonly type: "wrong"; readonly index: number; readonly fault: JournalFault };

/**
 * Walks a till's records from `position` on and names the first that is wrong. Without a position the first record is
 * taken at its word for where it stands, as when earlier days are not at hand. `decode` may leave out what was checked
 * when the bytes first came in.
 */
export function checkJournal(
  owner: { readonly store: StoreId; readonly device: DeviceId },
  records: Iterable<Bytes>,
  position: JournalPosition | undefined,
  decode: (bytes: Bytes) => StoredRecord | RecordFault = decodeRecord,
): JournalVerdict {
  const good: StoredRecord[] = [];
  let at = position;
  for (const bytes of records) {
    const stored = decode(bytes);
    if ("type" in stored) return { type: "wrong", index: good.length, fault: stored };
    at ??= positionBefore(stored.record);
    const fault = faultAfter(at, stored.record, owner);
    if (fault) return { type: "wrong", index: good.length, fault };
    good.push(stored);
    at = positionAfter(at, stored);
  }
  return { type: "right", records: good, position: at };
}

export function positionAfter(position: JournalPosition, { hash, record }: StoredRecord): JournalPosition {
  const before = record.series === position.series ? position.receiptNumber : 0;
  return { series: record.series, seq: record.seq, hash, receiptNumber: numberOf(record) ?? before };
}

function positionBefore(record: TillRecord): JournalPosition {
  if (record.seq === 1) return startOfSeries(record.series);
  const number = numberOf(record);
  return {
    series: record.series,
    seq: record.seq - 1,
    hash: record.prev,
    receiptNumber: number === undefined ? null : number - 1,
  };
}

/** The receipt number of a record that bears one. */
export function numberOf(record: TillRecord): number | undefined {
  return record.kind === "sale" || record.kind === "refund" || record.kind === "void"
    ? record.body.number
    : undefined;
}

function faultAfter(
  position: JournalPosition,
  record: TillRecord,
  owner: { readonly store: StoreId; readonly device: DeviceId },
): JournalFault | undefined {
  if (record.store !== owner.store) return { type: "other-store" };
  if (record.device !== owner.device) return { type: "other-device" };
  if (record.series < position.series)
    return { type: "series-went-back", expected: position.series, found: record.series };
  const before = record.series === position.series ? position : startOfSeries(record.series);
  if (record.seq !== before.seq + 1)
    return { type: "wrong-seq", expected: before.seq + 1, found: record.seq };
  if (record.prev !== before.hash) return { type: "wrong-prev", expected: before.hash, found: record.prev };
  const number = numberOf(record);
  if (number !== undefined && before.receiptNumber !== null && number !== before.receiptNumber + 1)
    return { type: "wrong-receipt-number", expected: before.receiptNumber + 1, found: number };
  return undefined;
}
