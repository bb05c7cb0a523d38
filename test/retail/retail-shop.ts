import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RetailRow } from "#fixtures/online-retail.ts";
import { type Program, runProgram, startProgram } from "../process/support/program.ts";
import { TestTill } from "../process/support/test-till.ts";
import { type DoorAddress, TillClient } from "../process/support/till-client.ts";
import { until } from "../process/support/until.ts";
import type { StaffedTill } from "./replay.ts";
import { retailPriceBook, retailStore } from "./retail-store.ts";

const passphrase = "correct horse battery staple over the river";

/** What headquarters answers when asked for a trading day. */
export interface HeadquartersReport {
  readonly sales: number;
  readonly refunds: number;
  readonly voids: number;
  readonly gross: number;
  readonly net: number;
  readonly taxes: readonly { readonly name: string; readonly base: number; readonly amount: number }[];
  readonly tenders: readonly { readonly method: string; readonly amount: number }[];
  readonly tills: readonly { readonly device: string; readonly gross: number }[];
  readonly exceptions: number;
  readonly faults: readonly unknown[];
}

/** The relay, the tills and headquarters of one store, each a process of its own, made by the command line. */
export interface RetailShop {
  readonly tills: readonly TestTill[];
  readonly staffed: readonly StaffedTill[];
  readonly bookPence: ReadonlyMap<string, number>;
  /** The trading day that all of it falls on. */
  readonly day: string;
  headquarters(): Promise<HeadquartersReport>;
  close(): Promise<void>;
}

/** Ready to sell what `rows` sell when it resolves: price book everywhere, shifts open, tills linked. */
export async function openRetailShop(rows: readonly RetailRow[], count: number): Promise<RetailShop> {
  const folder = mkdtempSync(join(tmpdir(), "tillmesh-retail-"));
  const path = (...parts: string[]): string => join(folder, ...parts);
  const programs: Program[] = [];
  const tills: TestTill[] = [];
  const doors: string[] = [];
  const close = async (): Promise<void> => {
    await Promise.all([...tills.map((till) => till.kill()), ...programs.map((program) => program.kill())]);
    rmSync(folder, { recursive: true, force: true });
  };
  const start = async (what: string, args: readonly string[]): Promise<Program> => {
    const program = await startProgram([what, "--data", path(what), ...args], {
      logFile: path(`${what}.log`),
    });
    programs.push(program);
    return program;
  };
  try {
    writeFileSync(path("passphrase"), passphrase);
    const relay = await start("relay", ["--port", "0"]);
    const relayUrl = String(relay.ready["url"]);
    const now = new Date();
    const store = retailStore(now.getUTCHours() * 60 + now.getUTCMinutes(), count, relayUrl);
    writeFileSync(path("store.json"), JSON.stringify(store));
    const company = path("company", "company.tillmesh");
    const owner = ["--passphrase-file", path("passphrase")];
    const cheap = ["--json", "--argon-mib", "1"];
    const init = ["init", "--file", path("store.json"), "--out", path("company")];
    const made = JSON.parse(await runProgram([...init, ...owner, ...cheap])) as Made;
    const enrol = ["enrol", "--company", company, "--label", "Headquarters", "--reader"];
    const reader = JSON.parse(await runProgram([...enrol, ...owner, ...cheap])) as Pack;
    const token = path("relay", "operator-token");
    const register = ["--relay", relayUrl, "--operator-token-file", token];
    await runProgram(["register", "--company", company, ...register, ...owner]);

    for (const [at, pack] of made.packs.entries()) {
      mkdirSync(path(`till-${at + 1}`));
      const setup = { folder: path(`till-${at + 1}`), passphrase, pack, relay: relayUrl };
      const doorThrough = (url: string): Promise<DoorAddress> => {
        doors[at] = url;
        return Promise.resolve({ type: "url", url });
      };
      tills.push(new TestTill({ ...setup, lan: { gossip: true }, doorThrough }));
    }
    const [first, ...others] = tills;
    first!.onAddress((address) => {
      if (address !== null) for (const till of others) till.addNeighbour(address);
    });
    await first!.start();
    writeFileSync(path("reader-passphrase"), reader.passphrase);
    const readerPack = ["--pack", reader.pack!, "--passphrase-file", path("reader-passphrase")];
    const [office] = await Promise.all([
      start("headquarters", readerPack),
      ...others.map((till) => till.start()),
    ]);
    const { url, tokenFile } = office.ready as Record<string, string>;
    const headers = { authorization: `Bearer ${readFileSync(tokenFile!, "utf8").trim()}` };

    const { csv, pence } = retailPriceBook(rows);
    const { published, bad } = await first!.client.command("importPriceBook", { csv });
    if (!published) throw new Error(`the price book was refused: ${JSON.stringify(bad)}`);
    const staffed = await Promise.all(
      tills.map((till, at) => staff(till.client, doors[at]!, published.generation)),
    );
    const { day } = (await first!.client.view()).till;
    return {
      tills,
      staffed,
      bookPence: pence,
      day,
      async headquarters() {
        const response = await fetch(`${url}/v1/stores/${made.store}/report?day=${day}`, { headers });
        if (!response.ok) throw new Error(`headquarters answered ${response.status}`);
        return (await response.json()) as HeadquartersReport;
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

interface Pack {
  readonly path: string;
  readonly pack?: string;
  readonly passphrase: string;
}

interface Made {
  readonly store: string;
  readonly packs: readonly Pack[];
}

async function staff(manager: TillClient, door: string, generation: string): Promise<StaffedTill> {
  await until(
    "the till hears others and has the price book",
    async () => {
      const view = await manager.view();
      return view.till.priceBook?.generation === generation && view.network.state === "everything";
    },
    60_000,
  );
  await manager.command("openShift", { floatMinor: 50_000, confirm: true });
  const cashier = new TillClient({ type: "url", url: door });
  await cashier.signIn("anna", "1111");
  return { manager, cashier, approval: { staffId: "maria", pin: "9999" } };
}
