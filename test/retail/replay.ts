import type { RetailRow } from "#fixtures/online-retail.ts";
import type { TillClient } from "../process/support/till-client.ts";
import { until } from "../process/support/until.ts";
import { type PlannedInvoice, type TakenBack, isService, planInvoices } from "./plan.ts";
import { serviceDepartment } from "./retail-store.ts";

/** Two people at one till, its shift open. */
export interface StaffedTill {
  /** Sells, and may sell at another price. */
  readonly manager: TillClient;
  /** Takes goods back. */
  readonly cashier: TillClient;
  /** What the manager says to what the cashier may not do alone. */
  readonly approval: { readonly staffId: string; readonly pin: string };
}

export interface PlayedInvoice {
  readonly invoice: string;
  /** Position of the till that took it. */
  readonly till: number;
  readonly type: PlannedInvoice["type"];
  /** Null for what moves stock, not money. */
  readonly receipt: {
    readonly receiptId: string;
    readonly number: string;
    readonly totalMinor: number;
  } | null;
  /** Rows taken back by receipt, those of them whose receipt is another till's, and rows without one. */
  readonly returns: { readonly byReceipt: number; readonly fromOtherTill: number; readonly without: number };
}

interface Sold {
  readonly till: number;
  readonly receiptId: string;
}

const noReturns = { byReceipt: 0, fromOtherTill: 0, without: 0 };

/**
 * Plays real trade through real tills, invoice by invoice, each till its share at the same time as the others. A row at
 * another price than `bookPence` says is a price override, a cancellation a refund: by receipt where the file has what
 * it cancels, on whatever till that was, else without one and approved.
 */
export async function replay(
  rows: readonly RetailRow[],
  bookPence: ReadonlyMap<string, number>,
  tills: readonly StaffedTill[],
): Promise<readonly PlayedInvoice[]> {
  const plan = planInvoices(rows);
  const sales = new Map(
    plan.flatMap((one) => (one.type === "sale" ? [[one.invoice, Promise.withResolvers<Sold>()]] : [])),
  );
  for (const { promise } of sales.values()) promise.catch(() => undefined);
  const work = async (till: StaffedTill, place: number): Promise<PlayedInvoice[]> => {
    const played: PlayedInvoice[] = [];
    for (const planned of plan.filter((_, at) => at % tills.length === place)) {
      if (planned.type === "sale") {
        const receipt = await sell(till, planned.rows, bookPence);
        sales.get(planned.invoice)!.resolve({ till: place, receiptId: receipt.receiptId });
        played.push({ ...planned, till: place, receipt, returns: noReturns });
      } else if (planned.type === "refund") {
        const returns = { ...noReturns };
        for (const { row, of } of planned.rows) {
          const originals = await Promise.all(of.map((one) => sales.get(one.invoice)!.promise));
          if (of.length === 0) returns.without++;
          else returns.byReceipt++;
          if (originals.some((one) => one.till !== place)) returns.fromOtherTill++;
          await takeBack(till, row, of, originals);
        }
        played.push({ ...planned, till: place, receipt: await finish(till.cashier), returns });
      } else {
        await adjust(till.manager, planned.rows);
        played.push({ ...planned, till: place, receipt: null, returns: noReturns });
      }
    }
    return played;
  };
  const giveUp = (error: unknown): never => {
    for (const { reject } of sales.values()) reject(error);
    throw error;
  };
  const played = await Promise.all(tills.map((till, place) => work(till, place).catch(giveUp)));
  return played.flat();
}

async function sell(
  { manager }: StaffedTill,
  rows: readonly RetailRow[],
  bookPence: ReadonlyMap<string, number>,
) {
  for (const [at, { stockCode, description, quantity, unitPricePence }] of rows.entries()) {
    const measure = { quantityMilli: quantity * 1000, confirm: true };
    if (isService(stockCode)) {
      await manager.command("addDepartment", {
        departmentId: serviceDepartment,
        priceMinor: unitPricePence,
        name: description || stockCode,
        ...measure,
      });
      continue;
    }
    const { lineId } = await manager.command("addItem", { itemId: stockCode, ...measure });
    // The same goods keyed again would join this line, unless it has a price of its own: every row is a line here.
    const again = rows[at + 1]?.stockCode === stockCode;
    if (unitPricePence === bookPence.get(stockCode) && !again) continue;
    const price = { lineId, priceMinor: unitPricePence, reason: "Price of the invoice", confirm: true };
    await manager.command("overridePrice", price);
  }
  return await finish(manager);
}

async function takeBack(
  { cashier, approval }: StaffedTill,
  row: RetailRow,
  of: readonly TakenBack[],
  originals: readonly Sold[],
): Promise<void> {
  const reason = "Cancelled";
  if (of.length === 0) {
    const goods = {
      itemId: row.stockCode,
      quantityMilli: -row.quantity * 1000,
      priceMinor: row.unitPricePence,
    };
    await cashier.command("returnWithoutReceipt", { ...goods, reason, approval });
    return;
  }
  for (const [at, { row: sold, pieces }] of of.entries()) {
    const { receiptId } = originals[at]!;
    await until(
      `the receipt of ${of[at]!.invoice} is known here`,
      async () => (await cashier.try("receipt", { receiptId })).ok,
      60_000,
    );
    const goods = { receiptId, lineNo: sold + 1, quantityMilli: pieces * 1000 };
    await cashier.command("returnLine", { ...goods, reason, approval });
  }
}

/** By cash and by card in turn, as much as is due. */
async function finish(client: TillClient): Promise<NonNullable<PlayedInvoice["receipt"]>> {
  const { cart } = await client.view();
  if (!cart) throw new Error("there is no cart to finish");
  const method = cart.lines.length % 2 === 0 ? "cash" : "card";
  const amountMinor = method === "cash" ? cart.dueCashMinor : cart.dueMinor;
  if (amountMinor !== 0) await client.command("tender", { method, amountMinor, confirm: true });
  const { receiptId, number, totalMinor } = await client.command("complete", { cartId: cart.cartId });
  return { receiptId, number, totalMinor };
}

async function adjust(manager: TillClient, rows: readonly RetailRow[]): Promise<void> {
  await manager.command("receiveStock", {
    movement: "correction",
    lines: rows.map(({ stockCode, quantity }) => ({ itemId: stockCode, quantityMilli: quantity * 1000 })),
    reason: "Adjusted",
  });
}
