import type { RoundingRule } from "../money/rational.ts";

interface TaxCommon {
  readonly id: string;
  /** As the receipt prints it. */
  readonly name: string;
  /** The shelf price contains it; otherwise it comes on top. */
  readonly included: boolean;
  /** Its amount enters the base of the taxes after it in the class. */
  readonly inLaterBase?: boolean;
}

interface PercentTax extends TaxCommon {
  readonly kind: "percent";
  /** Millionths: 5.5% is 55000, 9.975% is 99750. 0 is zero-rated, which is not exempt. */
  readonly ratePpm: number;
  /** Reckoned on the price alone, whatever taxes before it are in later bases. */
  readonly onPriceOnly?: boolean;
}

/** A fixed amount for each piece, kilogram or litre, such as a deposit levy or excise. */
interface FixedTax extends TaxCommon {
  readonly kind: "fixed";
  readonly perUnitMinor: number;
}

export type Tax = PercentTax | FixedTax;

/** What a department or item is taxed with, in this order. No taxes: exempt. */
export interface TaxClass {
  readonly id: string;
  readonly name: string;
  readonly taxes: readonly Tax[];
}

/**
 * Where tax is rounded. `line`: once for each position, that is for all of a cart's pieces of the same goods sold on
 * the same terms, so that scanning one by one and keying a quantity cost the same. `document`: once for each tax of
 * the cart. `stepMinor`: the smallest unit that tax is reckoned in.
 */
export interface TaxRounding {
  readonly per: "line" | "document";
  readonly stepMinor: number;
  readonly rule: RoundingRule;
}
