import { randomBytes } from "node:crypto";
import * as A from "@automerge/automerge";
import fc from "fast-check";
import { afterEach, describe, expect, test } from "vitest";
import type { Bytes, StoreId } from "#schema/bytes.ts";
import type { JournalDocument } from "#schema/documents/journal.ts";
import { checkJournal } from "#schema/documents/journal.ts";
import { type DocumentName, type TradingDay, documentName } from "#schema/documents/names.ts";
import type { StoreDocument } from "#schema/documents/store-document.ts";
import { cryptoReady, signingKeyFromSeed } from "#schema/trust/crypto.ts";
import { type MemoryDisk, MemoryVault, memoryDisk } from "#terminal/vault/memory-vault.ts";
import { createTestVault, reopenTestVault, testFolder } from "#terminal/vault/test-vaults.ts";
import type { Vault } from "#terminal/vault/vault.ts";
import { JournalWriter } from "./journal-writer.ts";
import { Replica } from "./replica.ts";

await cryptoReady;
const random = (length: number): Bytes => new Uint8Array(randomBytes(length));
const store = "5a".repeat(16) as StoreId;
const key = signingKeyFromSeed(random(32));
const name = documentName({ store, kind: "store" });
const never = 2 ** 30;

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

async function replicaOn(vault: Vault, failures: unknown[] = []): Promise<Replica> {
  const replica = await Replica.open({
    ...{ store, device: key.device, vault, random, lingerMs: never },
    onFailure: (_what, error) => failures.push(error),
  });
  cleanups.push(() => replica.repo.shutdown());
  return replica;
}

const say = (replica: Replica, word: string, document = name): void =>
  replica.change<StoreDocument>(document, (draft) => void (draft.staff[word] = new Uint8Array([1])), 1000);
const words = (replica: Replica, document = name): string[] =>
  Object.keys(replica.doc<StoreDocument>(document).staff).toSorted();

/** As a process finds it that starts after a crash now. */
async function afterCrash(disk: MemoryDisk): Promise<Replica> {
  const replica = await replicaOn(new MemoryVault(disk));
  for (const one of replica.names()) await replica.open(one);
  return replica;
}

describe("what was settled", () => {
  test("is there after a crash, and its document is known by name; the rest is not", async () => {
    const disk = memoryDisk();
    const vault = new MemoryVault(disk);
    const replica = await replicaOn(vault);
    await replica.open(name);
    say(replica, "one");
    await replica.settle({ durable: true });
    expect(vault.atRisk()).toBe(0);
    say(replica, "two");
    const again = await afterCrash(disk);
    expect(again.names()).toEqual([name]);
    expect(words(again)).toEqual(["one"]);
    expect(again.damaged()).toEqual([]);
  });

  test("in the real vault, through two processes", async () => {
    const { folder, remove } = testFolder();
    cleanups.push(remove);
    const opened = await createTestVault(folder);
    const replica = await replicaOn(opened.vault);
    await replica.open(name);
    say(replica, "one");
    await replica.settle({ durable: true });
    await replica.compact(name);
    say(replica, "two");
    await replica.close();
    await opened.vault.close();
    const { vault } = await reopenTestVault(folder, opened);
    cleanups.push(() => vault.close());
    const again = await replicaOn(vault);
    await again.open(name);
    expect(words(again)).toEqual(["one", "two"]);
  });

  test("goes with what accompanies it in one transaction", async () => {
    const disk = memoryDisk();
    const replica = await replicaOn(new MemoryVault(disk));
    await replica.open(name);
    replica.accompany(() => [{ op: "put", key: ["beside"], data: new Uint8Array([1]) }]);
    say(replica, "one");
    await replica.settle({ durable: true, writes: [{ op: "put", key: ["too"], data: new Uint8Array([2]) }] });
    const vault = new MemoryVault(disk);
    expect([await vault.load(["beside"]), await vault.load(["too"])]).toEqual([
      new Uint8Array([1]),
      new Uint8Array([2]),
    ]);
  });
});

