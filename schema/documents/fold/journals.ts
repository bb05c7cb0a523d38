import { type Bytes, type DeviceId, type HashHex, type StoreId, equalBytes } from "../../bytes.ts";
import { type JournalFault, type JournalPosition, checkJournal } from "../journal.ts";
import { type DocumentName, parseDocumentName } from "../names.ts";
import {
  type RecordFault,
  type StoredRecord,
  type TillRecord,
  decodeRecord,
  decodeVouchedRecord,
} from "../record.ts";
import type { TradeFold } from "./trade.ts";

/** A journal whose records are wrong from `index` on: what comes after is not believed. */
export interface JournalDoubt {
  readonly journal: DocumentName;
  readonly index: number;
  readonly fault: JournalFault;
}

interface Reading {
  count: number;
  /** The last that was read: while it stands where it stood, only what follows it is new. */
  last: Bytes | undefined;
  position: JournalPosition | undefined;
  doubt: JournalDoubt | undefined;
}

interface Judged {
  readonly records: readonly StoredRecord[];
  readonly position: JournalPosition | undefined;
  readonly fault: { readonly index: number; readonly fault: JournalFault } | undefined;
}

/** Folds the journals as they grow. Records are checked, signature and chain, but for those of `own`: a till knows its own. */
export class Journals {
  readonly #store: StoreId;
  readonly #own: DeviceId | null;
  readonly #trade: TradeFold;
  readonly #read = new Map<DocumentName, Reading>();

  constructor(store: StoreId, own: DeviceId | null, trade: TradeFold) {
    this.#store = store;
    this.#own = own;
    this.#trade = trade;
  }

  /**
   * Folds what is new in a journal and answers with it; `journal` is the document, whatever others wrote into it.
   * `vouched`: it comes out of this till's own vault, and its signatures were checked when it came in; the chain is
   * walked all the same.
   */
  read(name: DocumentName, journal: { readonly records?: unknown }, vouched = false): StoredRecord[] {
    const address = parseDocumentName(name);
    if (address?.kind !== "journal") return [];
    let reading = this.#read.get(name);
    if (!reading)
      this.#read.set(name, (reading = { count: 0, last: undefined, position: undefined, doubt: undefined }));
    if (!Array.isArray(journal.records)) return [];
    const stored: readonly Bytes[] = journal.records.map((record: unknown) =>
      record instanceof Uint8Array ? record : noRecord,
    );
    const { count, last, position, doubt } = reading;
    const grown = !doubt && (count === 0 || isSame(stored[count - 1], last));
    if (grown && stored.length === count) return [];
    let judged = grown
      ? this.#judge(address.device, stored.slice(count), position, count, vouched)
      : undefined;
    let bytes: readonly Bytes[] = stored.slice(count);
    if (!judged || (judged.fault && count + bytes.length > 1)) {
      // A till that lost the end of its journal and got it back may have recorded in between: the list is not its order.
      bytes = inOrder(address.device, stored);
      judged = this.#judge(address.device, bytes, undefined, 0, vouched);
    }
    reading.count = stored.length;
    reading.last = stored.at(-1);
    reading.position = judged.position;
    reading.doubt = judged.fault && { journal: name, ...judged.fault };
    return judged.records.filter((record, at) => this.#trade.apply(record, bytes[at]!));
  }

  doubts(): JournalDoubt[] {
    return [...this.#read.values()].flatMap((reading) => reading.doubt ?? []);
  }

  /** `before` records were read earlier; faults count from the first of all. */
  #judge(
    device: DeviceId,
    bytes: readonly Bytes[],
    position: JournalPosition | undefined,
    before: number,
    vouched: boolean,
  ): Judged {
    if (device === this.#own) return ownRecords(bytes, before);
    const owner = { store: this.#store, device };
    const decode = vouched ? decodeVouched : decodeRecord;
    const verdict = checkJournal(owner, bytes, position, decode);
    if (verdict.type === "right") return { ...verdict, fault: undefined };
    const right = checkJournal(owner, bytes.slice(0, verdict.index), position, decode);
    return {
      records: right.type === "right" ? right.records : [],
      position: right.type === "right" ? right.position : position,
      fault: { index: before + verdict.index, fault: verdict.fault },
    };
  }
}

const noRecord = new Uint8Array();

function decodeVouched(bytes: Bytes): StoredRecord | RecordFault {
  try {
    return decodeVouchedRecord(bytes);
  } catch (error) {
    return { type: "malformed", problem: error instanceof Error ? error.message : String(error) };
  }
}

/** Written here, or by an earlier process here: not checked again. What reads as no record at all came another way. */
function ownRecords(bytes: readonly Bytes[], before: number): Judged {
  const records: StoredRecord[] = [];
  for (const record of bytes) {
    const stored = decodeVouched(record);
    if ("type" in stored) {
      const index = before + records.length;
      return { records, position: undefined, fault: { index, fault: stored } };
    }
    records.push(stored);
  }
  return { records, position: undefined, fault: undefined };
}

/** By series and number, each once; as they stand where one of them is no record of the device. */
function inOrder(device: DeviceId, bytes: readonly Bytes[]): readonly Bytes[] {
  const known = new Map<HashHex, { readonly one: Bytes; readonly record: TillRecord }>();
  for (const one of bytes)
    try {
      const { hash, record } = decodeVouchedRecord(one);
      if (record.device !== device) return bytes;
      known.set(hash, { one, record });
    } catch {
      return bytes;
    }
  return [...known.values()]
    .toSorted((a, b) => a.record.series - b.record.series || a.record.seq - b.record.seq)
    .map(({ one }) => one);
}

function isSame(a: Bytes | undefined, b: Bytes | undefined): boolean {
  return a === b || (a !== undefined && b !== undefined && equalBytes(a, b));
}
