import type { DeviceId, StoreId } from "#schema/bytes.ts";
import { Journals } from "#schema/documents/fold/journals.ts";
import { TradeFold } from "#schema/documents/fold/trade.ts";
import type { DocumentName } from "#schema/documents/names.ts";
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
}

export function createTradeReports(store: StoreId): TradeReports {
  const trade = new TradeFold();
  const journals = new Journals(store, null, trade);
  return {
    update(documents, changed) {
      for (const name of changed) {
        const document = documents.get(name);
        if (document) journals.read(name, document);
      }
    },
    day(day) {
      const totals = trade.day(day);
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
        exceptions: trade.exceptions().length,
        faults: journals.doubts().map(({ journal, index, fault }) => ({ journal, index, fault: fault.type })),
      };
    },
  };
}
