import * as fc from "fast-check";
import { expect, test } from "vitest";
import { type FloorDocument, readCart } from "#schema/documents/floor.ts";
import type { JournalDocument } from "#schema/documents/journal.ts";
import { parseDocumentName } from "#schema/documents/names.ts";
import type { ReceiptBody } from "#schema/documents/record-body.ts";
import { type TillRecord, decodeVouchedRecord } from "#schema/documents/record.ts";
import { cryptoReady } from "#schema/trust/crypto.ts";
import type { CommandInput, CommandName } from "#schema/wire/commands.ts";
import { type TestTill, type World, openFor, testWorld } from "./test-world.ts";

await cryptoReady;

/** One step of a cashier who does anything at any time: indices are taken modulo what there is. */
type Step = readonly [kind: (typeof kinds)[number], a: number, b: number];
const kinds = [
  "apple",
  "apple",
  "milk",
  "cheese",
  "department",
  "quantity",
  "strike",
  "undo",
  "discount",
  "discount-all",
  "price",
  "cash",
  "cash",
  "card",
  "untender",
  "complete",
  "complete",
  "suspend",
  "recall",
  "take-over",
  "abandon",
  "return",
  "return-without",
  "void",
  "move",
  "receive",
  "exchange",
  "restart",
  "full",
  "shift",
] as const;

const approval = { staffId: "sean", pin: "5555" };

async function step(world: World, till: TestTill, [kind, a, b]: Step): Promise<void> {
  const { cart } = till.counter.view(till.token);
  const line = cart?.lines[a % Math.max(1, cart.lines.length)];
  const receipts = [...till.shop.trade.receipts.values()].toSorted((x, y) => (x.hash < y.hash ? -1 : 1));
  const receipt = receipts[a % Math.max(1, receipts.length)]?.hash ?? "none";
  const carts = [...till.shop.carts.all()].map((at) => at.cart.id).toSorted();
  const cartId = carts[a % Math.max(1, carts.length)] ?? "none";
  const lineId = line?.lineId ?? "none";
  const percent = { kind: "percent", percentBp: 1 + (b % 5000), reason: "r" } as const;
  const give = async <Name extends CommandName>(name: Name, input: CommandInput<Name>): Promise<void> => {
    await till.reply(name, input); // a refusal is an answer, a bug fails the test
  };
  switch (kind) {
    case "apple":
    case "milk":
      return await give("addItem", { itemId: kind, quantityMilli: 1000 * (1 + (a % 3)) });
    case "cheese":
      return await give("addItem", { itemId: "cheese", quantityMilli: 1 + (a % 3000) });
    case "department":
      return await give("addDepartment", { departmentId: "snacks", priceMinor: 1 + (a % 999) });
    case "quantity":
      return await give("setQuantity", { lineId, quantityMilli: 1000 * (b % 4) });
    case "strike":
      return await give("voidLine", { lineId });
    case "undo":
      return await give("undo", {});
    case "discount":
      return await give("discountLine", { lineId, discount: b % 4 === 0 ? null : percent, approval });
    case "discount-all":
      return await give("discountCart", {
        discount: b % 2 === 0 ? percent : { kind: "amount", amountMinor: 1 + (b % 300), reason: "r" },
        approval,
      });
    case "price":
      return await give("overridePrice", {
        lineId,
        priceMinor: 1 + (b % 900),
        reason: "r",
        approval,
        confirm: true,
      });
    case "cash":
      return await give("tender", {
        method: "cash",
        amountMinor: (cart?.dueCashMinor ?? 0) + (cart && cart.dueMinor > 0 ? b % 500 : 0),
        confirm: true,
      });
    case "card":
      return await give("tender", {
        method: "card",
        amountMinor: Math.trunc((cart?.dueMinor ?? 0) / (1 + (b % 3))),
      });
    case "untender":
      return await give("removeTender", {
        tenderId: cart?.tenders[a % Math.max(1, cart.tenders.length)]?.tenderId ?? "x",
      });
    case "complete":
      return await give("complete", { cartId: cart?.cartId ?? cartId });
    case "suspend":
      return await give("suspend", {});
    case "recall":
      return await give("recall", { cartId });
    case "take-over":
      return await give("takeOver", { cartId, confirm: true });
    case "abandon":
      return await give("voidCart", { reason: "r" });
    case "return":
      return await give("returnLine", {
        receiptId: receipt,
        lineNo: 1 + (b % 2),
        quantityMilli: 1000 * (1 + (b % 2)),
        reason: "r",
        approval,
      });
    case "return-without":
      return await give("returnWithoutReceipt", {
        itemId: "apple",
        quantityMilli: 1000,
        priceMinor: 1 + (b % 90),
        reason: "r",
        approval,
      });
    case "void":
      return await give("voidSale", { receiptId: receipt, reason: "r", approval });
    case "move":
      return await give("moveCash", {
        direction: (["in", "out", "drop"] as const)[a % 3]!,
        amountMinor: 1 + (b % 1000),
        reason: "r",
      });
    case "receive":
      await till.signIn("maria");
      await give("receiveStock", {
        movement: (["delivery", "waste", "correction"] as const)[a % 3]!,
        lines: [{ itemId: "apple", quantityMilli: 1000 }],
      });
      return await till.signIn("anna");
    case "exchange":
      return await world.exchangeAll();
    case "restart":
      await (await world.restart(a % 2)).signIn("anna");
      return;
    case "full":
      till.vault.setStatus(till.vault.status() === "full" ? "ok" : "full");
      return;
    case "shift":
      await give("closeShift", { countedCashMinor: b });
      await give("openShift", { floatMinor: 100 * (b % 10) });
  }
}

