import { randomBytes } from "node:crypto";
import { afterEach, expect, test } from "vitest";
import type { Bytes, StoreId } from "#schema/bytes.ts";
import { type JournalDocument, checkJournal } from "#schema/documents/journal.ts";
import { type TradingDay, documentName } from "#schema/documents/names.ts";
import { cryptoReady, signingKeyFromSeed } from "#schema/trust/crypto.ts";
import { type MemoryDisk, MemoryVault, memoryDisk } from "#terminal/vault/memory-vault.ts";
import { JournalWriter } from "./journal-writer.ts";
import { Replica } from "./replica.ts";

await cryptoReady;
const random = (length: number): Bytes => new Uint8Array(randomBytes(length));
const store = "5a".repeat(16) as StoreId;
const key = signingKeyFromSeed(random(32));
const day = "2026-03-02" as TradingDay;
const name = documentName({ store, kind: "journal", device: key.device, day });
const never = 2 ** 30;

const replicas: Replica[] = [];
afterEach(async () => {
  for (const replica of replicas.splice(0)) await replica.close();
});

/** A till's process on a disk; changes that nobody waits for never leave its memory by themselves. */
async function processOn(disk: MemoryDisk): Promise<{ replica: Replica; writer: JournalWriter }> {
  const vault = new MemoryVault(disk);
  const onFailure = (what: string, error: unknown) => {
    throw new Error(what, { cause: error });
  };
  const replica = await Replica.open({
    store,
    device: key.device,
    vault,
    random,
    lingerMs: never,
    onFailure,
  });
  replicas.push(replica);
  return { replica, writer: await JournalWriter.open({ store, key, series: 1, vault, replica }) };
}

const drawer = (reason: string) => () => ({
  day,
  shift: "s",
  staff: { id: "ada", name: "Ada" },
  direction: "no-sale" as const,
  amount: 0,
  reason,
});

const recordsIn = (replica: Replica): readonly Bytes[] => [...replica.doc<JournalDocument>(name).records];

test("after a crash, a record that a neighbour has heard of is entered by the same change: it is there once", async () => {
  const disk = memoryDisk();
  const first = await processOn(disk);
  for (const reason of ["one", "two", "three"]) await first.writer.append("cash", day, 5_000, drawer(reason));
  // A neighbour hears of the first two; nothing of the document is on disk but what was written ahead.
  const heard = first.replica.changesSince(name, []).slice(0, 3);

  const second = await processOn(disk);
  await second.writer.append("cash", day, 6_000, drawer("four"));
  expect(recordsIn(second.replica)).toHaveLength(4);
  await second.replica.apply(name, heard);
  await second.replica.apply(name, first.replica.changesSince(name, []));
  const records = recordsIn(second.replica);
  expect(checkJournal({ store, device: key.device }, records, undefined)).toMatchObject({ type: "right" });
  expect(records).toHaveLength(4);
});

test("crash after crash, nothing is lost and nothing doubled", async () => {
  const disk = memoryDisk();
  const heard: Uint8Array[] = [];
  for (let run = 0; run < 5; run++) {
    const { replica, writer } = await processOn(disk);
    await writer.append("cash", day, 5_000 + run, drawer(`a ${run}`));
    if (run === 2) await replica.settle({ durable: true });
    await writer.append("cash", day, 5_000 + run, drawer(`b ${run}`));
    heard.push(...replica.changesSince(name, []));
  }
  const { replica } = await processOn(disk);
  await replica.apply(name, heard);
  const records = recordsIn(replica);
  expect(checkJournal({ store, device: key.device }, records, undefined)).toMatchObject({ type: "right" });
  expect(records).toHaveLength(10);
});
