import { afterEach, expect, test } from "vitest";
import type { CartView } from "#schema/wire/views.ts";
import { inspectVault, recordsOf } from "./support/inspect-vault.ts";
import { PayModel } from "./support/pay-model.ts";
import { killEverything } from "./support/program.ts";
import { type Seeded, seeded } from "./support/seeded.ts";
import { items, priceBook, TestShop } from "./support/test-shop.ts";
import type { TestTill } from "./support/test-till.ts";
import type { TillClient } from "./support/till-client.ts";
import { until } from "./support/until.ts";

const rounds = Number(process.env["TILLMESH_ROUNDS"] ?? 40);
const pieces = 100_000;

afterEach(killEverything);

/** How far the payment had come when the till was killed, as the cashier saw it. */
interface Struck {
  readonly cartId: string | null;
  /** As last seen before the kill. */
  readonly seen: CartView | null;
  readonly scanned: number;
  readonly tender: "unsent" | "unknown" | "acknowledged";
  readonly complete: "unsent" | "unknown" | { readonly number: string };
}

const strikes = ["scan", "tender", "between", "complete", "complete", "complete", "after"] as const;
type Strike = (typeof strikes)[number];

test(
  `${rounds} times kill -9 on the way to paid: every acknowledged sale is there once, on every till`,
  {
    timeout: 120_000 + rounds * 15_000,
  },
  async () => {
    const chance = seeded("kill-in-payment");
    const shop = await TestShop.make({ tills: 3 });
    try {
      await shop.wire();
      await Promise.all(shop.tills.map((till) => till.start()));
      await openShop(shop);
      const model = new PayModel();
      const pace = new Pace();
      const counts: Record<string, number> = {};
      for (let round = 1; round <= rounds; round++) {
        const victim = chance.pick(shop.tills);
        const strike = chance.pick(strikes);
        const struck = await payUntilKilled(victim, strike, chance, pace);
        const way = await finish(shop, victim, struck, model, chance).catch((error: unknown) => {
          throw new Error(`round ${round}, ${strike}: ${JSON.stringify({ ...struck, seen: null })}`, {
            cause: error,
          });
        });
        const what = `${strike}: ${way}`;
        counts[what] = (counts[what] ?? 0) + 1;
        if (round % 50 === 0 && round < rounds) console.log(`${round} rounds`, counts);
      }
      console.log(`${rounds} rounds`, counts);
      await settleOpenCarts(shop.tills[0]!, model);
      await everyTillAgrees(shop, model);
      await everyDiskAgrees(shop, model);
    } finally {
      await shop.close();
    }
  },
);

async function openShop(shop: TestShop): Promise<void> {
  await shop.tills[0]!.client.command("importPriceBook", { csv: priceBook(pieces) });
  for (const { client } of shop.tills) {
    await until("the price book", async () => (await client.view()).till.priceBook?.items === items.length);
    await client.command("openShift", { floatMinor: 10_000 });
  }
}

/** How long each command takes here and now, so that the kills fall all over it, and not only before or after. */
class Pace {
  readonly #ms = new Map<string, number[]>();

  async of<T>(what: string, command: Promise<T>): Promise<T> {
    const from = performance.now();
    const answer = await command;
    this.#ms.set(what, [...(this.#ms.get(what) ?? []), performance.now() - from].slice(-9));
    return answer;
  }

  /** Some moment from the sending to half as long again as the command usually takes. */
  moment(what: string, chance: Seeded): number {
    const known = this.#ms.get(what)?.toSorted((a, b) => a - b) ?? [10];
    return chance.real() * 1.5 * known[known.length >> 1]!;
  }
}

