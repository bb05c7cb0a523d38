import { afterEach, describe, expect, test } from "vitest";
import { documentName } from "#schema/documents/names.ts";
import type { FloorDocument } from "#schema/documents/floor.ts";
import { withCheckDigit } from "#schema/domain/barcode/check-digit.ts";
import { cryptoReady } from "#schema/trust/crypto.ts";
import type { CommandName } from "#schema/wire/commands.ts";
import type { ErrorCode } from "#schema/wire/screen.ts";
import { type TestTill, type World, cartOf, openFor, payCash, startMs, testWorld } from "./test-world.ts";

await cryptoReady;

const worlds: World[] = [];
afterEach(async () => {
  for (const world of worlds.splice(0)) await world.close();
});

async function aTill(
  options: Parameters<typeof testWorld>[0] = {},
): Promise<{ world: World; till: TestTill }> {
  const world = await testWorld(options);
  worlds.push(world);
  const till = world.till(0);
  await openFor(till);
  return { world, till };
}

const apple = "4006381333931";
const approval = { staffId: "sean", pin: "5555" };

/** Sells and answers with the receipt. */
async function sold(till: TestTill, quantityMilli = 1000): Promise<string> {
  await till.do("addItem", { itemId: "apple", quantityMilli });
  return (await payCash(till)).receiptId;
}

describe("a sale", () => {
  test("from the first scan to the change, with every figure", async () => {
    const { till } = await aTill();
    expect(await till.do("scan", { code: apple })).toMatchObject({ name: "Apple", totalMinor: 50 });
    await till.do("scan", { code: apple });
    await till.do("addItem", { itemId: "milk" });
    await till.do("addDepartment", { departmentId: "bakery", priceMinor: 300, name: "Roll" });
    const cart = cartOf(till);
    expect(cart.lines.map((line) => [line.name, line.quantityMilli, line.totalMinor])).toEqual([
      ["Apple", 2000, 100],
      ["Milk 1 l", 1000, 123],
      ["Roll", 1000, 300],
    ]);
    // 23% in 1.23 is 0.23.
    expect(cart).toMatchObject({ totalMinor: 523, taxMinor: 23, dueMinor: 523, blocked: "not-paid" });
    expect(await till.do("tender", { method: "card", amountMinor: 223 })).toMatchObject({ dueMinor: 300 });
    expect(await till.do("tender", { method: "cash", amountMinor: 500 })).toMatchObject({
      dueMinor: 0,
      changeMinor: 200,
    });
    const paid = await till.do("complete", { cartId: cart.cartId });
    expect(paid).toMatchObject({ totalMinor: 523, paidMinor: 723, changeMinor: 200 });
    expect(paid.number).toMatch(/-1-000001$/);
    expect(await till.do("complete", { cartId: cart.cartId })).toEqual(paid);
    const view = till.counter.view(till.token);
    expect(view).toMatchObject({ cart: null, paid: { receiptId: paid.receiptId } });
    expect(till.counter.customerView()).toMatchObject({ state: "thanks", changeMinor: 200 });
    const report = await till.do("report", {});
    expect(report).toMatchObject({ sales: 1, grossMinor: 523, netMinor: 500 });
    expect(report.tenders.toSorted((a, b) => (a.method < b.method ? -1 : 1))).toEqual([
      { method: "card", amountMinor: 223 },
      { method: "cash", amountMinor: 300 },
    ]);
    expect(report.drawers).toMatchObject([{ expectedMinor: 10_300, countedMinor: null }]);
    expect((await till.do("item", { itemId: "apple" })).stockMilli).toBe(8000);
    expect((await till.do("closeShift", { countedCashMinor: 10_290 })).overShortMinor).toBe(-10);
    expect(till.counter.view(till.token).shift).toBeNull();
  });

  test("of labels that carry their price or weight", async () => {
    const { till } = await aTill();
    await till.do("scan", { code: withCheckDigit("211000101250") });
    await till.do("scan", { code: withCheckDigit("231000100425") });
    expect(cartOf(till).lines.map((line) => [line.name, line.quantityMilli, line.totalMinor])).toEqual([
      ["Cheese", 1250, 2500],
      ["Cake", 1000, 425],
    ]);
  });

  test("exchanges: what comes back is set off against what is sold", async () => {
    const { till } = await aTill();
    const receiptId = await sold(till, 3000);
    await till.do("returnLine", { receiptId, lineNo: 1, quantityMilli: 2000, reason: "bruised" });
    await till.do("addItem", { itemId: "milk" });
    expect(cartOf(till).totalMinor).toBe(23);
    await payCash(till);
    expect((await till.do("receipt", { receiptId })).items[0]).toMatchObject({ returnableMilli: 1000 });
    await till.do("returnLine", { receiptId, lineNo: 1, quantityMilli: 1000, reason: "bruised" });
    expect(await payCash(till)).toMatchObject({ totalMinor: -50 });
    expect(await till.do("report", {})).toMatchObject({ sales: 2, refunds: 1, grossMinor: 150 + 23 - 50 });
  });

  test("a tax-exempt customer is charged no tax", async () => {
    const { till } = await aTill();
    await till.do("addItem", { itemId: "milk" });
    await till.do("setCustomer", { customer: { name: "Embassy", taxExemptCertificate: "X 1" } });
    expect(cartOf(till)).toMatchObject({ totalMinor: 100, taxMinor: 0 });
    await till.do("setCustomer", { customer: null });
    expect(cartOf(till)).toMatchObject({ totalMinor: 123, customer: null });
  });

  test("age is asked for before money is taken", async () => {
    const { till } = await aTill();
    await till.do("addItem", { itemId: "wine" });
    expect(cartOf(till)).toMatchObject({ ageNeeded: 18, blocked: "age-not-checked" });
    expect(await till.refusal("tender", { method: "cash", amountMinor: 1299 })).toMatchObject({
      code: "age-not-checked",
      params: { years: 18 },
    });
    await till.do("confirmAge", { years: 18 });
    await payCash(till);
  });

  test("a void takes back money, goods and figures", async () => {
    const { till } = await aTill();
    const receiptId = await sold(till, 2000);
    const voided = await till.do("voidSale", { receiptId, reason: "wrong customer", approval });
    expect(voided.number).toMatch(/-000002$/);
    const report = await till.do("report", {});
    expect(report).toMatchObject({ sales: 1, voids: 1, grossMinor: 0 });
    expect(report.drawers).toMatchObject([{ expectedMinor: 10_000 }]);
    expect((await till.do("item", { itemId: "apple" })).stockMilli).toBe(10_000);
    expect((await till.do("findReceipts", { text: "000002" })).receipts).toMatchObject([{ kind: "void" }]);
    expect((await till.do("reprint", { receiptId })).receipt.length).toBeGreaterThan(3);
  });

  test("goods that are not there are sold and flagged", async () => {
    const { till } = await aTill();
    await till.do("addItem", { itemId: "milk", quantityMilli: 7000 });
    expect(cartOf(till).lines[0]).toMatchObject({ stockAfterMilli: -2000 });
    await payCash(till);
    expect((await till.do("exceptions", {})).exceptions).toMatchObject([
      { kind: "negative-stock", summary: "Stock below zero: Milk 1 l (-2)" },
    ]);
  });
});

