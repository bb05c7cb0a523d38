/**
 * What a till shows its screens. The till computes every figure; a screen only draws. Amounts are integers of the
 * store currency's minor units, quantities thousandths, percentages hundredths of a percent, times milliseconds.
 */

export interface StoreView {
  readonly name: string;
  readonly currency: string;
  /** Digits after the point of the currency. */
  readonly currencyDigits: number;
  readonly timeZone: string;
  readonly departments: readonly { readonly id: string; readonly name: string }[];
  readonly tenderMethods: readonly {
    readonly id: string;
    readonly kind: "cash" | "card" | "other";
    readonly name: string;
  }[];
  /** For the sign-in tiles; the role tells who may be asked for approval. */
  readonly staff: readonly {
    readonly id: string;
    readonly name: string;
    readonly role?: SessionView["role"];
  }[];
  readonly discountReasons: readonly string[];
}

export interface TillView {
  readonly device: string;
  readonly label: string;
  readonly version: string;
  /** `full`: takes no money it could not record. `damaged`: parts are being healed from neighbours. */
  readonly storage: "ok" | "full" | "damaged";
  readonly clock:
    | { readonly trusted: true }
    | {
        readonly trusted: false;
        readonly reason: "before-last-record" | "before-build" | "neighbours-disagree";
      };
  readonly day: string;
  readonly priceBook: { readonly generation: string; readonly items: number } | null;
}

export interface NetworkView {
  readonly state: "alone" | "neighbours" | "everything";
  readonly sinceMs: number;
  readonly neighbours: readonly {
    readonly device: string;
    readonly label: string;
    readonly state: "linked" | "reachable" | "silent";
    readonly lastHeardMs: number;
  }[];
  readonly relay: {
    readonly state: "up" | "down" | "unconfigured";
    readonly via: string | null;
    readonly pending: number;
  };
}

export interface SessionView {
  readonly staffId: string;
  readonly name: string;
  readonly role: "cashier" | "supervisor" | "manager";
  /** What this person may do without another's approval. */
  readonly may: readonly Permission[];
}

export type Permission =
  | "sell"
  | "discount"
  | "override-price"
  | "refund"
  | "refund-without-receipt"
  | "void-sale"
  | "open-drawer"
  | "manage";

export interface ShiftView {
  readonly id: string;
  readonly openedMs: number;
  readonly staffName: string;
  readonly floatMinor: number;
}

export interface DiscountView {
  readonly kind: "percent" | "amount";
  readonly percentBp?: number;
  readonly amountMinor?: number;
  readonly reason: string;
}

export interface CartLineView {
  readonly lineId: string;
  readonly itemId: string | null;
  readonly name: string;
  readonly quantityMilli: number;
  readonly unit: "piece" | "kg" | "l";
  readonly unitPriceMinor: number;
  /** The price-book price where the line sells at another. */
  readonly overriddenFromMinor?: number;
  readonly discounts: readonly { readonly amountMinor: number; readonly reason: string }[];
  readonly totalMinor: number;
  readonly isReturn: boolean;
  readonly ageYears?: number;
  /** Stock after this cart when it falls below zero. */
  readonly stockAfterMilli?: number;
}

export interface CartView {
  readonly cartId: string;
  readonly state: "open" | "suspended" | "remainder";
  readonly openedMs: number;
  readonly lines: readonly CartLineView[];
  readonly lastLineId: string | null;
  readonly discount: DiscountView | null;
  readonly customer: { readonly name: string; readonly taxExemptCertificate?: string } | null;
  readonly subtotalMinor: number;
  readonly savingsMinor: number;
  readonly taxMinor: number;
  readonly taxes: readonly {
    readonly name: string;
    readonly rateBp: number | null;
    readonly baseMinor: number;
    readonly taxMinor: number;
    readonly included: boolean;
  }[];
  readonly totalMinor: number;
  readonly tenders: readonly {
    readonly tenderId: string;
    readonly method: string;
    readonly methodName: string;
    readonly amountMinor: number;
  }[];
  /** Still to pay; below zero: still to give back. By cash it may be rounded. */
  readonly dueMinor: number;
  readonly dueCashMinor: number;
  readonly changeMinor: number;
  readonly quickCashMinor: readonly number[];
  readonly ageNeeded: number | null;
  readonly canUndo: boolean;
  /** Labels of other tills that hold this very cart open now. */
  readonly alsoOpenOn: readonly string[];
  /** A card charge may be in flight from before a take-over. */
  readonly moneyMayBeInFlight: boolean;
  /** Why it cannot be completed now; null when it can. */
  readonly blocked: BlockedReason | null;
}

export type BlockedReason =
  | "empty"
  | "not-paid"
  | "age-not-checked"
  | "storage-full"
  | "no-shift"
  /** A return line asks for more than its receipt has left. */
  | "return-too-many"
  /** It passes what can be reckoned, or a tax class is missing. */
  | "unsellable";

export interface OpenCartView {
  readonly cartId: string;
  readonly state: "open" | "suspended" | "remainder";
  readonly label: string;
  readonly tillLabel: string;
  readonly tillAlive: boolean;
  readonly here: boolean;
  readonly staffName: string;
  readonly openedMs: number;
  readonly lines: number;
  readonly totalMinor: number;
  readonly lastLineName: string;
}

/** The sale just finished, until the next cart begins. */
export interface PaidView {
  readonly receiptId: string;
  readonly number: string;
  readonly totalMinor: number;
  readonly paidMinor: number;
  readonly changeMinor: number;
  readonly receipt: readonly ReceiptLine[];
}

