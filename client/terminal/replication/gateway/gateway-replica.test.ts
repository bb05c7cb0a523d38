import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { startRelay } from "#relay/relay/start.ts";
import { toHex } from "#schema/bytes.ts";
import { firstEpochKeys } from "#schema/documents/bundle.ts";
import type { JournalDocument } from "#schema/documents/journal.ts";
import { newSymmetricKey } from "#schema/trust/crypto.ts";
import { Replica } from "#terminal/replica/replica.ts";
import { MemoryVault } from "#terminal/vault/memory-vault.ts";
import { TestStore, until } from "../lan/test-store.ts";
import { systemTiming } from "../lan/timing.ts";
import { startGateway } from "./gateway.ts";
import { vaultGatewayStorage } from "./vault-storage.ts";

const random = (length: number): Uint8Array => new Uint8Array(randomBytes(length));
const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean();
});

test("what came through the relay is in the other till's vault, and there after a restart", async () => {
  const store = new TestStore(`replica ${toHex(random(4))}`);
  const keys = firstEpochKeys(newSymmetricKey(random));
  const dataDir = mkdtempSync(join(tmpdir(), "tillmesh-gateway-"));
  cleanups.push(() => rmSync(dataDir, { recursive: true, force: true }));
  const stores = [{ store: store.store, root: toHex(store.root.publicKey) }];
  const relay = await startRelay({ dataDir, port: 0, stores });
  cleanups.push(() => relay.close());
  const start = async (label: string) => {
    const till = store.till(label);
    const vault = new MemoryVault();
    const open = () =>
      Replica.open({ store: store.store, device: till.device, vault, random, onFailure: () => undefined });
    const replica = await open();
    const gateway = await startGateway({
      replica,
      relayUrl: relay.url,
      self: { store: store.store, key: till.key, credential: { type: "enrolment", signed: till.enrolment } },
      keys,
      storage: vaultGatewayStorage(vault, replica),
      isGateway: () => true,
      onGatewayChange: () => () => undefined,
      timing: systemTiming,
      random,
    });
    cleanups.push(() => gateway.close());
    return { till, replica, gateway, open };
  };
  const [a, b] = [await start("a"), await start("b")];
  const journal = store.journal(a.till);
  await a.replica.open(journal);
  const records = Array.from({ length: 40 }, () => random(200));
  for (const bytes of records) {
    a.replica.change<JournalDocument>(journal, (draft) => void draft.records.push(bytes), 0);
    await a.replica.settle({ durable: true });
  }
  await until(
    "b has the journal",
    () =>
      b.replica.names().includes(journal) &&
      b.replica.isOpen(journal) &&
      b.replica.heads(journal).join() === a.replica.heads(journal).join(),
  );
  const reopened = await b.open();
  await reopened.open(journal);
  expect([...reopened.doc<JournalDocument>(journal).records].map(toHex)).toEqual(records.map(toHex));
});

test("the gateway's memory in the vault: what was put comes back in order, and another log forgets it", async () => {
  const store = new TestStore("storage");
  const vault = new MemoryVault();
  const till = store.till("a");
  const replica = await Replica.open({
    store: store.store,
    device: till.device,
    vault,
    random,
    onFailure: () => undefined,
  });
  cleanups.push(() => replica.close());
  const name = store.journal(till);
  const item = () => ({
    entry: {
      id: random(16),
      docs: [{ name: random(16), heads: [random(16)], snapshot: 3 }],
      epoch: 1,
      bytes: random(90),
    },
    covers: [{ name, heads: [toHex(random(32))] }],
  });
  const items = Array.from({ length: 12 }, item);
  const storage = vaultGatewayStorage(vault, replica);
  expect(await storage.load()).toEqual({ log: "", cursor: 0, covered: [], outbox: [] });
  await storage.commit({ log: "aa" });
  await storage.commit({ put: items.slice(0, 7), cursor: 5 });
  await storage.commit({ put: items.slice(7) });
  const covered = items[0]!.covers;
  await storage.commit({ remove: [toHex(items[0]!.entry.id)], covered });
  const again = vaultGatewayStorage(vault, replica);
  expect(await again.load()).toEqual({ log: "aa", cursor: 5, covered, outbox: items.slice(1) });
  await again.commit({ log: "bb" });
  expect(await again.load()).toEqual({ log: "bb", cursor: 0, covered: [], outbox: [] });
});
