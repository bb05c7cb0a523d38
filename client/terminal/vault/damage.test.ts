import { randomBytes } from "node:crypto";
import {
  copyFileSync,
  existsSync,
  readFileSync,
  readdirSync,
  renameSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openVault } from "./open-vault.ts";
import {
  type TestFolder,
  createTestVault,
  reopenTestVault,
  seededNumbers,
  testFolder,
} from "./test-vaults.ts";
import type { DamageKind, Vault, VaultWrite } from "./vault.ts";

const documents = 6;
const perDocument = 30;
const valueOf = (document: number, chunk: number) =>
  new Uint8Array(50 + chunk * 40).fill((document * perDocument + chunk) & 255);
const put = (document: number, chunk: number): VaultWrite => ({
  op: "put",
  key: [`document ${document}`, "incremental", String(chunk)],
  data: valueOf(document, chunk),
});
const fill = async (vault: Vault) => {
  for (let document = 0; document < documents; document++)
    for (let chunk = 0; chunk < perDocument; chunk++)
      await vault.commit([put(document, chunk)], { durable: false });
};

let place: TestFolder;
beforeEach(() => {
  place = testFolder();
});
afterEach(() => place.remove());
const file = () => join(place.folder, "vault.db");

/** Changes the closed file as somebody without the key could. */
function tamper(sql: string): void {
  const db = new DatabaseSync(file());
  db.exec(`PRAGMA journal_mode=WAL; ${sql}`);
  db.close();
}

async function kindsOf(vault: Vault, name: string): Promise<DamageKind[]> {
  return (await vault.loadRange([name])).damaged.map(({ kind }) => kind);
}