/** A receipt as laid out for 42 columns; the printer and the preview draw the same. */
export interface ReceiptLine {
  readonly kind: "title" | "text" | "row" | "total" | "rule" | "barcode";
  readonly left: string;
  readonly right?: string;
}

/** All that the customer's display may know. */
export interface CustomerView {
  readonly storeName: string;
  readonly currency: string;
  readonly currencyDigits: number;
  readonly state: "welcome" | "shopping" | "paying" | "thanks" | "closed";
  readonly lines: readonly {
    readonly name: string;
    readonly quantityMilli: number;
    readonly unit: "piece" | "kg" | "l";
    readonly totalMinor: number;
  }[];
  readonly savingsMinor: number;
  readonly totalMinor: number;
  readonly dueMinor: number;
  readonly changeMinor: number;
}

/** One socket's whole picture; each top-level key is sent again only when it changed. */
export interface ScreenView {
  readonly till: TillView;
  readonly store: StoreView;
  readonly network: NetworkView;
  readonly session: SessionView | null;
  readonly shift: ShiftView | null;
  readonly cart: CartView | null;
  readonly openCarts: readonly OpenCartView[];
  readonly paid: PaidView | null;
  readonly exceptions: number;
}

// Replies of commands that answer with more than "done".

export interface ItemView {
  readonly itemId: string;
  readonly name: string;
  readonly barcodes: readonly string[];
  readonly departmentId: string;
  readonly departmentName: string;
  readonly unit: "piece" | "kg" | "l";
  readonly priceMinor: number;
  readonly taxClass: string;
  readonly stockMilli: number | null;
  readonly ageYears?: number;
}

export interface ItemDetailView extends ItemView {
  readonly prices: readonly {
    readonly priceMinor: number;
    readonly fromMs: number;
    readonly staffName: string;
    readonly state: "past" | "in-force" | "scheduled";
  }[];
  /** Which tills have the newest price change, by what each last said of itself. */
  readonly spread: readonly {
    readonly device: string;
    readonly label: string;
    readonly has: boolean;
    readonly lastHeardMs: number;
  }[];
}

export interface SearchResult {
  readonly items: readonly ItemView[];
  readonly total: number;
}

export interface ReceiptSummary {
  readonly receiptId: string;
  readonly number: string;
  readonly kind: "sale" | "refund" | "void";
  readonly timeMs: number;
  readonly tillLabel: string;
  readonly staffName: string;
  readonly totalMinor: number;
  readonly lines: number;
  readonly voided: boolean;
}

export interface ReceiptDetail extends ReceiptSummary {
  readonly items: readonly {
    readonly lineNo: number;
    readonly name: string;
    readonly quantityMilli: number;
    readonly unit: "piece" | "kg" | "l";
    readonly totalMinor: number;
    readonly returnableMilli: number;
  }[];
  readonly receipt: readonly ReceiptLine[];
}

export interface ImportReport {
  readonly rows: number;
  readonly good: number;
  readonly bad: readonly { readonly line: number; readonly reason: string }[];
  readonly published: { readonly generation: string; readonly items: number } | null;
}

export interface ReportView {
  readonly day: string;
  readonly sales: number;
  readonly refunds: number;
  readonly voids: number;
  readonly grossMinor: number;
  readonly netMinor: number;
  readonly taxes: readonly { readonly name: string; readonly baseMinor: number; readonly taxMinor: number }[];
  readonly tenders: readonly { readonly method: string; readonly amountMinor: number }[];
  readonly tills: readonly {
    readonly device: string;
    readonly label: string;
    readonly sales: number;
    readonly grossMinor: number;
  }[];
  /** Cash expected in the drawer of each open shift. */
  readonly drawers: readonly {
    readonly device: string;
    readonly label: string;
    readonly expectedMinor: number;
    readonly countedMinor: number | null;
  }[];
}

export interface ExceptionView {
  readonly exceptionId: string;
  readonly kind:
    | "double-payment"
    | "refunds-exceed-sale"
    | "void-after-refund"
    | "voided-twice"
    | "negative-stock";
  readonly summary: string;
  readonly timeMs: number;
  readonly receipts: readonly ReceiptSummary[];
  readonly settled: { readonly note: string; readonly staffName: string; readonly timeMs: number } | null;
}

export interface CommandResult {
  readonly signIn: { readonly token: string; readonly session: SessionView };
  readonly tender: { readonly tenderId: string; readonly dueMinor: number; readonly changeMinor: number };
  readonly complete: PaidView;
  readonly scan: { readonly lineId: string; readonly name: string; readonly totalMinor: number };
  readonly addItem: { readonly lineId: string; readonly name: string; readonly totalMinor: number };
  readonly addDepartment: { readonly lineId: string; readonly name: string; readonly totalMinor: number };
  readonly returnLine: { readonly lineId: string };
  readonly returnWithoutReceipt: { readonly lineId: string };
  readonly closeShift: {
    readonly expectedCashMinor: number;
    readonly countedCashMinor: number;
    readonly overShortMinor: number;
  };
  readonly suspend: { readonly cartId: string };
  readonly newCart: { readonly cartId: string };
  readonly findReceipts: { readonly receipts: readonly ReceiptSummary[] };
  readonly receipt: ReceiptDetail;
  readonly reprint: { readonly receipt: readonly ReceiptLine[] };
  readonly voidSale: { readonly receiptId: string; readonly number: string };
  readonly search: SearchResult;
  readonly item: ItemDetailView;
  readonly setPrice: ItemDetailView;
  readonly cancelPrice: ItemDetailView;
  readonly importPriceBook: ImportReport;
  readonly report: ReportView;
  readonly exceptions: { readonly exceptions: readonly ExceptionView[] };
}
