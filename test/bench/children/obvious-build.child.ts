import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { median } from "../harness/statistics.ts";
import { type NestedDay, openRepo } from "./nested-sales.ts";
import { openStore, readRecords } from "./read-records.ts";

/** Puts the sales of a till's journals into one stock document, each changed and flushed as it was paid. */
const argument = JSON.parse(process.argv[2]!) as { folder: string; passphrase: string; to: string };
const { opened, replica } = await openStore(argument.folder, argument);
const sales = (await readRecords(replica)).filter(({ record }) => record.kind === "sale");
mkdirSync(argument.to, { recursive: true });
const repo = openRepo(argument.to);
const handle = repo.create<NestedDay>({ sales: {} });
for (const { hash, record } of sales) {
  handle.change((day) => {
    day.sales[hash] = record.body;
  });
  await repo.flush([handle.documentId]);
}
writeFileSync(join(argument.to, "url.txt"), handle.url);
await repo.shutdown();
await replica.close();
await opened.vault.close();
console.log(JSON.stringify({ recordBytes: median(sales.map(({ bytes }) => bytes.length)) }));
process.exit(0);