describe("undo gives back the cart as it was", () => {
  const changes: readonly [string, (till: TestTill, lineId: string) => Promise<unknown>][] = [
    ["a scan", (till) => till.do("scan", { code: "96385074" })],
    ["the same again", (till) => till.do("scan", { code: apple })],
    ["a quantity", (till, lineId) => till.do("setQuantity", { lineId, quantityMilli: 4000 })],
    [
      "a line struck by a quantity of none",
      (till, lineId) => till.do("setQuantity", { lineId, quantityMilli: 0 }),
    ],
    ["a line struck", (till, lineId) => till.do("voidLine", { lineId })],
    [
      "a discount",
      (till, lineId) =>
        till.do("discountLine", { lineId, discount: { kind: "percent", percentBp: 1000, reason: "dent" } }),
    ],
    [
      "a discount on all",
      (till) => till.do("discountCart", { discount: { kind: "amount", amountMinor: 10, reason: "kind" } }),
    ],
    [
      "another price",
      (till, lineId) => till.do("overridePrice", { lineId, priceMinor: 40, reason: "match", approval }),
    ],
    [
      "a customer",
      (till) => till.do("setCustomer", { customer: { name: "Ada", taxExemptCertificate: "1" } }),
    ],
  ];
  test.each(changes)("%s", async (_name, change) => {
    const { till } = await aTill();
    const { lineId } = await till.do("scan", { code: apple });
    await till.do("scan", { code: apple });
    const before = cartOf(till);
    await change(till, lineId);
    expect(cartOf(till)).not.toEqual(before);
    await till.do("undo", {});
    expect({ ...cartOf(till), lastLineId: null }).toEqual({ ...before, lastLineId: null });
  });
});

