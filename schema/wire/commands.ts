import { z } from "zod";

/**
 * Every command a screen or another program may give a till: the shapes that are checked at the door, that the
 * screens are typed by, and that `/api/openapi.json` is generated from.
 *
 * Money is `…Minor`: an integer count of the store currency's minor units. Quantities are `…Milli`: thousandths of a
 * piece, a kilogram or a litre. Percentages are `…Bp`: hundredths of a percent. Times are ISO 8601 with an offset.
 */
const id = z.string().min(1).max(128);
const reason = z.string().trim().min(1).max(200);
const minor = z.int().min(-1e12).max(1e12);
const amount = z.int().min(0).max(1e12);
const quantityMilli = z.int().min(-1e9).max(1e9);
/** Another person's agreement, typed at this till. */
const approval = z.object({ staffId: id, pin: z.string().min(4).max(12) });
const approvalField = { approval: approval.optional() };
/** Given again with `true` after a reply of code `confirm`. */
const confirmField = { confirm: z.boolean().optional() };
/** Names one attempt: repeated with the same value after a lost reply, the command is done once. */
const requestField = { requestId: id.optional() };

export const discountSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("percent"), percentBp: z.int().min(1).max(10_000), reason }),
  z.object({ kind: z.literal("amount"), amountMinor: z.int().min(1).max(1e12), reason }),
]);

const none = z.object({});

interface CommandSpec {
  readonly summary: string;
  /** Who may: `open` before anybody has signed in, `session` any signed-in person, `manage` managers. */
  readonly access: "open" | "session" | "manage";
  readonly input: z.ZodType;
}