describe("a refused commit", () => {
  test("is made good by the next, whichever were refused and however they overlap", async () => {
    const act = fc.constantFrom("say", "settle", "settle", "full", "room", "wait", "wait", "compact");
    await fc.assert(
      fc.asyncProperty(fc.array(act, { maxLength: 30 }), async (acts) => {
        const disk = memoryDisk();
        const vault = new MemoryVault(disk);
        const slow = slowly(vault);
        const replica = await replicaOn(slow.vault);
        await replica.open(name);
        slow.hold();
        let said = 0;
        const under: Promise<unknown>[] = [];
        for (const one of acts) {
          if (one === "say") say(replica, `w${said++}`);
          if (one === "settle") say(replica, `w${said++}`);
          if (one === "settle") under.push(replica.settle({ durable: true }).catch(() => undefined));
          if (one === "compact") under.push(replica.compact(name).catch(() => undefined));
          if (one === "full") vault.setStatus("full");
          if (one === "room") vault.setStatus("ok");
          if (one === "wait") await slow.step();
        }
        vault.setStatus("ok");
        await slow.all();
        await Promise.all(under);
        const last = replica.settle({ durable: true });
        await slow.all();
        await last;
        const again = await afterCrash(disk);
        expect(again.damaged()).toEqual([]);
        expect(words(again)).toEqual(words(replica));
        expect(again.heads(name)).toEqual(replica.heads(name));
      }),
      { numRuns: 60 },
    );
  });

  test("and the one after it: nothing between is lost", async () => {
    const disk = memoryDisk();
    const vault = new MemoryVault(disk);
    const slow = slowly(vault);
    const replica = await replicaOn(slow.vault);
    await replica.open(name);
    slow.hold();
    const settle = (word: string): Promise<unknown> => {
      say(replica, word);
      return replica.settle({ durable: true }).catch((error: unknown) => error);
    };
    const both = [settle("one"), settle("two")];
    vault.setStatus("full");
    await slow.all();
    expect(await Promise.all(both)).toMatchObject([{ type: "vault-full" }, { type: "vault-full" }]);
    vault.setStatus("ok");
    await settle("three");
    expect(words(await afterCrash(disk))).toEqual(["one", "three", "two"]);
  });

  test("does not let a later one claim to be whole", async () => {
    const disk = memoryDisk();
    const vault = new MemoryVault(disk);
    const slow = slowly(vault);
    const replica = await replicaOn(slow.vault);
    await replica.open(name);
    slow.hold();
    say(replica, "one");
    const first = replica.settle({ durable: false }).catch(() => undefined);
    say(replica, "two");
    const second = replica.settle({ durable: true });
    vault.setStatus("full");
    await slow.step();
    await first;
    vault.setStatus("ok");
    await slow.all();
    await second;
    expect(words(await afterCrash(disk))).toEqual(["one", "two"]);
  });

  test("leaves a new document open, and known by name as soon as there is room", async () => {
    const disk = memoryDisk();
    const vault = new MemoryVault(disk);
    const failures: unknown[] = [];
    const replica = await replicaOn(vault, failures);
    const opened: DocumentName[] = [];
    replica.onOpened((one) => opened.push(one));
    vault.setStatus("full");
    await replica.open(name);
    expect([failures.length, opened]).toEqual([1, [name]]);
    await expect(replica.settle({ durable: true })).rejects.toMatchObject({ type: "vault-full" });
    vault.setStatus("ok");
    say(replica, "one");
    await replica.settle({ durable: true });
    expect(words(await afterCrash(disk))).toEqual(["one"]);
  });
});

describe("compaction", () => {
  test("changes neither heads nor content, also with changes made meanwhile", async () => {
    const disk = memoryDisk();
    const vault = new MemoryVault(disk);
    const slow = slowly(vault);
    const replica = await replicaOn(slow.vault);
    await replica.open(name);
    for (let n = 0; n < 20; n++) {
      say(replica, `w${n}`);
      await replica.settle({ durable: true });
    }
    const heads = replica.heads(name);
    const before = disk.chunks.size;
    slow.hold();
    const compacting = replica.compact(name);
    say(replica, "meanwhile");
    const settling = replica.settle({ durable: true });
    await slow.all();
    await Promise.all([compacting, settling]);
    expect(disk.chunks.size).toBeLessThan(before);
    const again = await afterCrash(disk);
    expect(words(again)).toEqual(words(replica));
    expect(replica.heads(name)).not.toEqual(heads);
    await replica.compact(name);
    expect((await afterCrash(disk)).heads(name)).toEqual(replica.heads(name));
  });

  test("is due once the later chunks outgrow the snapshot", async () => {
    const replica = await replicaOn(new MemoryVault());
    await replica.open(name);
    replica.change<StoreDocument>(name, (draft) => void (draft.staff["big"] = random(60_000)), 0);
    await replica.settle({ durable: false });
    expect(replica.compactable()).toEqual([name]);
    await replica.compact(name);
    expect(replica.compactable()).toEqual([]);
  });
});