/** What stands ready, which command, and what it is refused with. */
const refusals: readonly [
  name: CommandName,
  input: object,
  code: ErrorCode,
  before?: (till: TestTill, world: World) => Promise<unknown>,
][] = [
  ["signIn", { staffId: "anna", pin: "0000" }, "wrong-pin"],
  ["signIn", { staffId: "nobody", pin: "0000" }, "wrong-pin"],
  ["openShift", { floatMinor: 1 }, "shift-open"],
  [
    "closeShift",
    { countedCashMinor: 1 },
    "no-shift",
    (till) => till.do("closeShift", { countedCashMinor: 0 }),
  ],
  [
    "closeShift",
    { countedCashMinor: 1 },
    "has-tenders",
    async (till) => {
      await till.do("addItem", { itemId: "apple" });
      await till.do("tender", { method: "cash", amountMinor: 10 });
    },
  ],
  [
    "moveCash",
    { direction: "in", amountMinor: 1, reason: "r" },
    "no-shift",
    (till) => till.do("closeShift", { countedCashMinor: 0 }),
  ],
  ["openDrawer", { reason: "change" }, "approval-needed"],
  ["openDrawer", { reason: "change", approval: { staffId: "omar", pin: "2222" } }, "not-allowed"],
  ["openDrawer", { reason: "change", approval: { staffId: "sean", pin: "0000" } }, "wrong-pin"],
  ["scan", { code: apple }, "no-shift", (till) => till.do("closeShift", { countedCashMinor: 0 })],
  ["scan", { code: "4006381333932" }, "bad-check-digit"],
  ["scan", { code: "5901234123457" }, "unknown-barcode"],
  ["scan", { code: "not a code" }, "unknown-barcode"],
  ["scan", { code: apple, quantityMilli: -1000 }, "bad-input"],
  ["scan", { code: apple, quantityMilli: 0 }, "bad-input"],
  ["scan", { code: apple, quantityMilli: 10_000_000 }, "confirm"],
  ["addItem", { itemId: "nothing" }, "unknown-item"],
  ["addItem", { itemId: "cheese" }, "weight-needed"],
  ["addItem", { itemId: "card" }, "price-needed"],
  ["addItem", { itemId: "free" }, "confirm"],
  ["addItem", { itemId: "apple", quantityMilli: -1000 }, "bad-input"],
  ["addItem", { itemId: "apple", quantityMilli: 1500 }, "bad-input"],
  ["addDepartment", { departmentId: "none", priceMinor: 1 }, "bad-input"],
  ["addDepartment", { departmentId: "bakery", priceMinor: 0 }, "confirm"],
  ["addDepartment", { departmentId: "bakery", priceMinor: 100, quantityMilli: -1000 }, "bad-input"],
  ["setQuantity", { lineId: "none", quantityMilli: 1 }, "no-cart"],
  [
    "setQuantity",
    { lineId: "none", quantityMilli: 1 },
    "unknown-line",
    (till) => till.do("scan", { code: apple }),
  ],
  ["voidLine", { lineId: "none" }, "unknown-line", (till) => till.do("scan", { code: apple })],
  ["undo", {}, "nothing-to-undo"],
  ["confirmAge", { years: 18 }, "no-cart"],
  ["confirmAge", { years: 17 }, "age-not-checked", (till) => till.do("addItem", { itemId: "wine" })],
  ["newCart", {}, "cart-not-empty", (till) => till.do("scan", { code: apple })],
  ["newCart", {}, "no-shift", (till) => till.do("closeShift", { countedCashMinor: 0 })],
  [
    "setCustomer",
    { customer: { name: "Ada" } },
    "no-shift",
    (till) => till.do("closeShift", { countedCashMinor: 0 }),
  ],
  ["suspend", {}, "no-cart"],
  ["recall", { cartId: "00" }, "unknown-cart"],
  ["recall", { cartId: "00" }, "cart-not-empty", (till) => till.do("scan", { code: apple })],
  ["takeOver", { cartId: "00" }, "unknown-cart"],
  ["voidCart", { reason: "r" }, "no-cart"],
  [
    "voidCart",
    { reason: "r" },
    "has-tenders",
    async (till) => {
      await till.do("scan", { code: apple });
      await till.do("tender", { method: "cash", amountMinor: 10 });
    },
  ],
  ["tender", { method: "cash", amountMinor: 1 }, "no-cart"],
  ["tender", { method: "shells", amountMinor: 1 }, "bad-input", (till) => till.do("scan", { code: apple })],
  ["tender", { method: "card", amountMinor: 51 }, "over-tender", (till) => till.do("scan", { code: apple })],
  ["tender", { method: "cash", amountMinor: -50 }, "over-tender", (till) => till.do("scan", { code: apple })],
  [
    "tender",
    { method: "cash", amountMinor: 100_000_000 },
    "confirm",
    (till) => till.do("scan", { code: apple }),
  ],
  [
    "tender",
    { method: "cash", amountMinor: 50 },
    "already-paid",
    async (till) => {
      await till.do("scan", { code: apple });
      await till.do("tender", { method: "cash", amountMinor: 50 });
    },
  ],
  ["removeTender", { tenderId: "none" }, "bad-input", (till) => till.do("scan", { code: apple })],
  ["complete", { cartId: "none" }, "unknown-cart"],
  ["receipt", { receiptId: "none" }, "unknown-receipt"],
  ["reprint", { receiptId: "none" }, "unknown-receipt"],
  ["returnLine", { receiptId: "none", lineNo: 1, quantityMilli: 1, reason: "r" }, "unknown-receipt"],
  [
    "returnWithoutReceipt",
    { itemId: "apple", quantityMilli: 1000, priceMinor: 50, reason: "r" },
    "approval-needed",
  ],
  ["returnWithoutReceipt", { itemId: "none", quantityMilli: 1, priceMinor: 1, reason: "r" }, "unknown-item"],
  ["voidSale", { receiptId: "none", reason: "r" }, "unknown-receipt"],
  ["item", { itemId: "none" }, "unknown-item"],
  ["setPrice", { itemId: "apple", priceMinor: 1 }, "not-allowed"],
  ["setPrice", { itemId: "none", priceMinor: 1 }, "unknown-item", (till) => till.signIn("maria")],
  ["setPrice", { itemId: "apple", priceMinor: 0 }, "confirm", (till) => till.signIn("maria")],
  ["setPrice", { itemId: "apple", priceMinor: 500 }, "confirm", (till) => till.signIn("maria")],
  [
    "setPrice",
    { itemId: "apple", priceMinor: 55, from: "2020-01-01T00:00:00Z" },
    "bad-time",
    (till) => till.signIn("maria"),
  ],
  [
    "setPrice",
    { itemId: "apple", priceMinor: 55, from: "2030-01-01T00:00:00Z" },
    "bad-time",
    (till) => till.signIn("maria"),
  ],
  [
    "cancelPrice",
    { itemId: "apple", from: "2026-12-01T00:00:00Z" },
    "bad-time",
    (till) => till.signIn("maria"),
  ],
  [
    "importPriceBook",
    { csv: "item_id,name,price,department\n" },
    "import-rejected",
    (till) => till.signIn("maria"),
  ],
  [
    "receiveStock",
    { movement: "count", lines: [{ itemId: "none", quantityMilli: 1 }] },
    "unknown-item",
    (till) => till.signIn("maria"),
  ],
  ["settleException", { exceptionId: "none", note: "n" }, "bad-input", (till) => till.signIn("maria")],
];

