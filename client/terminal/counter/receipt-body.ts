import type { CartTotals, LineTotals } from "#schema/domain/cart/cart.ts";
import type { ReceiptBody, ReceiptBodyLine } from "#schema/documents/record-body.ts";
import type { LiveCart, LiveLine } from "#schema/documents/floor.ts";
import type { ShiftEntry } from "#schema/documents/fold/trade.ts";
import { type CounterContext, settingsOf, today } from "./context.ts";
import type { PricedCart } from "./cart-model.ts";
import type { Session } from "./session.ts";

/** What the record of a finished cart says; all figures are the rules' own. */
export function receiptBody(
  context: CounterContext,
  session: Session,
  shift: ShiftEntry,
  priced: PricedCart,
  number: number,
): ReceiptBody {
  const { live, totals, settlement } = priced;
  return {
    number,
    cart: live.id,
    day: today(context),
    shift: shift.id,
    staff: { id: session.staff.id, name: session.staff.name },
    currency: settingsOf(context).currency,
    lines: totals.lines.map((line) =>
      bodyLine(
        line,
        live.lines.find((one) => one.id === line.lineId)!,
      ),
    ),
    taxes: totals.taxes.map((tax) => ({
      tax: tax.taxId,
      name: tax.name,
      ratePpm: tax.ratePpm,
      included: tax.included,
      treatment: tax.treatment,
      base: tax.baseMinor,
      amount: tax.taxMinor,
    })),
    subtotal: totals.subtotalMinor,
    discount: totals.cartDiscountMinor,
    savings: totals.savingsMinor,
    net: totals.netMinor,
    tax: totals.taxMinor,
    total: totals.totalMinor,
    rounding: settlement.roundingMinor,
    tenders: tendersOf(live),
    change: settlement.changeMinor,
    ...(live.customer ? { customer: live.customer } : {}),
    ...(live.age === null ? {} : { ageChecked: live.age }),
    ...(live.approvals.length > 0 ? { approvals: [...live.approvals] } : {}),
  };
}

/** A receipt that sells nothing and gives back is a refund; an exchange is a sale. */
export function receiptKind(totals: CartTotals): "sale" | "refund" {
  return totals.lines.length > 0 && totals.lines.every((line) => line.isReturn) ? "refund" : "sale";
}

function tendersOf(live: LiveCart): ReceiptBody["tenders"] {
  return live.tenders
    .filter((tender) => !tender.void)
    .map(({ id, method, kind, amount, ref }) => ({
      id,
      method,
      kind,
      amount,
      ...(ref === undefined ? {} : { ref }),
    }));
}

function bodyLine(line: LineTotals, live: LiveLine): ReceiptBodyLine {
  const { item } = live;
  return {
    id: line.lineId,
    item: item.item,
    name: item.name,
    dept: item.dept,
    class: item.class,
    unit: item.unit,
    qty: line.quantityMilli,
    price: line.unitPriceMinor,
    ...(live.price ? { was: { price: item.price, reason: live.price.reason } } : {}),
    gross: line.grossMinor,
    discount: line.discountMinor,
    share: line.cartDiscountMinor,
    reasons: line.discounts.map(({ of, amountMinor, reason }) => ({ of, amount: amountMinor, reason })),
    exempted: line.exemptedMinor,
    net: line.netMinor,
    taxes: line.taxes.map((tax) => ({ tax: tax.taxId, base: tax.baseMinor, amount: tax.taxMinor })),
    total: line.totalMinor,
    ...(item.age === undefined ? {} : { age: item.age }),
    ...(item.of === undefined ? {} : { of: item.of }),
    ...(item.reason === undefined ? {} : { reason: item.reason }),
  };
}