/** Sells at a till and kills it within the command that `strike` names, or shortly after. */
async function payUntilKilled(till: TestTill, strike: Strike, chance: Seeded, pace: Pace): Promise<Struck> {
  const { client } = till;
  let scanned = 0;
  const scan = async () => {
    const quantityMilli = 1000 * (1 + chance.int(3));
    await pace.of("scan", client.command("scan", { code: chance.pick(items).barcode, quantityMilli }));
    scanned += 1;
  };
  const lines = 1 + chance.int(5);
  const before = strike === "scan" ? chance.int(lines) : lines;
  for (let line = 0; line < before; line++) await scan();
  let seen = (await client.view()).cart;
  if (strike === "scan") {
    await killWithin(till, pace.moment("scan", chance), scan());
    return { cartId: seen?.cartId ?? null, seen, scanned, tender: "unsent", complete: "unsent" };
  }
  const cartId = seen!.cartId;
  const over = chance.int(2) * 500;
  const pay = client.command("tender", {
    method: "cash",
    amountMinor: seen!.dueCashMinor + over,
    requestId: `t-${cartId}`,
    confirm: true,
  });
  if (strike === "tender") {
    const answered = await killWithin(till, pace.moment("tender", chance), pay);
    return { cartId, seen, scanned, tender: answered ? "acknowledged" : "unknown", complete: "unsent" };
  }
  await pace.of("tender", pay);
  seen = (await client.view()).cart;
  if (strike === "between") {
    await till.kill();
    return { cartId, seen, scanned, tender: "acknowledged", complete: "unsent" };
  }
  const complete = client.command("complete", { cartId, requestId: `c-${cartId}` });
  if (strike === "complete") {
    const answered = await killWithin(till, pace.moment("complete", chance), complete);
    return { cartId, seen, scanned, tender: "acknowledged", complete: answered ?? "unknown" };
  }
  const paid = await pace.of("complete", complete);
  await killWithin(till, chance.real() * 150, Promise.resolve());
  return { cartId, seen, scanned, tender: "acknowledged", complete: paid };
}

/** Kills the till `delayMs` after a command was sent to it; the command's answer, if one came. */
async function killWithin<T>(till: TestTill, delayMs: number, command: Promise<T>): Promise<T | undefined> {
  const answer = command.catch(() => undefined);
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
  const from = performance.now();
  // Timers are a millisecond coarse, and what is to be hit is shorter than that.
  while (performance.now() - from < delayMs) await new Promise((resolve) => setImmediate(resolve));
  process.kill(till.pid, "SIGKILL");
  const answered = await answer;
  await till.kill();
  return answered;
}

/** What a shop does next: the sale is finished on the next till, or on this one when it is back. Says which. */
async function finish(
  shop: TestShop,
  victim: TestTill,
  struck: Struck,
  model: PayModel,
  chance: Seeded,
): Promise<string> {
  const others = shop.tills.filter((till) => till !== victim);
  if (struck.complete === "unsent" && struck.cartId !== null && chance.int(2) === 0) {
    const other = chance.pick(others);
    const { cartId } = struck;
    const known = await until(
      "the cart to be seen by a neighbour",
      async () => (await other.client.view()).openCarts.some((cart) => cart.cartId === cartId),
      1_500,
    ).catch(() => false);
    if (known) {
      await other.client.command("takeOver", { cartId, confirm: true });
      await payInHand(other.client, model);
      await victim.start();
      return "finished on the next till";
    }
  }
  const client = await victim.start();
  if (struck.complete !== "unsent") {
    const again = await client.command("complete", {
      cartId: struck.cartId!,
      requestId: `c-${struck.cartId}`,
    });
    if (struck.complete !== "unknown") expect(again.number).toBe(struck.complete.number);
    expect(again.totalMinor).toBe(struck.seen!.totalMinor);
    await model.sold(client, again);
    return struck.complete === "unknown" ? "asked again" : "acknowledged";
  }
  const { cart } = await client.view();
  if (struck.cartId === null) {
    if (cart) await payInHand(client, model);
    return "nothing had been acknowledged";
  }
  // Who signs in again has the cart in hand that this till had.
  if (cart?.cartId !== struck.cartId) {
    expect(cart).toBe(null);
    expect(struck.tender).not.toBe("acknowledged");
    // Only a cart that nobody had paid into may be lost, and only its last moment.
    expect(await client.refused("recall", { cartId: struck.cartId })).toBe("unknown-cart");
    return "lost its last moment";
  }
  if (struck.tender === "acknowledged") {
    expect(cart.lines).toHaveLength(struck.seen!.lines.length);
    expect(cart.tenders).toHaveLength(1);
  }
  expect(cart.lines.length).toBeLessThanOrEqual(struck.scanned + 1);
  await payInHand(client, model);
  return "finished when it was back";
}

