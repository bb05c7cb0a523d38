import { openVault } from "#terminal/vault/open-vault.ts";
import { openStore, random, readRecords } from "./read-records.ts";

/** How long it takes from a closed vault, with its key at hand, to every record of the day. */
interface LoadArgument {
  readonly folder: string;
  readonly passphrase: string;
  readonly sales: number;
}

const { folder, passphrase, sales } = JSON.parse(process.argv[2]!) as LoadArgument;
const once = await openVault(folder, { unlock: { passphrase }, random });
if (once.type !== "opened") throw new Error(once.type);
await once.vault.close();
const began = performance.now();
const { opened, replica } = await openStore(folder, { vaultKey: once.vaultKey });
const records = await readRecords(replica);
const loadMs = performance.now() - began;
const found = records.filter(({ record }) => record.kind === "sale").length;
if (found !== sales) throw new Error(`${found} sales, not ${sales}`);
await replica.close();
await opened.vault.close();
console.log(JSON.stringify({ loadMs }));
process.exit(0);
