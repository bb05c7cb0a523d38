import type { HashHex } from "#schema/bytes.ts";
import type { LiveCart, LiveLine } from "#schema/documents/floor.ts";
import type { TradeFold } from "#schema/documents/fold/trade.ts";
import type { ReceiptBody, ReceiptBodyLine } from "#schema/documents/record-body.ts";
import type { Cart, CartLine, CartTotals, LineAmounts } from "#schema/domain/cart/cart.ts";
import { computeCart } from "#schema/domain/cart/cart-totals.ts";
import { type ReturnedPart, returnShare, returnableMilli } from "#schema/domain/refund/return-share.ts";
import type { StoreSettings } from "#schema/domain/settings.ts";
import { type Settlement, type Tender, settle } from "#schema/domain/tender/settle.ts";

/** A live cart with all its figures. */
export interface PricedCart {
  readonly live: LiveCart;
  readonly cart: Cart;
  readonly totals: CartTotals;
  readonly tenders: readonly Tender[];
  readonly settlement: Settlement;
  /** Return lines whose receipts no longer have so much to give back. */
  readonly overReturned: readonly { readonly lineId: string; readonly returnableMilli: number }[];
}

export function priceCart(live: LiveCart, trade: TradeFold, settings: StoreSettings): PricedCart {
  const returns = new ReturnsOfCart(trade);
  const cart: Cart = {
    lines: live.lines.map((line) => toCartLine(line, returns)),
    ...(live.discount ? { discount: live.discount } : {}),
    ...(live.customer?.certificate === undefined ? {} : { taxExempt: true }),
  };
  const totals = computeCart(cart, settings);
  const tenders = live.tenders
    .filter((tender) => !tender.void)
    .map((tender) => ({ method: tender.method, amountMinor: tender.amount }));
  return {
    live,
    cart,
    totals,
    tenders,
    settlement: settle(totals.totalMinor, tenders, settings),
    overReturned: returns.over,
  };
}

/** What may still come back of a receipt's line (from 1), thousandths. */
export function returnableOf(trade: TradeFold, receipt: HashHex, body: ReceiptBody, lineNo: number): number {
  const line = body.lines[lineNo - 1];
  if (!line || line.qty <= 0 || trade.isVoided(receipt)) return 0;
  return returnableMilli(line.qty, earlierReturns(trade, receipt, lineNo));
}

/** A record's line as the rules have amounts: as on the sale, so a return's are turned round. */
export function amountsOf(line: ReceiptBodyLine, body: ReceiptBody): LineAmounts {
  const sign = line.qty < 0 ? -1 : 1;
  const flip = (amount: number): number => (amount === 0 ? 0 : sign * amount);
  return {
    grossMinor: flip(line.gross),
    discountMinor: flip(line.discount),
    cartDiscountMinor: flip(line.share),
    exemptedMinor: flip(line.exempted),
    netMinor: flip(line.net),
    taxes: line.taxes.map(({ tax, base, amount }) => {
      const row = body.taxes.find((one) => one.tax === tax);
      return {
        taxId: tax,
        ratePpm: row?.ratePpm ?? null,
        included: row?.included ?? false,
        baseMinor: flip(base),
        taxMinor: flip(amount),
      };
    }),
    totalMinor: flip(line.total),
  };
}

function earlierReturns(trade: TradeFold, receipt: HashHex, lineNo: number): ReturnedPart[] {
  return trade.returnsOf(receipt, lineNo).flatMap(({ receipt: by }) => {
    const body = trade.receiptBody(by)!;
    return body.lines
      .filter((line) => line.of?.record === receipt && line.of.line === lineNo)
      .map((line) => ({ quantityMilli: -line.qty, amounts: amountsOf(line, body) }));
  });
}

/** Reckons a cart's return lines one after the other: each finds less to give back than the one before. */
class ReturnsOfCart {
  readonly over: { lineId: string; returnableMilli: number }[] = [];
  readonly #trade: TradeFold;
  readonly #taken = new Map<string, ReturnedPart[]>();

  constructor(trade: TradeFold) {
    this.#trade = trade;
  }

  shareOf(line: LiveLine, of: { readonly record: HashHex; readonly line: number }): LineAmounts {
    const body = this.#trade.receiptBody(of.record);
    const sold = body?.lines[of.line - 1];
    const key = `${of.record}/${of.line}`;
    const before = [...earlierReturns(this.#trade, of.record, of.line), ...(this.#taken.get(key) ?? [])];
    const wanted = Math.abs(line.qty);
    const share =
      body && sold && !this.#trade.isVoided(of.record)
        ? returnShare({ quantityMilli: sold.qty, amounts: amountsOf(sold, body) }, before, wanted)
        : ({ type: "return-too-many", returnableMilli: 0 } as const);
    if (share.type === "return-too-many") {
      this.over.push({ lineId: line.id, returnableMilli: share.returnableMilli });
      return nothing;
    }
    this.#taken.set(key, [...(this.#taken.get(key) ?? []), { quantityMilli: wanted, amounts: share.share }]);
    return share.share;
  }
}

const nothing: LineAmounts = {
  grossMinor: 0,
  discountMinor: 0,
  cartDiscountMinor: 0,
  exemptedMinor: 0,
  netMinor: 0,
  taxes: [],
  totalMinor: 0,
};

function toCartLine(line: LiveLine, returns: ReturnsOfCart): CartLine {
  const { item } = line;
  return {
    lineId: line.id,
    item: {
      itemId: item.item,
      name: item.name,
      unit: item.unit,
      unitPriceMinor: item.price,
      taxClassId: item.class,
      departmentId: item.dept,
      ...(item.age === undefined ? {} : { ageYears: item.age }),
      ...(item.code === undefined ? {} : { barcode: item.code }),
    },
    quantityMilli: line.qty,
    ...(item.fixed === undefined ? {} : { fixedTotalMinor: item.fixed }),
    ...(line.price ? { priceOverride: line.price } : {}),
    ...(line.discount ? { discount: line.discount } : {}),
    ...(item.of === undefined ? {} : { returned: returnedOf(line, item.of, returns) }),
    ...(line.void ? { voided: true } : {}),
  };
}

function returnedOf(
  line: LiveLine,
  of: NonNullable<LiveLine["item"]["of"]> | null,
  returns: ReturnsOfCart,
): NonNullable<CartLine["returned"]> {
  const reason = line.item.reason ?? "";
  if (of === null) return { kind: "no-receipt", reason };
  const share = line.void ? nothing : returns.shareOf(line, of);
  return { kind: "receipt", receiptId: of.record, lineNo: of.line, reason, share };
}
