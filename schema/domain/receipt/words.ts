/** Every word a receipt prints, so that it speaks the store's language. */
export interface ReceiptWords {
  readonly refund: string;
  readonly void: string;
  readonly copy: string;
  /** Before the number of a receipt. */
  readonly receipt: string;
  /** Before the number of the receipt that is voided or returned. */
  readonly ofReceipt: string;
  readonly servedBy: string;
  readonly customer: string;
  readonly taxExempt: string;
  readonly returned: string;
  /** The price-book price where another was charged. */
  readonly insteadOf: string;
  readonly subtotal: string;
  readonly discount: string;
  readonly taxTakenOff: string;
  readonly total: string;
  readonly rounding: string;
  readonly change: string;
  readonly paidOut: string;
  readonly savings: string;
  readonly taxHeading: string;
  /** "on": between a tax's name and its base. */
  readonly taxOn: string;
  readonly exempt: string;
  readonly units: { readonly piece: string; readonly kg: string; readonly l: string };
  readonly decimalPoint: "." | ",";
}

export const englishReceipt: ReceiptWords = {
  refund: "Refund",
  void: "Void",
  copy: "COPY",
  receipt: "No.",
  ofReceipt: "Of receipt",
  servedBy: "Served by",
  customer: "Customer",
  taxExempt: "Tax exempt, certificate",
  returned: "Returned",
  insteadOf: "instead of",
  subtotal: "Subtotal",
  discount: "Discount",
  taxTakenOff: "Tax taken off",
  total: "TOTAL",
  rounding: "Rounding",
  change: "Change",
  paidOut: "Paid out",
  savings: "You saved",
  taxHeading: "Tax",
  taxOn: "on",
  exempt: "No tax",
  units: { piece: "", kg: "kg", l: "l" },
  decimalPoint: ".",
};

export const hebrewReceipt: ReceiptWords = {
  refund: "זיכוי",
  void: "ביטול",
  copy: "העתק",
  receipt: "מס׳",
  ofReceipt: "עבור קבלה",
  servedBy: "קופאי:",
  customer: "לקוח",
  taxExempt: "פטור ממס, אישור",
  returned: "הוחזר",
  insteadOf: "במקום",
  subtotal: "סכום ביניים",
  discount: "הנחה",
  taxTakenOff: "מס שהופחת",
  total: "סה״כ",
  rounding: "עיגול",
  change: "עודף",
  paidOut: "הוחזר ללקוח",
  savings: "חסכת",
  taxHeading: "מס",
  taxOn: "על",
  exempt: "ללא מס",
  units: { piece: "", kg: "ק״ג", l: "ל׳" },
  decimalPoint: ".",
};
