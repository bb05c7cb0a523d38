import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { runProgram } from "./program.ts";
import { TestTill, type TillSetup } from "./test-till.ts";
import { openProxy, type TcpProxy } from "./tcp-proxy.ts";

const storeFile = fileURLToPath(new URL("../../../fixtures/demo-shop/store.json", import.meta.url));
const passphrase = "correct horse battery staple over the river";

export interface TestItem {
  readonly id: string;
  readonly barcode: string;
  readonly priceMinor: number;
}

/** Plain goods in whole pieces, each at another price. */
export const items: readonly TestItem[] = Array.from({ length: 12 }, (_, n) => ({
  id: `g${n + 1}`,
  barcode: ean13(`290000000${String(n + 1).padStart(3, "0")}`),
  priceMinor: 100 + 37 * n,
}));

/** A store made by `tillmesh init`, in a folder that is removed with it. */
export class TestShop {
  readonly folder: string;
  readonly tills: TestTill[] = [];
  readonly #links = new Map<string, TcpProxy>();

  private constructor() {
    this.folder = mkdtempSync(join(tmpdir(), "tillmesh-process-"));
  }

  static async make(options: {
    readonly tills: number;
    readonly relay?: string;
    readonly setup?: (n: number) => Partial<TillSetup>;
  }): Promise<TestShop> {
    const shop = new TestShop();
    writeFileSync(shop.path("passphrase"), passphrase);
    const store = JSON.parse(readFileSync(storeFile, "utf8")) as Record<string, unknown>;
    writeFileSync(
      shop.path("store.json"),
      JSON.stringify({ ...store, tills: options.tills, relay: options.relay ?? null }),
    );
    const printed = await runProgram([
      "init",
      "--file",
      shop.path("store.json"),
      "--out",
      shop.path("company"),
      "--json",
      "--argon-mib",
      "1",
      "--passphrase-file",
      shop.path("passphrase"),
    ]);
    const { packs } = JSON.parse(printed) as { packs: { path: string; passphrase: string }[] };
    for (const [at, pack] of packs.entries()) {
      const folder = shop.path(`till-${at + 1}`);
      mkdirSync(folder);
      const setup = options.setup?.(at + 1) ?? {};
      shop.tills.push(new TestTill({ folder, passphrase, pack, relay: options.relay ?? null, ...setup }));
    }
    return shop;
  }

  path(...parts: readonly string[]): string {
    return join(this.folder, ...parts);
  }

  get companyFile(): string {
    return this.path("company", "company.tillmesh");
  }

  get passphraseFile(): string {
    return this.path("passphrase");
  }

  /** A wire from each till to each other, as configured addresses; nothing else leads from one to another. */
  async wire(): Promise<void> {
    for (const from of this.tills)
      for (const to of this.tills) {
        if (from === to) continue;
        const proxy = await openProxy();
        this.#links.set(linkName(from, to), proxy);
        from.addNeighbour(proxy.address);
        to.onAddress((address) => proxy.lead(address));
      }
  }

  /** Cuts, or joins again, every wire between two groups. */
  between(some: readonly TestTill[], others: readonly TestTill[], what: "cut" | "join"): void {
    for (const one of some)
      for (const other of others) {
        this.#links.get(linkName(one, other))![what]();
        this.#links.get(linkName(other, one))![what]();
      }
  }

  async close(): Promise<void> {
    await Promise.all(this.tills.map((till) => till.kill()));
    await Promise.all([...this.#links.values()].map((link) => link.close()));
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** The price book that `importPriceBook` takes, with `stock` pieces of each. */
export function priceBook(stock: number): string {
  const rows = items.map(
    ({ id, barcode, priceMinor }) =>
      `${id},Goods ${id},${(priceMinor / 100).toFixed(2)},pantry,${barcode},piece,zero,,${stock}`,
  );
  return ["item_id,name,price,department,barcode,unit,tax_class,age,stock", ...rows].join("\n");
}

function linkName(from: TestTill, to: TestTill): string {
  return `${from.setup.folder} ${to.setup.folder}`;
}

/** GS1 General Specifications, 7.9: weights 3 and 1 from the right. */
function ean13(twelve: string): string {
  const sum = Array.from(twelve).reduce(
    (total, digit, at) => total + Number(digit) * (at % 2 === 0 ? 1 : 3),
    0,
  );
  return `${twelve}${(10 - (sum % 10)) % 10}`;
}
