import type { DeviceId } from "../../bytes.ts";
import type { TillRecord } from "../record.ts";

interface TillTotals {
  sales: number;
  refunds: number;
  voids: number;
  gross: number;
}

const counters = { sale: "sales", refund: "refunds", void: "voids" } as const;

/** A trading day's takings of a store, minor units; voids take back what they void. */
export class DayTotals {
  sales = 0;
  refunds = 0;
  voids = 0;
  gross = 0;
  net = 0;
  readonly taxes = new Map<string, { base: number; amount: number }>();
  readonly tenders = new Map<string, number>();
  readonly tills = new Map<DeviceId, TillTotals>();

  apply(record: TillRecord): void {
    if (record.kind !== "sale" && record.kind !== "refund" && record.kind !== "void") return;
    const till = this.#till(record.device);
    const { body } = record;
    const counter = counters[record.kind];
    till[counter]++;
    this[counter]++;
    this.gross += body.total;
    this.net += body.net;
    till.gross += body.total;
    for (const tax of body.taxes) {
      const sum = this.taxes.get(tax.name) ?? { base: 0, amount: 0 };
      this.taxes.set(tax.name, { base: sum.base + tax.base, amount: sum.amount + tax.amount });
    }
    this.#tender(body.tenders, "change" in body ? body.change : 0);
  }

  /** Change is given in cash. */
  #tender(
    tenders: readonly { readonly method: string; readonly kind: string; readonly amount: number }[],
    change: number,
  ): void {
    for (const { method, amount } of tenders)
      this.tenders.set(method, (this.tenders.get(method) ?? 0) + amount);
    if (change === 0) return;
    const cash = tenders.find((tender) => tender.kind === "cash")?.method ?? "cash";
    this.tenders.set(cash, (this.tenders.get(cash) ?? 0) - change);
  }

  #till(device: DeviceId): TillTotals {
    let till = this.tills.get(device);
    if (!till) this.tills.set(device, (till = { sales: 0, refunds: 0, voids: 0, gross: 0 }));
    return till;
  }
}
