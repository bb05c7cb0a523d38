import { randomBytes } from "node:crypto";
import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { parse } from "csv-parse/sync";
import { type DemoShop, loadDemoShop } from "#fixtures/demo-shop.ts";
import { largePriceBookCsv } from "#fixtures/large-price-book.ts";
import { createCompany, issueTillPack } from "#terminal/setup/company.ts";
import { identityWrite } from "#terminal/setup/identity.ts";
import { createVault } from "#terminal/vault/open-vault.ts";
import { sellSix } from "../harness/cashier.ts";
import { type TillProcess, runChild, startTill } from "../harness/processes.ts";
import { Screen } from "../harness/screen.ts";
import { seeded } from "../harness/statistics.ts";
import { type DayFacts, asleepFolder, factsName, folderBytes, obviousFolder, tillFolder } from "./day.ts";
import type { Sizes } from "./sizes.ts";

const passphrase = "a made up store that sells nothing real";
/** A store's passphrase is stretched with 256 MiB; here it is made cheap, for what is measured is not that. */
const cheap = { memoryBytes: 8 * 2 ** 20, passes: 1 };
const random = (length: number) => new Uint8Array(randomBytes(length));
/** Longer than the tills wait before they tidy up. */
const quietMs = 2_500;

interface Manned {
  readonly till: TillProcess;
  readonly screen: Screen;
}

/** Makes the day in `folder` by real tills selling; some minutes. */
export async function buildDay(folder: string, sizes: Sizes, say: (what: string) => void): Promise<void> {
  const began = performance.now();
  const shop = loadDemoShop();
  const csv = largePriceBookCsv(shop.priceBookCsv, sizes.items);
  const manager = shop.staff.find(({ role }) => role === "manager")!;
  const goods = goodsOf(csv);
  await found(folder, shop, sizes.tills);

  say(`importing ${sizes.items} items on ${sizes.sellers + 1} tills`);
  const tills = await startAll(folder, range(1, sizes.sellers + 1), manager, []);
  await tills[0]!.screen.do("importPriceBook", { csv });
  for (const { screen } of tills) {
    await screen.until(({ till }) => till?.priceBook?.items === sizes.items);
    await screen.do("openShift", { floatMinor: 10_000 });
  }
  await pause(quietMs);
  const asleep = tills.pop()!;
  await stop(asleep);
  const last = tillFolder(sizes.sellers + 1);
  cpSync(join(folder, last), join(folder, asleepFolder), { recursive: true });

  say(`${sizes.sales} sales of six lines on ${sizes.sellers} tills`);
  const first = join(folder, tillFolder(1));
  const sellers = range(1, sizes.sellers).map((n) => join(folder, tillFolder(n)));
  const before = sellers.map(folderBytes);
  const each = sizes.sales / sizes.sellers;
  await Promise.all(tills.map(({ screen }, n) => sellAll(screen, goods.codes, each, n, say)));
  for (const { screen } of tills) await complete(screen, sizes.sales);
  await pause(2 * quietMs);
  const after = sellers.map(folderBytes);

  say(`the other tills, ${sizes.tills} in all, catch up`);
  const known = tills.map(({ till }) => till.lan);
  const others = await startAll(folder, range(sizes.sellers + 1, sizes.tills), manager, known);
  for (const { screen } of others) {
    await screen.until(({ till }) => till?.priceBook?.items === sizes.items);
    await complete(screen, sizes.sales);
  }
  await pause(2 * quietMs);
  for (const till of [...others, ...tills]) await stop(till);
  const growth = sellers.map((seller, n) => ({
    ...{ before: before[n]!, after: after[n]!, closed: folderBytes(seller) },
  }));

  say("the same sales in one stock document");
  const { recordBytes } = await runChild<{ recordBytes: number }>("obvious-build.child.ts", {
    ...{ folder: first, passphrase, to: join(folder, obviousFolder) },
  });
  const facts: DayFacts = {
    ...{ sizes, passphrase, manager, ...goods, growth, recordBytes },
    seconds: Math.round((performance.now() - began) / 1000),
  };
  writeFileSync(join(folder, factsName), JSON.stringify(facts));
}

/** A vault for each till of a new store. */
async function found(folder: string, shop: DemoShop, tills: number): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const { settings, staff } = shop;
  let company = await createCompany({ settings, staff, time: Date.now(), random, pinCost: cheap });
  for (const n of range(1, tills)) {
    const issued = issueTillPack(company, { label: `Till ${n}`, time: Date.now(), random });
    company = issued.company;
    const made = await createVault(join(folder, tillFolder(n)), { passphrase, random, cost: cheap });
    if (made.type !== "opened") throw new Error(`no vault was made: ${made.type}`);
    await made.vault.commit([identityWrite(issued.pack)], { durable: true });
    await made.vault.close();
  }
}

async function startAll(
  folder: string,
  numbers: readonly number[],
  manager: DayFacts["manager"],
  known: readonly string[],
): Promise<Manned[]> {
  const manned: Manned[] = [];
  for (const n of numbers) {
    const neighbours = [...known, ...manned.map(({ till }) => till.lan)];
    const till = await startTill({ data: join(folder, tillFolder(n)), passphrase, neighbours });
    const screen = await Screen.open(till.door);
    await screen.until(({ store }) => store !== undefined && store.staff.length > 0);
    manned.push({ till, screen: await screen.signIn(manager) });
  }
  return manned;
}

async function stop({ till, screen }: Manned): Promise<void> {
  screen.close();
  await till.stop();
}

/** With a quiet moment now and then, as shops have, in which a till tidies up. */
async function sellAll(
  screen: Screen,
  codes: readonly string[],
  sales: number,
  seed: number,
  say: (what: string) => void,
): Promise<void> {
  const choose = seeded(seed + 1);
  for (let sale = 1; sale <= sales; sale++) {
    await sellSix(screen, codes, choose);
    if (sale % 100 === 0) await pause(quietMs);
    if (sale % 250 === 0 && seed === 0) say(`${sale} of ${sales} sales on the first till`);
  }
}

async function complete(screen: Screen, sales: number): Promise<void> {
  for (;;) {
    const report = await screen.do("report", {});
    if (report.value.sales === sales) return;
    await pause(50);
  }
}

function goodsOf(csv: string): Pick<DayFacts, "codes" | "itemIds"> {
  const rows: Record<string, string>[] = parse(csv, { columns: true });
  const choose = seeded(7);
  const plain = rows.filter(
    (row) => row["unit"] === "piece" && row["age"] === "" && Number(row["price"]) > 0,
  );
  const chosen = plain.filter(() => choose() < 10_000 / plain.length);
  return {
    codes: chosen.map((row) => row["barcode"]!),
    itemIds: chosen.slice(0, 500).map((row) => row["item_id"]!),
  };
}

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, n) => first + n);
}
