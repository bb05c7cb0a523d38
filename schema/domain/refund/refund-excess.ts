/** What went back of one receipt's line, in one refund; as on the sale (not negated). */
export interface LineRefund {
  /** From 1. */
  readonly lineNo: number;
  readonly quantityMilli: number;
  readonly totalMinor: number;
}

export interface RefundExcess {
  readonly lineNo: number;
  readonly soldMilli: number;
  readonly returnedMilli: number;
  readonly paidMinor: number;
  readonly refundedMinor: number;
}

/**
 * The lines of a receipt of which more went back than was sold, which only refunds made apart can do: each till gave
 * no more than it knew of. Empty when all is well. By quantity; the money says how much the shop is out.
 */
export function refundExcess(
  soldLines: readonly { readonly quantityMilli: number; readonly totalMinor: number }[],
  refunds: readonly LineRefund[],
): RefundExcess[] {
  return soldLines.flatMap((sold, at) => {
    const back = refunds.filter((refund) => refund.lineNo === at + 1);
    const returnedMilli = back.reduce((sum, refund) => sum + refund.quantityMilli, 0);
    if (returnedMilli <= sold.quantityMilli) return [];
    return {
      lineNo: at + 1,
      soldMilli: sold.quantityMilli,
      returnedMilli,
      paidMinor: sold.totalMinor,
      refundedMinor: back.reduce((sum, refund) => sum + refund.totalMinor, 0),
    };
  });
}

export type VoidRefusal = {
  readonly type: "not-voidable";
  readonly why: "already-voided" | "partly-returned" | "other-shift" | "a-void";
};

/** Whether a finished receipt may be voided; null when it may. What is past that is a refund. */
export function refuseVoid(receipt: {
  readonly kind: "sale" | "refund" | "void";
  readonly voided: boolean;
  readonly returnedMilli: number;
  /** It belongs to the shift that is open on this till. */
  readonly ofThisShift: boolean;
}): VoidRefusal | null {
  if (receipt.kind === "void") return { type: "not-voidable", why: "a-void" };
  if (receipt.voided) return { type: "not-voidable", why: "already-voided" };
  if (receipt.returnedMilli > 0) return { type: "not-voidable", why: "partly-returned" };
  if (!receipt.ofThisShift) return { type: "not-voidable", why: "other-shift" };
  return null;
}