describe("refused, and nothing has changed", () => {
  test.each(refusals)("%s %o: %s", async (name, input, code, before) => {
    const { world, till } = await aTill();
    await before?.(till, world);
    const picture = JSON.stringify({ ...till.counter.view(till.token), paid: null });
    const journal = till.context.journal.position();
    const error = await till.refusal(name, input);
    expect(error.code).toBe(code);
    expect(JSON.stringify({ ...till.counter.view(till.token), paid: null })).toBe(picture);
    expect(till.context.journal.position()).toEqual(journal);
  });

  test("without a session, and with one that has ended", async () => {
    const { till } = await aTill();
    await till.do("lock", {});
    expect((await till.refusal("scan", { code: apple })).code).toBe("session-ended");
    till.token = "";
    expect((await till.refusal("scan", { code: apple })).code).toBe("not-signed-in");
  });

  test("guessing a PIN takes longer and longer, also for the right one", async () => {
    const { till } = await aTill();
    for (let slip = 0; slip < 3; slip++) await till.refusal("signIn", { staffId: "sean", pin: "0000" });
    const wait = await till.refusal("signIn", { staffId: "sean", pin: "5555" });
    expect(wait).toMatchObject({ code: "wrong-pin", params: { waitMs: 1000 } });
    till.monotonicMs += 1000;
    await till.signIn("sean");
  });

  test("a receipt of another shift, one that was voided, one partly returned: not voidable", async () => {
    const { till } = await aTill();
    const [voided, returned, old] = [await sold(till), await sold(till), await sold(till)];
    await till.do("voidSale", { receiptId: voided, reason: "r", approval });
    await till.do("returnLine", { receiptId: returned, lineNo: 1, quantityMilli: 1000, reason: "r" });
    await payCash(till);
    const why = async (receiptId: string): Promise<unknown> =>
      (await till.refusal("voidSale", { receiptId, reason: "r", approval })).params["why"];
    expect(await why(voided)).toBe("already-voided");
    expect(await why(returned)).toBe("partly-returned");
    await till.do("closeShift", { countedCashMinor: 0 });
    await till.do("openShift", { floatMinor: 0 });
    expect(await why(old)).toBe("other-shift");
  });
});

