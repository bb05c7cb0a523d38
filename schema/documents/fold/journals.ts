import type { Bytes, DeviceId, StoreId } from "../../bytes.ts";
import { type JournalDocument, type JournalFault, type JournalPosition, checkJournal } from "../journal.ts";
import { type DocumentName, parseDocumentName } from "../names.ts";
import { type StoredRecord, decodeVouchedRecord } from "../record.ts";
import type { TradeFold } from "./trade.ts";

/** A journal whose records are wrong from `index` on: what comes after is not believed. */
export interface JournalDoubt {
  readonly journal: DocumentName;
  readonly index: number;
  readonly fault: JournalFault;
}

interface Reading {
  count: number;
  position: JournalPosition | undefined;
  doubt: JournalDoubt | undefined;
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

  /** Folds what is new in a journal and answers with it; `journal` is the document, whatever others wrote into it. */
  read(name: DocumentName, journal: { readonly records?: unknown }): StoredRecord[] {
    const address = parseDocumentName(name);
    if (address?.kind !== "journal") return [];
    let reading = this.#read.get(name);
    if (!reading) this.#read.set(name, (reading = { count: 0, position: undefined, doubt: undefined }));
    const stored = journal.records;
    if (reading.doubt || !Array.isArray(stored) || stored.length <= reading.count) return [];
    const bytes = stored
      .slice(reading.count)
      .map((record) => (record instanceof Uint8Array ? record : new Uint8Array()));
    const records =
      address.device === this.#own
        ? this.#vouched(name, bytes, reading)
        : this.#others(name, address.device, bytes, reading);
    for (const [i, record] of records.entries()) this.#trade.apply(record, bytes[i]!);
    reading.count += records.length;
    return records;
  }

  doubts(): JournalDoubt[] {
    return [...this.#read.values()].flatMap((reading) => reading.doubt ?? []);
  }

  /** Written here, or by an earlier process here: not checked again. What reads as no record at all came another way. */
  #vouched(name: DocumentName, bytes: readonly Bytes[], reading: Reading): StoredRecord[] {
    const records: StoredRecord[] = [];
    for (const record of bytes)
      try {
        records.push(decodeVouchedRecord(record));
      } catch (error) {
        const problem = error instanceof Error ? error.message : String(error);
        const index = reading.count + records.length;
        reading.doubt = { journal: name, index, fault: { type: "malformed", problem } };
        break;
      }
    return records;
  }

  #others(name: DocumentName, device: DeviceId, bytes: readonly Bytes[], reading: Reading): StoredRecord[] {
    const owner = { store: this.#store, device };
    const verdict = checkJournal(owner, bytes, reading.position);
    if (verdict.type === "right") {
      reading.position = verdict.position;
      return [...verdict.records];
    }
    reading.doubt = { journal: name, index: reading.count + verdict.index, fault: verdict.fault };
    const before = checkJournal(owner, bytes.slice(0, verdict.index), reading.position);
    return before.type === "right" ? [...before.records] : [];
  }
}
