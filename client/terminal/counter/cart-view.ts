import type { LineTotals } from "#schema/domain/cart/cart.ts";
import { quickCash } from "#schema/domain/tender/quick-cash.ts";
import type { BlockedReason, CartLineView, CartView } from "#schema/wire/views.ts";
import type { CartAt } from "#terminal/shop/carts.ts";
import { blockedReason } from "./blocked.ts";
import { type PricedCart, priceCart } from "./cart-model.ts";
import { type CounterContext, settingsOf } from "./context.ts";
import type { Session } from "./session.ts";

export function cartView(context: CounterContext, session: Session, at: CartAt): CartView {
  const settings = settingsOf(context);
  const priced = priceCart(at.cart, context.shop.trade, settings);
  const { totals, settlement, live } = priced;
  const methods = new Map(settings.tenderMethods.map((method) => [method.id, method]));
  return {
    cartId: live.id,
    state: at.remainder ? "remainder" : live.state === "suspended" ? "suspended" : "open",
    openedMs: live.openedMs,
    lines: totals.lines.map((line) => lineView(context, priced, line)),
    lastLineId: session.lastLine ?? totals.lines.at(-1)?.lineId ?? null,
    discount: live.discount,
    customer: live.customer && {
      name: live.customer.name,
      ...(live.customer.certificate === undefined ? {} : { taxExemptCertificate: live.customer.certificate }),
    },
    subtotalMinor: totals.subtotalMinor,
    savingsMinor: totals.savingsMinor,
    taxMinor: totals.taxMinor,
    taxes: totals.taxes.map((tax) => ({
      name: tax.name,
      rateBp: tax.ratePpm === null ? null : tax.ratePpm / 100,
      baseMinor: tax.baseMinor,
      taxMinor: tax.taxMinor,
      included: tax.included,
    })),
    totalMinor: totals.totalMinor,
    tenders: live.tenders
      .filter((tender) => !tender.void)
      .map((tender) => ({
        tenderId: tender.id,
        method: tender.method,
        methodName: methods.get(tender.method)?.name ?? tender.method,
        amountMinor: tender.amount,
      })),
    dueMinor: settlement.dueMinor,
    dueCashMinor: settlement.dueCashMinor,
    changeMinor: settlement.changeMinor,
    quickCashMinor: quickCash(settlement.dueCashMinor, settings.currency),
    ageNeeded: totals.ageNeeded !== null && (live.age ?? 0) < totals.ageNeeded ? totals.ageNeeded : null,
    canUndo: session.undo.length > 0,
    alsoOpenOn: context.neighbourhood.holders(live.id).map((device) => context.shop.labelOf(device)),
    moneyMayBeInFlight: live.tenders.some(
      (tender) => !tender.void && tender.kind === "card" && tender.device !== context.device,
    ),
    blocked: blocked(context, priced),
  };
}

function blocked(context: CounterContext, priced: PricedCart): BlockedReason | null {
  return blockedReason(context, priced)?.reason ?? null;
}

function lineView(context: CounterContext, priced: PricedCart, line: LineTotals): CartLineView {
  const live = priced.live.lines.find((one) => one.id === line.lineId)!;
  const { item } = live;
  const after = item.item === null || line.isReturn ? undefined : stockAfter(context, priced, item.item);
  return {
    lineId: line.lineId,
    itemId: item.item,
    name: item.name,
    quantityMilli: line.quantityMilli,
    unit: item.unit,
    unitPriceMinor: line.unitPriceMinor,
    ...(live.price ? { overriddenFromMinor: item.price } : {}),
    discounts: line.discounts.map(({ amountMinor, reason }) => ({ amountMinor, reason })),
    totalMinor: line.subtotalMinor,
    isReturn: line.isReturn,
    ...(item.age === undefined ? {} : { ageYears: item.age }),
    ...(after !== undefined && after < 0 ? { stockAfterMilli: after } : {}),
  };
}

/** What will be left when this cart is sold; undefined where no stock is kept. */
function stockAfter(context: CounterContext, priced: PricedCart, item: string): number | undefined {
  const stock = context.shop.stock.of(item);
  if (stock === undefined) return undefined;
  return priced.live.lines.reduce(
    (left, line) => (line.item.item === item && !line.void ? left - line.qty : left),
    stock,
  );
}