describe("limits hold for the whole cart", () => {
  test("many small refunds are one large one, when no other till can be asked", async () => {
    const { till } = await aTill({ tills: 2 });
    await till.do("addItem", { itemId: "cheese", quantityMilli: 9000 });
    const { receiptId } = await payCash(till);
    till.network.alone = true;
    const part = { receiptId, lineNo: 1, quantityMilli: 4000, reason: "smells" };
    await till.do("returnLine", part);
    expect((await till.refusal("returnLine", part)).code).toBe("approval-needed");
    till.network.alone = false;
    await till.do("returnLine", part);
    expect(await till.refusal("returnLine", part)).toMatchObject({
      code: "return-too-many",
      params: { returnableMilli: 1000 },
    });
  });

  test("a discount on top of a discount is a larger one", async () => {
    const { till } = await aTill();
    const { lineId } = await till.do("addItem", { itemId: "cheese", quantityMilli: 1000 });
    const fifteen = { kind: "percent", percentBp: 1500, reason: "kind" } as const;
    await till.do("discountLine", { lineId, discount: fifteen });
    expect((await till.refusal("discountCart", { discount: fifteen })).code).toBe("approval-needed");
    await till.do("discountCart", { discount: fifteen, approval });
    expect(cartOf(till).totalMinor).toBe(1445);
    const { receiptId } = await payCash(till);
    const body = till.shop.trade.receiptBody(receiptId as never)!;
    expect(body.approvals).toEqual([{ permission: "discount", staff: { id: "sean", name: "sean" } }]);
    const tooMuch = { kind: "amount", amountMinor: 5000, reason: "r" } as const;
    const next = await till.do("addItem", { itemId: "apple" });
    expect((await till.refusal("discountCart", { discount: tooMuch })).code).toBe("discount-too-large");
    expect((await till.refusal("discountLine", { lineId: next.lineId, discount: tooMuch })).code).toBe(
      "discount-too-large",
    );
  });
});

