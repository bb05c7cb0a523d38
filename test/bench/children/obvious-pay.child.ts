import type { AutomergeUrl } from "@automerge/automerge-repo";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type NestedDay, openRepo } from "./nested-sales.ts";
import { openStore, readRecords } from "./read-records.ts";

/** Pays further sales into the stock document of the day: each changed, then flushed. */
interface PayArgument {
  readonly till: string;
  readonly passphrase: string;
  readonly folder: string;
  readonly count: number;
}

const argument = JSON.parse(process.argv[2]!) as PayArgument;
const { opened, replica } = await openStore(argument.till, argument);
const records = (await readRecords(replica)).filter(({ record }) => record.kind === "sale");
await opened.vault.close();
const repo = openRepo(argument.folder);
const handle = await repo.find<NestedDay>(
  readFileSync(join(argument.folder, "url.txt"), "utf8") as AutomergeUrl,
);
const paysMs: number[] = [];
for (let n = 0; n < argument.count; n++) {
  const { hash, record } = records[n % records.length]!;
  const began = performance.now();
  handle.change((day) => {
    day.sales[`${hash}-${process.pid}`] = record.body;
  });
  await repo.flush([handle.documentId]);
  paysMs.push(performance.now() - began);
}
await repo.shutdown();
console.log(JSON.stringify({ paysMs }));
process.exit(0);