export const commands = {
  signIn: {
    summary: "Begin a staff session on this till",
    access: "open",
    input: z.object({ staffId: id, pin: z.string().min(4).max(12) }),
  },
  lock: { summary: "End the staff session; the cart stays where it is", access: "session", input: none },

  openShift: {
    summary: "Open a shift on this till with a counted float",
    access: "session",
    input: z.object({ floatMinor: amount, ...confirmField }),
  },
  closeShift: {
    summary: "Close the shift with the cash that was counted in the drawer",
    access: "session",
    input: z.object({ countedCashMinor: amount, note: z.string().max(200).optional(), ...confirmField }),
  },
  moveCash: {
    summary: "Pay in, pay out, or drop cash to the safe",
    access: "session",
    input: z.object({
      direction: z.enum(["in", "out", "drop"]),
      amountMinor: z.int().min(1).max(1e12),
      reason,
      ...confirmField,
    }),
  },
  openDrawer: {
    summary: "Open the drawer without a sale",
    access: "session",
    input: z.object({ reason, ...approvalField }),
  },

  scan: {
    summary: "Add what a barcode names; opens a cart when there is none",
    access: "session",
    input: z.object({
      code: z.string().min(1).max(4096),
      quantityMilli: quantityMilli.optional(),
      ...confirmField,
      ...approvalField,
    }),
  },
  addItem: {
    summary: "Add an item of the price book by its id",
    access: "session",
    input: z.object({ itemId: id, quantityMilli: quantityMilli.optional(), ...confirmField }),
  },
  addDepartment: {
    summary: "Sell at an open price under a department",
    access: "session",
    input: z.object({
      departmentId: id,
      priceMinor: amount,
      quantityMilli: quantityMilli.optional(),
      name: z.string().max(80).optional(),
      ...confirmField,
    }),
  },
  setQuantity: {
    summary: "Change a line's quantity",
    access: "session",
    input: z.object({ lineId: id, quantityMilli: quantityMilli, ...confirmField }),
  },
  discountLine: {
    summary: "Set or clear (null) a line's discount",
    access: "session",
    input: z.object({ lineId: id, discount: discountSchema.nullable(), ...approvalField }),
  },
  discountCart: {
    summary: "Set or clear (null) the discount on the whole cart",
    access: "session",
    input: z.object({ discount: discountSchema.nullable(), ...approvalField }),
  },
  overridePrice: {
    summary: "Sell a line at another unit price, or at its own again (null)",
    access: "session",
    input: z.object({
      lineId: id,
      priceMinor: amount.nullable(),
      reason: reason.optional(),
      ...approvalField,
      ...confirmField,
    }),
  },
  voidLine: { summary: "Strike a line from the cart", access: "session", input: z.object({ lineId: id }) },
  undo: { summary: "Take back this session's last change to the cart", access: "session", input: none },
  setCustomer: {
    summary: "Name the customer; a tax exemption needs its certificate; null clears both",
    access: "session",
    input: z.object({
      customer: z
        .object({
          name: z.string().trim().min(1).max(120),
          taxExemptCertificate: z.string().trim().max(60).optional(),
        })
        .nullable(),
    }),
  },
  confirmAge: {
    summary: "State that the customer's age was checked, for the age-restricted items of this cart",
    access: "session",
    input: z.object({ years: z.int().min(1).max(120) }),
  },
  newCart: {
    summary: "Open an empty cart; the one in hand must be empty, suspended or finished",
    access: "session",
    input: none,
  },
  suspend: {
    summary: "Put the cart aside for any till",
    access: "session",
    input: z.object({ label: z.string().trim().max(60).optional() }),
  },
  recall: {
    summary: "Take up a suspended cart, or one of a remainder",
    access: "session",
    input: z.object({ cartId: id }),
  },
  takeOver: {
    summary: "Take up a cart that is open on another till",
    access: "session",
    input: z.object({ cartId: id, ...confirmField }),
  },
  voidCart: { summary: "Abandon the cart", access: "session", input: z.object({ reason }) },

  tender: {
    summary: "Take a tender towards the cart; on disk before the reply. Negative when the shop pays out",
    access: "session",
    input: z.object({
      method: id,
      amountMinor: minor,
      reference: z.string().max(60).optional(),
      ...requestField,
      ...confirmField,
    }),
  },
  removeTender: {
    summary: "Take back a tender that was keyed in error",
    access: "session",
    input: z.object({ tenderId: id }),
  },
  complete: {
    summary: "Finish the paid cart; the record is on disk before the reply",
    access: "session",
    input: z.object({ cartId: id, ...requestField }),
  },

  findReceipts: {
    summary: "Receipts by number, item, amount or day, newest first",
    access: "session",
    input: z.object({
      text: z.string().max(120).optional(),
      day: z.iso.date().optional(),
      limit: z.int().min(1).max(200).optional(),
    }),
  },
  receipt: {
    summary: "One receipt, whole, with what may still be returned of each line",
    access: "session",
    input: z.object({ receiptId: id }),
  },
  returnLine: {
    summary: "Put a line of an earlier receipt into the cart as a return",
    access: "session",
    input: z.object({
      receiptId: id,
      lineNo: z.int().min(1),
      quantityMilli: z.int().min(1).max(1e9),
      reason,
      ...approvalField,
    }),
  },
  returnWithoutReceipt: {
    summary: "Put a return without its receipt into the cart; needs approval",
    access: "session",
    input: z.object({
      itemId: id,
      quantityMilli: z.int().min(1).max(1e9),
      priceMinor: amount,
      reason,
      ...approvalField,
    }),
  },
  voidSale: {
    summary: "Void a finished receipt of this shift",
    access: "session",
    input: z.object({ receiptId: id, reason, ...approvalField }),
  },
  reprint: {
    summary: "Print a receipt again, marked as a copy",
    access: "session",
    input: z.object({ receiptId: id }),
  },

  search: {
    summary: "Items by name, number or barcode, best first",
    access: "session",
    input: z.object({
      text: z.string().max(200),
      limit: z.int().min(1).max(500).optional(),
      offset: z.int().min(0).optional(),
      /** Without it the best match is first; an empty text finds every item. */
      sort: z.enum(["name", "department", "price", "stock"]).optional(),
      descending: z.boolean().optional(),
    }),
  },
  item: {
    summary: "One item with its price history, scheduled prices, stock, and which tills have them",
    access: "session",
    input: z.object({ itemId: id }),
  },

  setPrice: {
    summary: "Change an item's price now, or from a given time",
    access: "manage",
    input: z.object({
      itemId: id,
      priceMinor: amount,
      from: z.iso.datetime({ offset: true }).optional(),
      ...confirmField,
    }),
  },
  cancelPrice: {
    summary: "Withdraw a scheduled price",
    access: "manage",
    input: z.object({ itemId: id, from: z.iso.datetime({ offset: true }) }),
  },
  importPriceBook: {
    summary: "Check a price book in CSV and, unless `check` is true or a row is bad, publish it",
    access: "manage",
    input: z.object({ csv: z.string().max(64 * 1024 * 1024), check: z.boolean().optional() }),
  },
  receiveStock: {
    summary: "Book a delivery, a count, waste or a correction",
    access: "manage",
    input: z.object({
      movement: z.enum(["delivery", "count", "waste", "correction"]),
      lines: z
        .array(z.object({ itemId: id, quantityMilli }))
        .min(1)
        .max(5000),
      reason: z.string().max(200).optional(),
    }),
  },
  publishStock: { summary: "Publish today's stock balances as a base", access: "manage", input: none },
  report: {
    summary: "The day's takings: all tills, or one",
    access: "session",
    input: z.object({ day: z.iso.date().optional(), device: id.optional() }),
  },
  exceptions: {
    summary: "What a person has to settle: double payments, refunds made apart, negative stock",
    access: "session",
    input: none,
  },
  settleException: {
    summary: "State how an exception was settled",
    access: "manage",
    input: z.object({ exceptionId: id, note: reason }),
  },
} as const satisfies Record<string, CommandSpec>;

export type CommandName = keyof typeof commands;
export type CommandInput<Name extends CommandName> = z.input<(typeof commands)[Name]["input"]>;