describe("carts pass from hand to hand", () => {
  test("put aside on one till, taken up on another", async () => {
    const { world, till } = await aTill({ tills: 2 });
    const other = world.till(1);
    await openFor(other, "omar");
    await till.do("scan", { code: apple });
    const { cartId } = await till.do("suspend", { label: "red coat" });
    await world.exchangeAll();
    expect(other.counter.view(other.token).openCarts).toMatchObject([
      { cartId, state: "suspended", label: "red coat", tillLabel: "Till 1", lines: 1, totalMinor: 50 },
    ]);
    await other.do("recall", { cartId });
    await payCash(other);
    await world.exchangeAll();
    expect(till.counter.view(till.token).openCarts).toEqual([]);
    expect((await till.refusal("recall", { cartId })).code).toBe("cart-closed");
    expect(await till.do("report", {})).toEqual(await other.do("report", {}));
  });

  test("an open cart is taken over, with a question while its till lives; an empty one in hand is let go only then", async () => {
    const { world, till } = await aTill({ tills: 2 });
    const other = world.till(1);
    await openFor(other, "omar");
    await till.do("scan", { code: apple });
    const { cartId } = cartOf(till);
    await world.exchangeAll();
    const empty = (await other.do("newCart", {})).cartId;
    expect((await other.refusal("recall", { cartId })).code).toBe("cart-held");
    other.network.holders = [till.device];
    expect((await other.refusal("takeOver", { cartId })).params).toMatchObject({ what: "take-over" });
    expect(cartOf(other).cartId).toBe(empty);
    await other.do("takeOver", { cartId, confirm: true });
    expect(cartOf(other)).toMatchObject({ cartId, totalMinor: 50, alsoOpenOn: ["Till 1"] });
  });

  test("money that was taken for a cart is known to whoever takes it over", async () => {
    const { world, till } = await aTill({ tills: 2 });
    const other = world.till(1);
    await openFor(other, "omar");
    await till.do("addItem", { itemId: "cheese", quantityMilli: 1000 });
    await till.do("tender", { method: "card", amountMinor: 500 });
    const { cartId } = cartOf(till);
    await world.exchangeAll();
    await other.do("takeOver", { cartId });
    expect(cartOf(other)).toMatchObject({ moneyMayBeInFlight: true, dueMinor: 1500 });
  });

  test("paid on two tills that were apart: both receipts stand, and the pair is shown", async () => {
    const { world, till } = await aTill({ tills: 2 });
    const other = world.till(1);
    await openFor(other, "omar");
    await till.do("scan", { code: apple });
    const { cartId } = cartOf(till);
    await world.exchangeAll();
    await other.do("takeOver", { cartId });
    await payCash(till);
    await payCash(other);
    await world.exchangeAll();
    for (const one of [till, other]) {
      const { exceptions } = await one.do("exceptions", {});
      expect(exceptions).toMatchObject([{ kind: "double-payment", settled: null }]);
      expect(exceptions[0]!.receipts).toHaveLength(2);
      expect(one.counter.view(one.token)).toMatchObject({ exceptions: 1, openCarts: [] });
    }
    await till.signIn("maria");
    const [exception] = (await till.do("exceptions", {})).exceptions;
    await till.do("settleException", { exceptionId: exception!.exceptionId, note: "gave it back" });
    expect(till.counter.view(till.token).exceptions).toBe(0);
  });

  test("what another till added at the moment of payment becomes a remainder; paid twice apart it is an exception", async () => {
    const { world, till } = await aTill({ tills: 2 });
    const other = world.till(1);
    await openFor(other, "omar");
    await till.do("scan", { code: apple });
    await world.exchangeAll();
    const { cartId } = cartOf(till);
    await other.do("takeOver", { cartId });
    await other.do("addItem", { itemId: "milk" });
    await payCash(till);
    await world.exchangeAll();
    for (const one of [till, other])
      expect(one.shop.carts.get(cartId)).toMatchObject({
        remainder: true,
        cart: { lines: [{ item: { item: "milk" }, qty: 1000 }], tenders: [] },
      });
    await till.do("recall", { cartId });
    await payCash(till);
    await payCash(other);
    await world.exchangeAll();
    expect((await other.do("exceptions", {})).exceptions).toMatchObject([{ kind: "double-payment" }]);
    expect(other.shop.carts.get(cartId)).toBeUndefined();
  });

  test("a cart abandoned on one till while another took money for it comes up again", async () => {
    const { world, till } = await aTill({ tills: 2 });
    const other = world.till(1);
    await openFor(other, "omar");
    await till.do("scan", { code: apple });
    await world.exchangeAll();
    const { cartId } = cartOf(till);
    await other.do("takeOver", { cartId });
    await other.do("tender", { method: "card", amountMinor: 20 });
    await till.do("voidCart", { reason: "left" });
    expect(till.shop.carts.get(cartId)).toBeUndefined();
    await world.exchangeAll();
    for (const one of [till, other])
      expect(one.shop.carts.get(cartId)).toMatchObject({ cart: { tenders: [{ amount: 20 }] } });
  });
});

test("who agreed stands in the cart, so that the receipt says so whichever till finishes it", async () => {
  const { world, till } = await aTill({ tills: 2 });
  const other = world.till(1);
  await openFor(other, "omar");
  const { lineId } = await till.do("addItem", { itemId: "cheese", quantityMilli: 1000 });
  await till.do("discountLine", {
    lineId,
    discount: { kind: "percent", percentBp: 3000, reason: "kind" },
    approval,
  });
  await world.exchangeAll();
  await other.do("takeOver", { cartId: cartOf(till).cartId });
  const { receiptId } = await payCash(other);
  expect(other.shop.trade.receiptBody(receiptId as never)!.approvals).toEqual([
    { permission: "discount", staff: { id: "sean", name: "sean" } },
  ]);
});

