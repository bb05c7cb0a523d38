import type { Bytes, DeviceId, StoreId } from "#schema/bytes.ts";
import { TradeFold } from "#schema/documents/fold/trade.ts";
import {
  type JournalDocument,
  type JournalFault,
  type JournalPosition,
  checkJournal,
} from "#schema/documents/journal.ts";
import { type DocumentName, parseDocumentName } from "#schema/documents/names.ts";
import type { AnyDocument } from "./log-reader.ts";

/** The figures of one trading day; money in minor units of the store's currency. */
export interface DayReport {
  readonly store: StoreId;
  readonly day: string;
  readonly sales: number;
  readonly refunds: number;
  readonly voids: number;
  readonly gross: number;
  readonly net: number;
  readonly taxes: readonly { readonly name: string; readonly base: number; readonly amount: number }[];
  readonly tenders: readonly { readonly method: string; readonly amount: number }[];
  readonly tills: readonly {
    readonly device: DeviceId;
    readonly sales: number;
    readonly refunds: number;
    readonly voids: number;
    readonly gross: number;
  }[];
  /** Of all days: what only a person can settle, and journals with a record that is wrong. */
  readonly exceptions: number;
  readonly faults: readonly {
    readonly journal: DocumentName;
    readonly index: number;
    readonly fault: string;
  }[];
}

/** A store's journals, checked record by record and folded with the same code as on a till. */
export interface TradeReports {
  /** These documents have changed. */
  update(documents: ReadonlyMap<DocumentName, AnyDocument>, changed: Iterable<DocumentName>): void;
  day(day: string): DayReport;
  fold(): TradeFold;
}

interface Folded {
  count: number;
  position: JournalPosition | undefined;
  fault: { readonly index: number; readonly fault: JournalFault } | undefined;
}

export function createTradeReports(store: StoreId): TradeReports {
  let fold = new TradeFold();
  let journals = new Map<DocumentName, Folded>();

  function foldJournal(name: DocumentName, device: DeviceId, doc: AnyDocument): void {
    const folded = journals.get(name) ?? { count: 0, position: undefined, fault: undefined };
    journals.set(name, folded);
    if (folded.fault) return;
    const records = recordsOf(doc).slice(folded.count);
    for (const bytes of records) {
      const verdict = checkJournal({ store, device }, [bytes], folded.position);
      if (verdict.type === "wrong") {
        folded.fault = { index: folded.count, fault: verdict.fault };
        return;
      }
      fold.apply(verdict.records[0]!, bytes);
      folded.count += 1;
      folded.position = verdict.position;
    }
  }

  /** Records of a till must be folded in its own order: a day that arrives after a later one means to fold anew. */
  function comesTooLate(name: DocumentName): boolean {
    const address = parseDocumentName(name);
    if (address?.kind !== "journal") return false;
    return [...journals].some(([other, { count }]) => {
      const later = parseDocumentName(other);
      return (
        later?.kind === "journal" && later.device === address.device && later.day > address.day && count > 0
      );
    });
  }

  return {
    update(documents, changed) {
      let names = [...changed].filter((name) => parseDocumentName(name)?.kind === "journal");
      if (names.some(comesTooLate)) {
        fold = new TradeFold();
        journals = new Map();
        names = [...documents.keys()].filter((name) => parseDocumentName(name)?.kind === "journal");
      }
      // A journal's name ends in its day: sorted by name, each till's days are in order.
      for (const name of names.toSorted()) {
        const address = parseDocumentName(name);
        const doc = documents.get(name);
        if (address?.kind === "journal" && doc !== undefined) foldJournal(name, address.device, doc);
      }
    },
    fold: () => fold,
    day(day) {
      const totals = fold.day(day);
      return {
        store,
        day,
        sales: totals.sales,
        refunds: totals.refunds,
        voids: totals.voids,
        gross: totals.gross,
        net: totals.net,
        taxes: [...totals.taxes].map(([name, sums]) => ({ name, ...sums })),
        tenders: [...totals.tenders].map(([method, amount]) => ({ method, amount })),
        tills: [...totals.tills].map(([device, sums]) => ({ device, ...sums })),
        exceptions: fold.exceptions().length,
        faults: [...journals].flatMap(([journal, { fault }]) =>
          fault ? [{ journal, index: fault.index, fault: fault.fault.type }] : [],
        ),
      };
    },
  };
}

/** Whatever another till wrote into the document, only byte strings can be records. */
function recordsOf(doc: AnyDocument): readonly Bytes[] {
  const { records } = doc as Partial<JournalDocument>;
  return Array.isArray(records)
    ? records.map((bytes) => (bytes instanceof Uint8Array ? bytes : new Uint8Array()))
    : [];
}
