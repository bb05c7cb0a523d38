import { afterEach, expect, test } from "vitest";
import { documentName } from "#schema/documents/names.ts";
import { cryptoReady } from "#schema/trust/crypto.ts";
import { type World, openFor, payCash, testWorld } from "./counter/test-world.ts";
import { Housekeeper, daysKeptOpen } from "./housekeeper.ts";

await cryptoReady;

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

async function kept(): Promise<{ world: World; housekeeper: Housekeeper }> {
  const world = await testWorld();
  const { store, device, replica, shop, clock } = world.till(0).context;
  const onFailure = (what: string, error: unknown): void => {
    throw new Error(what, { cause: error });
  };
  const monotonicMs = (): number => 0;
  const housekeeper = new Housekeeper({
    ...{ store, device, replica, shop, clock, monotonicMs, onFailure },
    publishStock: async () => undefined,
    isFirst: () => true,
  });
  cleanups.push(
    () => housekeeper.close(),
    () => world.close(),
  );
  return { world, housekeeper };
}

test("a day that begins finds its documents open; what was sold the day before can come back", async () => {
  const { world, housekeeper } = await kept();
  const till = world.till(0);
  await openFor(till);
  await till.do("addItem", { itemId: "apple" });
  const { receiptId } = await payCash(till);
  const before = till.today();
  world.nowMs += 86_400_000;
  expect(till.today()).not.toBe(before);
  await housekeeper.openToday();
  for (const kind of ["floor", "journal"] as const)
    expect(
      till.replica.isOpen(documentName({ store: world.store, kind, device: till.device, day: till.today() })),
    ).toBe(true);
  await till.do("returnLine", { receiptId, lineNo: 1, quantityMilli: 1000, reason: "bruised" });
  expect((await payCash(till)).number).toMatch(/-000002$/);
  expect(await till.do("report", {})).toMatchObject({
    day: till.today(),
    sales: 0,
    refunds: 1,
    grossMinor: -50,
  });
  expect(await till.do("report", { day: before })).toMatchObject({ sales: 1, refunds: 0, grossMinor: 50 });
  expect(till.context.journal.position()).toMatchObject({ seq: 3, receiptNumber: 2 });
});

test("the trading day, not midnight, decides which days are open", async () => {
  const { world } = await kept();
  const days = daysKeptOpen(Date.UTC(2026, 10, 22, 3, 59), world.settings); // the day begins at four, in Dublin
  expect(days[0]).toBe("2026-11-21");
  expect(days).toHaveLength(7);
  expect(new Set(days).size).toBe(7);
  expect(days.at(-1)).toBe("2026-11-15");
});