test("a receipt of long ago is found by its number, and by its day, after a restart", async () => {
  const { world, till } = await aTill();
  const receiptId = await sold(till);
  const { number } = await till.do("receipt", { receiptId });
  const { day } = till.shop.trade.receipts.get(receiptId as never)!;
  world.nowMs += 30 * 86_400_000;
  const again = await world.restart(0);
  await again.signIn("anna");
  expect((await again.do("findReceipts", { text: number })).receipts.map((one) => one.number)).toEqual([
    number,
  ]);
  expect((await again.do("findReceipts", { day })).receipts.map((one) => one.number)).toEqual([number]);
});

describe("the manager", () => {
  test("changes a price now, everywhere; from a time on; and withdraws it, also after another import", async () => {
    const { world, till } = await aTill({ tills: 2 });
    await till.signIn("maria");
    await till.do("setPrice", { itemId: "apple", priceMinor: 60 });
    await world.exchangeAll();
    expect(world.till(1).shop.priceAt("apple", world.nowMs)).toBe(60);
    const from = new Date(startMs + 3_600_000).toISOString();
    const detail = await till.do("setPrice", { itemId: "apple", priceMinor: 70, from });
    expect(detail.prices.map((price) => [price.priceMinor, price.state])).toEqual([
      [50, "past"],
      [60, "in-force"],
      [70, "scheduled"],
    ]);
    const { stockMilli } = detail;
    await till.do("importPriceBook", {
      csv: "item_id,name,price,department,stock\napple,Apple,0.55,produce,99\n",
    });
    await world.exchangeAll();
    for (const one of [till, world.till(1)]) {
      expect(one.shop.priceAt("apple", startMs + 1000)).toBe(55);
      expect(one.shop.priceAt("apple", startMs + 3_600_000)).toBe(70);
    }
    expect((await till.do("item", { itemId: "apple" })).stockMilli).toBe(stockMilli);
    await till.do("cancelPrice", { itemId: "apple", from });
    await world.exchangeAll();
    expect(world.till(1).shop.priceAt("apple", startMs + 3_600_000)).toBe(55);
  });

  test("publishes a book and stock that count, though another till's clock was a year ahead", async () => {
    const { world, till } = await aTill({ tills: 2 });
    const ahead = world.till(1);
    await ahead.signIn("maria");
    world.nowMs += 365 * 86_400_000;
    await ahead.do("importPriceBook", { csv: "item_id,name,price,department\napple,Apple,9.99,produce\n" });
    world.nowMs = startMs + 1000;
    await world.exchangeAll();
    expect(till.shop.priceAt("apple", startMs)).toBe(999);
    await till.signIn("maria");
    await till.do("importPriceBook", { csv: "item_id,name,price,department\napple,Apple,0.45,produce\n" });
    await world.exchangeAll();
    for (const one of [till, ahead]) expect(one.shop.priceAt("apple", startMs)).toBe(45);
  });

  test("a file with a bad row is reported and changes nothing", async () => {
    const { till } = await aTill();
    await till.signIn("maria");
    const csv = "item_id,name,price,department\napple,Apple,0.45,produce\npear,Pear,cheap,produce\n";
    expect(await till.do("importPriceBook", { csv })).toMatchObject({
      rows: 2,
      good: 1,
      bad: [{ line: 3 }],
      published: null,
    });
    expect(till.shop.priceAt("apple", startMs)).toBe(50);
  });

  test("books deliveries, counts and waste; publishing the balances changes none, also after a restart", async () => {
    const { world, till } = await aTill({ tills: 2 });
    await sold(till, 4000);
    await till.signIn("maria");
    const move = (movement: "delivery" | "count" | "waste", itemId: string, quantityMilli: number) =>
      till.do("receiveStock", { movement, lines: [{ itemId, quantityMilli }] });
    await move("delivery", "apple", 20_000);
    await move("waste", "apple", 1000);
    await move("count", "milk", 3000);
    const balances = { apple: 25_000, milk: 3000 };
    expect(Object.fromEntries(till.shop.stock.all())).toEqual(balances);
    await till.do("publishStock", {});
    await till.signIn("anna");
    await sold(till, 1000);
    await world.exchangeAll();
    for (const one of [till, world.till(1), await world.restart(0)])
      expect(Object.fromEntries(one.shop.stock.all())).toEqual({ ...balances, apple: 24_000 });
    await world.till(0).signIn("maria");
    await world.till(0).do("publishStock", {});
    await world.exchangeAll();
    expect(Object.fromEntries(world.till(1).shop.stock.all())).toEqual({ ...balances, apple: 24_000 });
  });
});

