import type { TradingDay } from "#schema/documents/names.ts";
import type { RecordBody } from "#schema/documents/record-body.ts";
import { JournalWriter } from "#terminal/replica/journal-writer.ts";
import { RawAppend } from "../harness/raw-append.ts";
import { openStore, readRecords } from "./read-records.ts";

/** Appends the day's sales once more to a till's journal; after each, the same signed bytes to a plain file. */
interface CommitArgument {
  readonly folder: string;
  readonly passphrase: string;
  readonly raw: string;
  readonly count: number;
}

const argument = JSON.parse(process.argv[2]!) as CommitArgument;
const { opened, identity, replica } = await openStore(argument.folder, argument);
const records = await readRecords(replica);
const bodies = records.flatMap(({ record }) => (record.kind === "sale" ? [record.body] : []));
const { store, key, series } = identity;
const journal = await JournalWriter.open({ store, key, series, vault: opened.vault, replica });
const raw = new RawAppend(argument.raw);
const warmUp = 30;
const commitsMs: number[] = [];
const settlesMs: number[] = [];
for (let n = 0; n < argument.count + warmUp; n++) {
  const body: RecordBody<"sale"> = bodies[n % bodies.length]!;
  const began = performance.now();
  const appended = await journal.append("sale", body.day as TradingDay, Date.now(), (number) => ({
    ...body,
    number,
  }));
  const acknowledged = performance.now();
  await replica.settle({ durable: false });
  const settled = performance.now();
  raw.append(appended.bytes);
  if (n < warmUp) continue;
  commitsMs.push(acknowledged - began);
  settlesMs.push(settled - acknowledged);
}
raw.close();
await replica.close();
await opened.vault.close();
console.log(JSON.stringify({ commitsMs, settlesMs, rawMs: raw.samplesMs.slice(warmUp) }));
process.exit(0);
