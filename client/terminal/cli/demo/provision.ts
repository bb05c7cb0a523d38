import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  type Company,
  issueReaderPack,
  issueTillPack,
  openCompany,
  sealCompany,
} from "#terminal/setup/company.ts";
import { companyFileName, foundStore, writeSafely } from "#terminal/setup/found-store.ts";
import { sealPack } from "#terminal/setup/pack.ts";
import { newPassphrase } from "#terminal/setup/passphrase.ts";
import type { NewStaff } from "#terminal/setup/pin.ts";
import { explainFileRefusal } from "#terminal/setup/sealed-file.ts";
import { parseStoreFile } from "#terminal/setup/store-file.ts";
import { Refused } from "../command.ts";
import { readJson } from "../secrets.ts";
import { costFrom, now, random } from "../world.ts";
import type { DemoFolder } from "./layout.ts";

const fixtures = fileURLToPath(new URL("../../../../fixtures/demo-shop/", import.meta.url));

/** People of the demo shop, with the PINs that its summary prints. */
export function demoStaff(): readonly NewStaff[] {
  return demoFile(1).staff;
}

export function demoPriceBook(): string {
  return readFileSync(join(fixtures, "price-book.csv"), "utf8");
}

/** What `tillmesh init`, `enrol` and `enrol --reader` do. Does only what is still missing. */
export async function provision(folder: DemoFolder, tills: number): Promise<Company> {
  const { state, argonMib } = folder.marker();
  const cost = costFrom(String(argonMib));
  if (state === "making") {
    folder.wipe();
    const passphrase = newPassphrase(random);
    folder.writePassphrase("company", passphrase);
    const founded = await foundStore({
      file: demoFile(tills),
      folder: folder.place("company"),
      passphrase,
      cost,
      time: now(),
      random,
    });
    if (founded.type === "exists") throw new Refused(`${founded.path} is there already.`);
    for (const [at, pack] of founded.packs.entries()) keepPack(folder, at + 1, readFileSync(pack.path), pack);
    const company = await addReader(folder, founded.company, passphrase);
    folder.write({ state: "made", tills });
    return company;
  }
  const passphrase = folder.readPassphrase("company");
  const opened = await openCompany(
    new Uint8Array(readFileSync(folder.place("company", companyFileName))),
    passphrase,
  );
  if (opened.type !== "opened") throw new Refused(explainFileRefusal("The demo's company file", opened));
  let { company } = opened;
  for (let n = folder.marker().tills + 1; n <= tills; n++) {
    const issued = issueTillPack(company, { label: `Till ${n}`, time: now(), random });
    company = issued.company;
    const own = newPassphrase(random);
    await saveCompany(folder, company, passphrase);
    keepPack(folder, n, await sealPack(issued.pack, { passphrase: own, cost, random }), { passphrase: own });
    folder.write({ tills: n });
  }
  return company;
}

/**
 * The pack of a till that has not joined yet; it is destroyed once the till has. What a join that was cut off left
 * behind goes: nothing was ever sold there.
 */
export function waitingPack(folder: DemoFolder, n: number): string | undefined {
  const path = folder.place("packs", `till-${n}.pack`);
  if (!existsSync(path)) return undefined;
  const data = folder.place(`till-${n}`, "data");
  if (!existsSync(join(data, "header.json"))) rmSync(data, { recursive: true, force: true });
  return path;
}

export function destroyPack(folder: DemoFolder, n: number): void {
  rmSync(folder.place("packs", `till-${n}.pack`), { force: true });
  rmSync(folder.passphraseFile(`pack-${n}`), { force: true });
}

function demoFile(tills: number) {
  const path = join(fixtures, "store.json");
  const value = readJson(path, "fixtures");
  const parsed = parseStoreFile(typeof value === "object" ? { ...value, tills } : value);
  if (parsed.ok) return parsed.file;
  throw new Error(`${path}: ${parsed.problems.map((one) => `${one.path}: ${one.message}`).join("; ")}`);
}

function keepPack(
  folder: DemoFolder,
  n: number,
  bytes: Uint8Array,
  pack: { readonly passphrase: string; readonly path?: string },
): void {
  folder.writePassphrase(`till-${n}`, newPassphrase(random));
  folder.writePassphrase(`pack-${n}`, pack.passphrase);
  writeSafely(folder.place("packs", `till-${n}.pack`), bytes);
  if (pack.path !== undefined) rmSync(pack.path);
}

async function addReader(folder: DemoFolder, company: Company, passphrase: string): Promise<Company> {
  const issued = issueReaderPack(company, { label: "Headquarters", time: now(), random });
  const own = newPassphrase(random);
  const cost = costFrom(String(folder.marker().argonMib));
  folder.writePassphrase("headquarters", own);
  const bytes = await sealPack(issued.pack, { passphrase: own, cost, random });
  writeSafely(folder.place("headquarters", "reader.pack"), bytes);
  await saveCompany(folder, issued.company, passphrase);
  return issued.company;
}

async function saveCompany(folder: DemoFolder, company: Company, passphrase: string): Promise<void> {
  const cost = costFrom(String(folder.marker().argonMib));
  writeSafely(
    folder.place("company", companyFileName),
    await sealCompany(company, { passphrase, cost, random }),
  );
}