describe("a closed vault that somebody changed", () => {
  it.each([
    ["a value taken away", "DELETE FROM chunk WHERE id=35", ["missing"]],
    ["a value with a flipped bit", "UPDATE chunk SET box=zeroblob(length(box)) WHERE id=35", ["unreadable"]],
    ["a value moved to another number", "UPDATE chunk SET id=999 WHERE id=35", ["missing", "unreadable"]],
    [
      "a value in the place of another",
      "UPDATE chunk SET (nonce, box)=(SELECT nonce, box FROM chunk WHERE id=36) WHERE id=35",
      ["older", "unreadable"],
    ],
    ["a manifest that does not open", "UPDATE manifest SET sealed=zeroblob(100) WHERE id=2", ["missing"]],
    [
      "a value twice",
      "INSERT INTO chunk SELECT 1000, path, nonce, box FROM chunk WHERE id=35",
      ["foreign", "foreign"],
    ],
  ] as const)("%s is noticed, and the rest is whole", async (_, sql, kinds) => {
    const created = await createTestVault(place.folder);
    await fill(created.vault);
    await created.vault.close();
    tamper(sql);
    const { vault } = await reopenTestVault(place.folder, created);
    // Values 31 to 60 are of the second document.
    expect((await kindsOf(vault, "document 1")).sort()).toStrictEqual(kinds);
    // Whatever still loads is right.
    for (const { key, data } of (await vault.loadRange(["document 1"])).chunks)
      expect(data).toStrictEqual(valueOf(1, Number(key[2])));
    await vault.close();
  });

  it("knows a value that was put back in time", async () => {
    const created = await createTestVault(place.folder);
    await created.vault.commit([{ op: "put", key: ["cart", "total"], data: Uint8Array.of(1) }], {
      durable: true,
    });
    await created.vault.close();
    copyFileSync(file(), `${file()}.old`);
    let { vault } = await reopenTestVault(place.folder, created);
    await vault.commit([{ op: "put", key: ["cart", "total"], data: Uint8Array.of(2) }], { durable: true });
    await vault.close();
    tamper(`ATTACH '${file()}.old' AS old; INSERT OR REPLACE INTO chunk SELECT * FROM old.chunk`);
    ({ vault } = await reopenTestVault(place.folder, created));
    expect(await kindsOf(vault, "cart")).toStrictEqual(["older"]);
    await vault.close();
  });

  it("knows a whole document that was put back in time, manifest and all", async () => {
    const created = await createTestVault(place.folder);
    await created.vault.commit([put(0, 0), put(1, 0)], { durable: true });
    await created.vault.close();
    copyFileSync(file(), `${file()}.old`);
    let { vault } = await reopenTestVault(place.folder, created);
    await vault.commit([put(0, 1), { op: "remove", key: ["document 0", "incremental", "0"] }], {
      durable: true,
    });
    await vault.commit([put(1, 1), { op: "remove", key: ["document 1", "incremental", "0"] }], {
      durable: true,
    });
    const newest = vault.generation();
    await vault.close();
    tamper(`ATTACH '${file()}.old' AS old; DELETE FROM chunk WHERE id=3;
      INSERT OR REPLACE INTO chunk SELECT * FROM old.chunk WHERE id=1;
      INSERT OR REPLACE INTO manifest SELECT * FROM old.manifest WHERE id=1`);
    ({ vault } = await reopenTestVault(place.folder, created));
    expect(await kindsOf(vault, "document 0")).toContain("older");
    expect(await kindsOf(vault, "a document that may have been there")).toStrictEqual(["missing"]);
    const everything = await vault.loadRange([]);
    await vault.quarantine(everything.damaged);
    expect((await vault.loadRange([])).damaged).toStrictEqual([]);
    expect(await kindsOf(vault, "document 0")).toStrictEqual([]);
    expect(vault.generation()).toBeGreaterThan(newest);
    await vault.close();
    ({ vault } = await reopenTestVault(place.folder, created));
    expect((await vault.loadRange([])).damaged).toStrictEqual([]);
    await vault.close();
  });

  it("an older image of everything is not damaged, but of an older generation", async () => {
    const created = await createTestVault(place.folder);
    await created.vault.commit([put(0, 0)], { durable: true });
    const older = created.vault.generation();
    await created.vault.close();
    copyFileSync(file(), `${file()}.old`);
    let { vault } = await reopenTestVault(place.folder, created);
    await vault.commit([put(0, 1)], { durable: true });
    expect(vault.generation()).toBeGreaterThan(older);
    await vault.close();
    renameSync(`${file()}.old`, file());
    ({ vault } = await reopenTestVault(place.folder, created));
    expect(vault.generation()).toBe(older);
    await vault.close();
  });

  it("moves what is damaged aside, and the range is whole again", async () => {
    const created = await createTestVault(place.folder);
    await fill(created.vault);
    await created.vault.close();
    tamper("UPDATE chunk SET box=zeroblob(20) WHERE id IN (35, 40)");
    let { vault } = await reopenTestVault(place.folder, created);
    await expect(vault.load(["document 1", "incremental", "4"])).rejects.toMatchObject({
      type: "damaged-value",
    });
    const range = await vault.loadRange(["document 1"]);
    expect(range.chunks).toHaveLength(perDocument - 2);
    await vault.quarantine(range.damaged);
    await vault.commit([put(1, 4)], { durable: true });
    await vault.close();
    ({ vault } = await reopenTestVault(place.folder, created));
    const healed = await vault.loadRange(["document 1"]);
    expect(healed.damaged).toStrictEqual([]);
    expect(healed.chunks).toHaveLength(perDocument - 1);
    await vault.close();
    const db = new DatabaseSync(file());
    expect(
      db
        .prepare("SELECT id FROM quarantine ORDER BY id")
        .all()
        .map((row) => row["id"]),
    ).toStrictEqual([35, 40]);
    db.close();
  });

  it("a vault without its database is damaged, not empty", async () => {
    const created = await createTestVault(place.folder);
    await created.vault.close();
    renameSync(file(), `${file()}.gone`);
    const options = { unlock: { vaultKey: created.vaultKey }, random: randomBytes };
    expect(await openVault(place.folder, options)).toStrictEqual({ type: "database-damaged" });
    expect(existsSync(file())).toBe(false);
  });
});

