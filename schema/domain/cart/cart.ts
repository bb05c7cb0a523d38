/** What is in a cart, as the rules see it: plain values, whichever document they come from. */

export type Unit = "piece" | "kg" | "l";

/** A reduction with its reason; both kinds are taken before excluded taxes and never exceed what they reduce. */
export type Discount =
  | { readonly kind: "percent"; readonly percentBp: number; readonly reason: string }
  | { readonly kind: "amount"; readonly amountMinor: number; readonly reason: string };

/** What is sold, as it was when it came into the cart. */
export interface CartItem {
  /** Null for an open-department sale. */
  readonly itemId: string | null;
  readonly name: string;
  readonly unit: Unit;
  /** For a piece, a kilogram or a litre; at least 0. With or without tax as the tax class says. */
  readonly unitPriceMinor: number;
  readonly taxClassId: string;
  readonly departmentId: string;
  readonly ageYears?: number;
  readonly barcode?: string;
}

/** A tax of one line. `ratePpm` is null for a fixed amount. */
export interface LineTax {
  readonly taxId: string;
  readonly ratePpm: number | null;
  readonly included: boolean;
  readonly baseMinor: number;
  readonly taxMinor: number;
}

/**
 * The figures of a line. Always, exactly:
 * gross - discount - cartDiscount = price = net + exempted + included taxes, and total = net + all taxes.
 */
export interface LineAmounts {
  /** Quantity at the unit price. */
  readonly grossMinor: number;
  /** The line's own discount. */
  readonly discountMinor: number;
  /** Its share of the discount on the whole cart. */
  readonly cartDiscountMinor: number;
  /** Included tax that an exempt customer was not charged. */
  readonly exemptedMinor: number;
  readonly netMinor: number;
  readonly taxes: readonly LineTax[];
  /** What the customer owes for the line. */
  readonly totalMinor: number;
}

/** Goods that come back. */
type Returned =
  | {
      readonly kind: "receipt";
      readonly receiptId: string;
      /** Counts from 1. */
      readonly lineNo: number;
      readonly reason: string;
      /** The share of what was paid that goes back, all figures as on the sale (not negated): see `refund/`. */
      readonly share: LineAmounts;
    }
  | { readonly kind: "no-receipt"; readonly reason: string };

export interface CartLine {
  readonly lineId: string;
  readonly item: CartItem;
  /** Thousandths of the item's unit. Below zero, like any `returned` line whatever its sign: goods come back. */
  readonly quantityMilli: number;
  /** The whole line's price where a barcode carried it; whoever changes the quantity takes it out. */
  readonly fixedTotalMinor?: number;
  /** Sells at this unit price instead; also takes the place of `fixedTotalMinor`. */
  readonly priceOverride?: { readonly priceMinor: number; readonly reason: string };
  readonly discount?: Discount;
  readonly returned?: Returned;
  /** Struck out: counts for nothing. */
  readonly voided?: boolean;
}

export interface Cart {
  readonly lines: readonly CartLine[];
  /** On what is sold; never on what comes back. */
  readonly discount?: Discount;
  /** The customer's certificate was seen: no tax is charged, and tax in the price is taken out of it. */
  readonly taxExempt?: boolean;
}

export interface LineTotals extends LineAmounts {
  readonly lineId: string;
  readonly isReturn: boolean;
  /** Thousandths, below zero where goods come back. */
  readonly quantityMilli: number;
  /** The price it sells at; 0 is possible. */
  readonly unitPriceMinor: number;
  /** What the screen shows beside the line: gross less the line's own discount. */
  readonly subtotalMinor: number;
  /** The line's own and its share of the cart's, with their reasons; those of zero are left out. */
  readonly discounts: readonly {
    readonly of: "line" | "cart";
    readonly amountMinor: number;
    readonly reason: string;
  }[];
}

/** One row of the tax table that the receipt prints. */
export interface TaxTotal {
  /** Null: the goods that carry no tax at all. */
  readonly taxId: string | null;
  readonly name: string;
  readonly ratePpm: number | null;
  readonly included: boolean;
  readonly treatment: "taxed" | "zero-rated" | "exempt";
  readonly baseMinor: number;
  readonly taxMinor: number;
}

export type CartProblem =
  /** Passes what can be counted exactly; must not be sold. */
  | { readonly type: "too-large"; readonly lineId: string }
  /** Sold without tax for want of its class; must not be sold. */
  | { readonly type: "unknown-tax-class"; readonly lineId: string; readonly taxClassId: string };

/**
 * All figures of a cart. Lines that come back are below zero in every figure (a discount taken back included), so each
 * sum is simply the sum of the lines: subtotal - cartDiscount - exempted + taxes that are not included = total.
 */
export interface CartTotals {
  /** In the order of the cart, struck lines left out. */
  readonly lines: readonly LineTotals[];
  readonly subtotalMinor: number;
  readonly cartDiscountMinor: number;
  /** Discounts on what is sold. */
  readonly savingsMinor: number;
  readonly exemptedMinor: number;
  readonly netMinor: number;
  readonly taxMinor: number;
  readonly taxes: readonly TaxTotal[];
  /** What the customer owes; below zero: what the shop owes. Before cash rounding. */
  readonly totalMinor: number;
  /** The highest age any sold item asks for. */
  readonly ageNeeded: number | null;
  readonly problems: readonly CartProblem[];
}