/** Pays what is still due of the cart in hand, and finishes it. */
async function payInHand(client: TillClient, model: PayModel): Promise<void> {
  const ended = await until("the cart to be paid", async () => {
    const { cart } = await client.view();
    if (cart!.lines.length === 0 && cart!.tenders.length === 0) {
      await client.command("voidCart", { reason: "empty" });
      return "voided";
    }
    if (cart!.dueMinor !== 0 && cart!.blocked === "not-paid")
      await client.command("tender", { method: "cash", amountMinor: cart!.dueCashMinor, confirm: true });
    const paid = await client.try("complete", { cartId: cart!.cartId });
    if (paid.ok) return paid.value;
    // What the killed till had still told another neighbour comes a moment later, and is owed too.
    expect(paid.error.code).toBe("not-paid");
    return undefined;
  });
  if (ended !== "voided") await model.sold(client, ended);
}

/** What a take-over did not know of comes back as a remainder; carts of killed moments are still open. */
async function settleOpenCarts(till: TestTill, model: PayModel): Promise<void> {
  // First it must know what the others finished a moment ago.
  await until(
    "every sale",
    async () => (await till.client.command("report", {})).sales === model.receipts.size,
  );
  await until("no cart is open any more", async () => {
    const { openCarts, cart } = await till.client.view();
    if (cart) await payInHand(till.client, model);
    for (const { cartId } of openCarts) {
      const taken = await till.client.try("takeOver", { cartId, confirm: true });
      if (taken.ok) await payInHand(till.client, model);
    }
    return openCarts.length === 0 && cart === null;
  });
}

async function everyTillAgrees(shop: TestShop, model: PayModel): Promise<void> {
  const stock = model.stockMilli(pieces * 1000);
  for (const { client, label } of shop.tills) {
    await until(`${label} has every sale`, async () => {
      const { sales, grossMinor } = await client.command("report", {});
      if (sales !== model.receipts.size) throw new Error(`${sales} of ${model.receipts.size} sales`);
      expect(grossMinor).toBe(model.takingsMinor);
      return true;
    });
    for (const { id } of items) {
      expect((await client.command("item", { itemId: id })).stockMilli, `${label} ${id}`).toBe(stock.get(id));
    }
    const { exceptions } = await client.command("exceptions", {});
    expect(exceptions).toEqual([]);
    expect((await client.health())["doubts"]).toEqual([]);
  }
}

async function everyDiskAgrees(shop: TestShop, model: PayModel): Promise<void> {
  await Promise.all(shop.tills.map((till) => till.stop()));
  const vaults = await Promise.all(shop.tills.map(inspectVault));
  const [first] = vaults;
  for (const { device, heads, journals } of vaults) {
    expect(Object.fromEntries(heads), device).toEqual(Object.fromEntries(first!.heads));
    const receipts = [...journals].flatMap(([, verdict]) =>
      recordsOf(verdict).flatMap(({ record }) => (record.kind === "sale" ? [record] : [])),
    );
    const numbers = receipts.map(({ device: by, series, body }) =>
      [by.slice(0, 4).toUpperCase(), series, String(body.number).padStart(6, "0")].join("-"),
    );
    expect(numbers.toSorted()).toEqual([...model.receipts.keys()].toSorted());
    // Gap-free: each till's numbers are 1 to as many as it gave.
    for (const [by, verdict] of journals) {
      const own = recordsOf(verdict).flatMap(({ record }) =>
        record.kind === "sale" ? [record.body.number] : [],
      );
      expect(own, by).toEqual(own.map((_, at) => at + 1));
    }
  }
}