test("a damaged chunk is seen, healed from another replica, and written anew", async () => {
  const disk = memoryDisk();
  const vault = new MemoryVault(disk);
  const replica = await replicaOn(vault);
  await replica.open(name);
  for (const word of ["one", "two", "three"]) {
    say(replica, word);
    await replica.settle({ durable: true });
  }
  const chunks = (await vault.loadRange([])).chunks.filter((chunk) => chunk.key[1] === "incremental");
  vault.damage(chunks[1]!.key);
  const again = await afterCrash(disk);
  expect(again.damaged()).toEqual([name]);
  await again.healed(); // not yet: changes are missing still
  expect(again.damaged()).toEqual([name]);
  say(again, "meanwhile");
  await again.apply(name, [...replica.changesSince(name, again.heads(name))]);
  expect(words(again)).toEqual(["meanwhile", "one", "three", "two"]);
  await again.healed();
  expect(again.damaged()).toEqual([]);
  const third = await afterCrash(disk);
  expect(third.damaged()).toEqual([]);
  expect(words(third)).toEqual(words(again));
  expect((await new MemoryVault(disk).loadRange([])).damaged).toEqual([]);
});

test("no two processes are one actor, and each names its device", async () => {
  const disk = memoryDisk();
  const actors = new Set<string>();
  for (let run = 0; run < 5; run++) {
    const replica = await replicaOn(new MemoryVault(disk));
    await replica.open(name);
    say(replica, `run ${run}`);
    await replica.settle({ durable: true });
    const { actor } = A.decodeChange(A.getLastLocalChange(replica.doc(name))!);
    expect(actor.startsWith(`01${key.device}`)).toBe(true);
    expect(actor).toHaveLength(2 + 64 + 16);
    actors.add(actor);
  }
  expect(actors.size).toBe(5);
});

test("what is no Automerge, or another store's, is refused and changes nothing", async () => {
  const replica = await replicaOn(new MemoryVault());
  await replica.open(name);
  say(replica, "one");
  const heads = replica.heads(name);
  await expect(replica.apply(name, [random(100)])).rejects.toThrow(RangeError);
  await expect(
    replica.open(documentName({ store: "00".repeat(16) as StoreId, kind: "store" })),
  ).rejects.toThrow(RangeError);
  expect(replica.heads(name)).toEqual(heads);
});

