import { z } from "zod";

/**
 * What a record says, by kind. Written once, never changed, and read years later without the price book, the staff
 * list or the database: so names stand in it beside ids. Amounts are minor units of `currency`, quantities thousandths.
 */

const text = z.string().max(400);
const int = z.int();
const staff = z.object({ id: text, name: text });
const recordHash = z.string().regex(/^[0-9a-f]{64}$/);

/** One line of a receipt; amounts as `LineAmounts` of `schema/domain/cart`, below zero where goods come back. */
const receiptLine = z.object({
  /** The cart's line this covers; with `qty` it says what a remainder is. */
  id: text,
  item: text.nullable(),
  name: text,
  dept: text,
  class: text,
  unit: z.enum(["piece", "kg", "l"]),
  qty: int,
  price: int,
  /** The price-book price and why, where another was charged. */
  was: z.object({ price: int, reason: text }).optional(),
  gross: int,
  /** The line's own discount, and its share of the one on the whole cart. */
  discount: int,
  share: int,
  /** Both with their reasons, for the receipt. */
  reasons: z.array(z.object({ of: z.enum(["line", "cart"]), amount: int, reason: text })),
  exempted: int,
  net: int,
  /** Rate and kind stand in the receipt's table of taxes. */
  taxes: z.array(z.object({ tax: text, base: int, amount: int })),
  total: int,
  age: int.optional(),
  /** The receipt and line (from 1) that a return takes back; null when it came without a receipt. */
  of: z.object({ record: recordHash, line: int }).nullable().optional(),
  reason: text.optional(),
});

/** As printed; `tax` is null for goods that carry none. */
const taxTotal = z.object({
  tax: text.nullable(),
  name: text,
  ratePpm: int.nullable(),
  included: z.boolean(),
  treatment: z.enum(["taxed", "zero-rated", "exempt"]),
  base: int,
  amount: int,
});

const tender = z.object({
  id: text,
  method: text,
  kind: z.enum(["cash", "card", "other"]),
  amount: int,
  ref: text.optional(),
});

const receipt = z.object({
  /** Gap-free in the device's series, shared by sales, refunds and voids. */
  number: int,
  cart: text,
  day: text,
  shift: text,
  staff,
  currency: text,
  lines: z.array(receiptLine),
  taxes: z.array(taxTotal),
  subtotal: int,
  discount: int,
  savings: int,
  net: int,
  tax: int,
  /** What the customer owed before cash rounding; below zero when the shop paid out. */
  total: int,
  /** What cash rounding added. */
  rounding: int,
  tenders: z.array(tender),
  change: int,
  customer: z.object({ name: text, certificate: text.optional() }).optional(),
  ageChecked: int.optional(),
  approvals: z.array(z.object({ permission: text, staff })).optional(),
});

export const recordBodySchemas = {
  sale: receipt,
  refund: receipt,
  void: z.object({
    number: int,
    day: text,
    shift: text,
    staff,
    of: recordHash,
    ofNumber: int,
    currency: text,
    /** What was paid back, by tender, as amounts below zero for a sale; and the receipt's figures, taken back. */
    tenders: z.array(tender),
    total: int,
    net: int,
    taxes: z.array(taxTotal),
    /** What goes back on the shelf, thousandths by item. */
    goods: z.array(z.object({ item: text, qty: int })),
    reason: text,
    approvals: z.array(z.object({ permission: text, staff })).optional(),
  }),
  cash: z.object({
    day: text,
    shift: text,
    staff,
    direction: z.enum(["in", "out", "drop", "no-sale"]),
    amount: int,
    reason: text,
    approvals: z.array(z.object({ permission: text, staff })).optional(),
  }),
  shift: z.discriminatedUnion("event", [
    z.object({ event: z.literal("open"), id: text, day: text, staff, float: int }),
    z.object({
      event: z.literal("close"),
      id: text,
      day: text,
      staff,
      expected: int,
      counted: int,
      note: text.optional(),
    }),
  ]),
  stock: z.object({
    day: text,
    staff,
    movement: z.enum(["delivery", "count", "waste", "correction"]),
    /** Changes, also for a count: what was counted less what was thought to be there. */
    lines: z.array(z.object({ item: text, qty: int })),
    reason: text.optional(),
  }),
  settle: z.object({ day: text, staff, exception: text, note: text }),
} as const;

export type RecordKind = keyof typeof recordBodySchemas;
export type RecordBody<Kind extends RecordKind = RecordKind> = z.infer<(typeof recordBodySchemas)[Kind]>;
export type ReceiptBody = RecordBody<"sale">;
export type ReceiptBodyLine = ReceiptBody["lines"][number];
