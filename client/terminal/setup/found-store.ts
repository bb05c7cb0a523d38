import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, renameSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Bytes, RandomBytes, TimeMs } from "#schema/bytes.ts";
import type { StretchCost } from "#terminal/vault/passphrase-slot.ts";
import { type Company, createCompany, issueTillPack, sealCompany } from "./company.ts";
import { sealPack } from "./pack.ts";
import { newPassphrase } from "./passphrase.ts";
import type { StoreFile } from "./store-file.ts";

export interface FoundOptions {
  readonly file: StoreFile;
  /** Made when it is not there; must not hold a company yet. */
  readonly folder: string;
  readonly passphrase: string;
  /** Of the company file and the packs. */
  readonly cost: StretchCost;
  readonly time: TimeMs;
  readonly random: RandomBytes;
}

interface WrittenPack {
  readonly label: string;
  readonly path: string;
  /** Drawn for this pack alone; written nowhere. */
  readonly passphrase: string;
}

export type FoundResult =
  | {
      readonly type: "founded";
      readonly company: Company;
      readonly companyFile: string;
      readonly packs: readonly WrittenPack[];
    }
  | { readonly type: "exists"; readonly path: string };

export const companyFileName = "company.tillmesh";

/** Makes a company, its store and a pack for each till, and writes them. Rejects when the disk refuses. */
export async function foundStore(options: FoundOptions): Promise<FoundResult> {
  const { file, folder, passphrase, cost, time, random } = options;
  const companyFile = join(folder, companyFileName);
  if (existsSync(companyFile)) return { type: "exists", path: companyFile };
  let company = await createCompany({ ...file, time, random });
  const packs: { written: WrittenPack; bytes: Bytes }[] = [];
  for (const label of file.tillLabels) {
    const issued = issueTillPack(company, { label, time, random });
    company = issued.company;
    const path = join(folder, "packs", packFileName(label, issued.pack.series));
    const own = newPassphrase(random);
    const bytes = await sealPack(issued.pack, { passphrase: own, cost, random });
    packs.push({ written: { label, path, passphrase: own }, bytes });
  }
  const sealed = await sealCompany(company, { passphrase, cost, random });
  mkdirSync(join(folder, "packs"), { recursive: true, mode: 0o700 });
  for (const { written, bytes } of packs) writeSafely(written.path, bytes);
  writeSafely(companyFile, sealed);
  return { type: "founded", company, companyFile, packs: packs.map(({ written }) => written) };
}

/** The series keeps two tills of one label apart. */
export function packFileName(label: string, series: number): string {
  const name = label
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, "-")
    .replaceAll(/^-|-$/g, "");
  return `${series}-${name || "device"}.pack`;
}

/** The whole file or none of it, on disk when it returns; readable by this user alone. */
export function writeSafely(path: string, bytes: Uint8Array): void {
  const temporary = `${path}.new`;
  const file = openSync(temporary, "w", 0o600);
  try {
    for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(temporary, path);
  const folder = openSync(dirname(path), "r");
  fsyncSync(folder);
  closeSync(folder);
}