describe("the journal's writer", () => {
  const day = "2026-03-02" as TradingDay;
  const journalOf = (one: TradingDay): DocumentName =>
    documentName({ store, kind: "journal", device: key.device, day: one });
  const cash = (): never =>
    ({ day, shift: "s", staff: { id: "a", name: "A" }, direction: "in", amount: 1, reason: "r" }) as never;
  const voided = (number: number): never =>
    ({
      ...{
        number,
        day,
        shift: "s",
        staff: { id: "a", name: "A" },
        of: "0".repeat(64),
        ofNumber: 1,
        currency: "EUR",
      },
      ...{ tenders: [], total: 0, net: 0, taxes: [], goods: [], reason: "r" },
    }) as never;
  const open = (vault: Vault, replica: Replica): Promise<JournalWriter> =>
    JournalWriter.open({ store, key, series: 1, vault, replica });
  const records = (replica: Replica, days: readonly TradingDay[] = [day]): Uint8Array[] =>
    days.flatMap((one) => [...replica.doc<JournalDocument>(journalOf(one)).records]);
  const verdict = (bytes: readonly Uint8Array[]): unknown =>
    checkJournal({ store, device: key.device }, bytes, undefined);

  test("on a full disk records nothing and burns no number", async () => {
    const vault = new MemoryVault();
    const replica = await replicaOn(vault);
    const writer = await open(vault, replica);
    await writer.append("void", day, 1000, voided);
    const before = writer.position();
    vault.setStatus("full");
    await expect(writer.append("void", day, 2000, voided)).rejects.toMatchObject({ type: "vault-full" });
    expect([writer.position(), writer.nextReceiptNumber()]).toEqual([before, 2]);
    vault.setStatus("ok");
    expect((await writer.append("void", day, 3000, voided)).record.body.number).toBe(2);
    expect(verdict(records(replica))).toMatchObject({
      type: "right",
      position: { seq: 2, receiptNumber: 2 },
    });
  });

  test("crashing at any commit, has each acknowledged record once, in order, without a gap", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.boolean(), fc.nat(3)), { minLength: 1, maxLength: 8 }),
        async (runs) => {
          const disk = memoryDisk();
          let acknowledged = 0;
          for (const [settles, appends] of runs) {
            const vault = new MemoryVault(disk);
            const replica = await replicaOn(vault);
            const writer = await open(vault, replica);
            expect(writer.position().seq).toBe(acknowledged);
            for (let n = 0; n < appends; n++) {
              await writer.append(n % 2 === 0 ? "void" : "cash", day, 1000, n % 2 === 0 ? voided : cash);
              acknowledged++;
            }
            if (settles) await replica.settle({ durable: true });
          }
          const vault = new MemoryVault(disk);
          const replica = await replicaOn(vault);
          const writer = await open(vault, replica);
          await replica.open(journalOf(day));
          expect(writer.position().seq).toBe(acknowledged);
          const right = verdict(records(replica));
          expect(right).toMatchObject({ type: "right" });
          expect((right as { records: unknown[] }).records).toHaveLength(acknowledged);
        },
      ),
      { numRuns: 25 },
    );
  });

  test("goes on where it stood when its position is lost or damaged, over days and a day without records", async () => {
    const days = ["2026-03-02", "2026-03-03", "2026-03-04"] as TradingDay[];
    for (const harm of ["lost", "damaged", "none"] as const) {
      const disk = memoryDisk();
      const vault = new MemoryVault(disk);
      const replica = await replicaOn(vault);
      const writer = await open(vault, replica);
      await writer.append("void", days[0]!, 1000, voided);
      await writer.append("void", days[0]!, 2000, voided);
      await writer.append("cash", days[1]!, 3000, cash);
      await replica.open(journalOf(days[2]!));
      await replica.settle({ durable: true });
      if (harm === "lost")
        await vault.commit([{ op: "remove", key: ["position", "journal"] }], { durable: true });
      if (harm === "damaged") vault.damage(["position", "journal"]);
      const other = new MemoryVault(disk);
      const again = await replicaOn(other);
      const next = await open(other, again);
      expect([next.position(), next.nextReceiptNumber(), next.lastTimeMs()]).toEqual([
        writer.position(),
        3,
        3000,
      ]);
      await next.append("void", days[2]!, 4000, voided);
      for (const one of days) await again.open(journalOf(one));
      expect(verdict(records(again, days))).toMatchObject({
        type: "right",
        position: { seq: 4, receiptNumber: 3 },
      });
    }
  });

  test("begins a new series with a new enrolment", async () => {
    const disk = memoryDisk();
    const vault = new MemoryVault(disk);
    const replica = await replicaOn(vault);
    await (await open(vault, replica)).append("void", day, 1000, voided);
    await replica.settle({ durable: true });
    const other = new MemoryVault(disk);
    const again = await replicaOn(other);
    const writer = await JournalWriter.open({ store, key, series: 2, vault: other, replica: again });
    expect(writer.position()).toMatchObject({ series: 2, seq: 0, receiptNumber: 0 });
    await writer.append("void", day, 2000, voided);
    expect(verdict(records(again))).toMatchObject({ type: "right", position: { series: 2, seq: 1 } });
  });
});

/** A vault whose commits are decided only when told: several are under way at once, in their order. */
function slowly(inner: MemoryVault): {
  readonly vault: Vault;
  readonly hold: () => void;
  readonly step: () => Promise<void>;
  readonly all: () => Promise<void>;
} {
  const waiting: (() => void)[] = [];
  let held = false;
  const vault = new Proxy<Vault>(inner, {
    get(_target, property) {
      if (property === "commit" && held)
        return async (...given: Parameters<Vault["commit"]>) => {
          await new Promise<void>((resolve) => waiting.push(resolve));
          await inner.commit(...given);
        };
      const value: unknown = Reflect.get(inner, property, inner);
      return typeof value === "function" ? (value as () => unknown).bind(inner) : value;
    },
  });
  const hold = (): void => {
    held = true;
  };
  const step = async (): Promise<void> => {
    waiting.shift()?.();
    await turn();
  };
  const all = async (): Promise<void> => {
    held = false;
    do await step();
    while (waiting.length > 0);
  };
  return { vault, hold, step, all };
}

function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