describe("crashes and a full disk", () => {
  test("a cart with money in it is in hand again after a crash, and finished there", async () => {
    const { world, till } = await aTill();
    await till.do("addItem", { itemId: "cheese", quantityMilli: 1000 });
    await till.do("tender", { method: "cash", amountMinor: 1500 });
    const { cartId } = cartOf(till);
    const again = await world.restart(0);
    await again.signIn("anna");
    expect(cartOf(again)).toMatchObject({ cartId, totalMinor: 2000, dueMinor: 500 });
    await payCash(again);
    expect(await again.do("report", {})).toMatchObject({ sales: 1, grossMinor: 2000 });
  });

  test("a sale that was recorded is finished after a crash, though its cart was not closed", async () => {
    const { world, till } = await aTill();
    await till.do("scan", { code: apple });
    const { cartId } = cartOf(till);
    const paid = await payCash(till);
    const again = await world.restart(0); // what nobody waited for is lost: the closing of the cart, the journal's entry
    await again.signIn("anna");
    expect(again.counter.view(again.token)).toMatchObject({ cart: null, openCarts: [] });
    expect(await again.do("complete", { cartId })).toEqual(paid);
    expect(await again.do("report", {})).toMatchObject({ sales: 1, grossMinor: 50 });
    expect((await payCashOfOne(again)).number).toMatch(/-000002$/);
  });

  test("on a full disk nothing is taken, no number is burned, and it goes on when there is room", async () => {
    const { till } = await aTill();
    await till.do("scan", { code: apple });
    till.vault.setStatus("full");
    expect(till.counter.view(till.token)).toMatchObject({
      till: { storage: "full" },
      cart: { blocked: "storage-full" },
    });
    expect((await till.refusal("tender", { method: "cash", amountMinor: 50 })).code).toBe("storage-full");
    expect((await till.refusal("closeShift", { countedCashMinor: 1 })).code).toBe("storage-full");
    till.vault.setStatus("ok");
    await till.do("tender", { method: "cash", amountMinor: 50, requestId: "r1" });
    await till.do("tender", { method: "cash", amountMinor: 50, requestId: "r1" });
    till.vault.setStatus("full");
    const { cartId, tenders } = cartOf(till);
    expect((await till.refusal("complete", { cartId })).code).toBe("storage-full");
    expect((await till.refusal("removeTender", { tenderId: tenders[0]!.tenderId })).code).toBe(
      "storage-full",
    );
    expect(cartOf(till)).toMatchObject({ tenders, dueMinor: 0 });
    till.vault.setStatus("ok");
    expect((await till.do("complete", { cartId })).number).toMatch(/-000001$/);
  });

  test("a clock turned back: shifts open and close, and the till says that it does not believe the clock", async () => {
    const { world, till } = await aTill();
    world.nowMs += 3_600_000;
    await sold(till);
    world.nowMs -= 3_600_000;
    await till.do("closeShift", { countedCashMinor: 10_050 });
    expect(till.counter.view(till.token).till.clock).toEqual({
      trusted: false,
      reason: "before-last-record",
    });
    for (let shift = 0; shift < 3; shift++) {
      await till.do("openShift", { floatMinor: 0 });
      await sold(till);
      await till.do("closeShift", { countedCashMinor: 50 });
    }
    const again = await world.restart(0);
    await openFor(again);
    await sold(again);
    const times = [...again.shop.trade.receipts.values()].map((receipt) => receipt.timeMs);
    expect(times).toEqual(Array.from({ length: 5 }, () => startMs + 3_600_000));
  });

  test("readers never fall over what another till wrote into a cart", async () => {
    const { till } = await aTill();
    await till.do("scan", { code: apple });
    const floor = documentName({
      store: till.context.store,
      kind: "floor",
      device: till.device,
      day: till.today(),
    });
    const { cartId } = cartOf(till);
    till.replica.change<FloorDocument>(
      floor,
      (document) => {
        for (const carts of Object.values(document.carts)) {
          const cart = carts[cartId];
          if (!cart) continue;
          cart.lines["zzz"] = { item: new Uint8Array([0xa0]), qty: 1000 };
          cart.lines["zz2"] = { item: new Uint8Array([1, 2, 3]), qty: 1000 };
          cart.discount = new Uint8Array([0xa0]);
        }
      },
      startMs,
    );
    expect(cartOf(till)).toMatchObject({ totalMinor: 50 });
    await payCash(till);
  });
});

async function payCashOfOne(till: TestTill): ReturnType<typeof payCash> {
  await till.do("scan", { code: apple });
  return await payCash(till);
}