describe("a running vault", () => {
  it("is broken when its file is replaced", async () => {
    const created = await createTestVault(place.folder);
    const { vault } = created;
    const statuses: string[] = [];
    vault.onStatus((status) => statuses.push(status));
    await vault.commit([put(0, 0)], { durable: true });
    copyFileSync(file(), `${file()}.old`);
    renameSync(`${file()}.old`, file());
    await expect(vault.commit([put(0, 1)], { durable: true })).rejects.toMatchObject({
      type: "vault-broken",
    });
    expect(vault.status()).toBe("broken");
    expect(statuses).toStrictEqual(["broken"]);
    await vault.close();
  });

  it("is broken when its file is overwritten in place", async () => {
    const { vault } = await createTestVault(place.folder, { thread: "worker" });
    await vault.commit([put(0, 0)], { durable: true });
    writeFileSync(file(), randomBytes(statSync(file()).size));
    await expect(vault.commit([put(0, 1)], { durable: true })).rejects.toMatchObject({
      type: "vault-broken",
    });
    await vault.close();
  });
});

it("never gives wrong data, whichever bytes of the file are hit", { timeout: 120_000 }, async () => {
  const { seed, next } = seededNumbers();
  console.log(`corruption seed: TILLMESH_SEED=${seed}`);
  const created = await createTestVault(place.folder);
  await fill(created.vault);
  await created.vault.commit([put(0, 40), { op: "remove", key: ["document 0", "incremental", "3"] }], {
    durable: true,
  });
  await created.vault.close();
  const good = readFileSync(file());
  const seen = { whole: 0, damaged: 0, salvaged: 0, refused: 0 };
  for (let round = 0; round < 60; round++) {
    const bad = Buffer.from(good);
    const at = round % 4 === 0 ? next(512) : next(bad.length);
    const length = [1, 1, 16, 700][round % 4]!;
    for (let i = at; i < Math.min(bad.length, at + length); i++) bad[i] = bad[i]! ^ (1 + next(255));
    for (const name of readdirSync(place.folder))
      if (name.startsWith("vault.db")) writeFileSync(join(place.folder, name), "");
    writeFileSync(join(place.folder, "vault.db"), bad);
    writeFileSync(join(place.folder, "vault.db-wal"), "");
    seen[await outcomeOf(created.vaultKey, `seed ${seed}, round ${round}, bytes ${at} to ${at + length}`)] +=
      1;
  }
  console.log(`corruption outcomes: ${JSON.stringify(seen)}`);
  expect(seen.damaged + seen.salvaged).toBeGreaterThan(0);
  expect(seen.refused).toBe(0);
});

async function outcomeOf(vaultKey: Parameters<typeof reopenTestVault>[1]["vaultKey"], what: string) {
  const opened = await openVault(place.folder, { unlock: { vaultKey }, random: randomBytes, thread: "here" });
  if (opened.type !== "opened") return "refused";
  const { vault, salvaged } = opened;
  let damaged = 0;
  for (let document = 0; document < documents; document++) {
    const range = await vault.loadRange([`document ${document}`]);
    damaged += range.damaged.length;
    for (const { key, data } of range.chunks) {
      const chunk = Number(key[2]);
      expect(data, what).toStrictEqual(valueOf(document, chunk));
    }
    if (range.damaged.length === 0) expect(range.chunks.length, what).toBe(perDocument);
    // Whatever happened to it, it can be healed and written to.
    await vault.quarantine(range.damaged);
    await vault.commit([put(document, 0)], { durable: false });
    expect((await vault.loadRange([`document ${document}`])).damaged, what).toStrictEqual([]);
  }
  await vault.close();
  if (salvaged) return "salvaged";
  return damaged > 0 ? "damaged" : "whole";
}