/** Every record there is, from the journals themselves. */
function recordsOf(till: TestTill): TillRecord[] {
  return documents<JournalDocument>(till, "journal").flatMap((journal) =>
    journal.records.map((bytes) => decodeVouchedRecord(bytes).record),
  );
}

function documents<T>(till: TestTill, kind: "journal" | "floor"): T[] {
  return till.replica
    .openNames()
    .filter((name) => parseDocumentName(name)?.kind === kind)
    .map((name) => till.replica.doc<T>(name) as T);
}

/** What the records say, summed up without the folds. */
function reckon(records: readonly TillRecord[]) {
  const sum = {
    gross: 0,
    drawers: 0,
    apples: 10_000,
    numbers: new Map<string, number[]>(),
    tenders: new Set<string>(),
  };
  for (const { device, kind, body } of records) {
    if (kind === "cash") sum.drawers += body.direction === "in" ? body.amount : -body.amount;
    if (kind === "shift" && body.event === "open") sum.drawers += body.float;
    if (kind === "stock") for (const one of body.lines) sum.apples += one.item === "apple" ? one.qty : 0;
    if (kind !== "sale" && kind !== "refund" && kind !== "void") continue;
    sum.gross += body.total;
    for (const tender of body.tenders) {
      if (tender.kind === "cash") sum.drawers += tender.amount;
      sum.tenders.add(tender.id);
    }
    if (kind === "void") for (const one of body.goods) sum.apples += one.item === "apple" ? one.qty : 0;
    else {
      checkReceipt(body);
      sum.drawers -= body.change;
      for (const line of body.lines) sum.apples -= line.item === "apple" ? line.qty : 0;
    }
    sum.numbers.set(device, [...(sum.numbers.get(device) ?? []), body.number]);
  }
  return sum;
}

function checkReceipt(body: ReceiptBody): void {
  const paid = body.tenders.reduce((sum, tender) => sum + tender.amount, 0);
  expect(paid - body.change).toBe(body.total + body.rounding);
  expect(body.lines.reduce((sum, line) => sum + line.total, 0)).toBe(body.total);
  expect(body.net + body.tax).toBe(body.total);
}

const anyStep = fc.tuple(fc.constantFrom(...kinds), fc.nat(10_000), fc.nat(10_000));

test("whatever two cashiers do, apart and together: no money is lost, no goods, and no number", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.nat(1), anyStep), { minLength: 10, maxLength: 60 }),
      async (steps) => {
        const world = await testWorld({ tills: 2 });
        try {
          for (const index of [0, 1]) await openFor(world.till(index), "anna", 1000);
          await world.exchangeAll();
          for (const [index, one] of steps) await step(world, world.till(index), one);
          for (const index of [0, 1]) world.till(index).vault.setStatus("ok");
          await world.exchangeAll();
          const [one, two] = [world.till(0), world.till(1)];
          expect(one.replica.digest()).toBe(two.replica.digest());
          const pictures = await Promise.all(
            [one, two].map(async (till) => ({
              report: await till.do("report", {}),
              exceptions: (await till.do("exceptions", {})).exceptions,
              open: [...till.shop.carts.all()].map((at) => at.cart.id).toSorted(),
              stock: Object.fromEntries(till.shop.stock.all()),
              doubts: till.shop.doubts(),
            })),
          );
          expect(pictures[0]).toEqual(pictures[1]);
          expect(pictures[0]!.doubts).toEqual([]);
          const sum = reckon(recordsOf(one));
          const { report } = pictures[0]!;
          expect(report.grossMinor).toBe(sum.gross);
          expect(report.tills.reduce((all, till) => all + till.grossMinor, 0)).toBe(sum.gross);
          for (const numbers of sum.numbers.values()) expect(numbers).toEqual(numbers.map((_, at) => at + 1));
          expect(one.shop.stock.of("apple")).toBe(sum.apples);
          const shifts = [...one.shop.trade.shifts.values()];
          expect(shifts.reduce((all, shift) => all + one.shop.trade.expectedCash(shift), 0)).toBe(
            sum.drawers,
          );
          // Money that was taken is in a record, or in a cart that comes up until it is settled.
          for (const floor of documents<FloorDocument>(one, "floor"))
            for (const id of Object.values(floor.carts).flatMap((carts) => Object.keys(carts)))
              for (const tender of readCart(floor, id)!.tenders)
                if (!tender.void && !sum.tenders.has(tender.id))
                  expect(one.shop.carts.get(id)?.cart.tenders.map((live) => live.id)).toContain(tender.id);
        } finally {
          await world.close();
        }
      },
    ),
    { numRuns: Number(process.env["TILLMESH_RUNS"] ?? 15), endOnFailure: true },
  );
}, 600_000);
