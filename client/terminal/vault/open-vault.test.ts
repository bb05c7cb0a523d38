import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, it } from "vitest";
import { toHex } from "#schema/bytes.ts";
import { readHeader, writeHeader } from "./header.ts";
import { changePassphrase, createVault, openVault } from "./open-vault.ts";
import { type TestFolder, createTestVault, quickCost, testFolder, testPassphrase } from "./test-vaults.ts";
import type { Vault } from "./vault.ts";

let place: TestFolder;
beforeEach(() => {
  place = testFolder();
});
afterEach(() => place.remove());

const open = (passphrase: string) => openVault(place.folder, { unlock: { passphrase }, random: randomBytes });

async function expectOpens(passphrase: string): Promise<void> {
  const opened = await open(passphrase);
  expect(opened.type).toBe("opened");
  if (opened.type !== "opened") return;
  expect(await opened.vault.load(["a"])).toStrictEqual(Uint8Array.of(7));
  await opened.vault.close();
}

async function createWithValue(): Promise<void> {
  const { vault } = await createTestVault(place.folder);
  await vault.commit([{ op: "put", key: ["a"], data: Uint8Array.of(7) }], { durable: true });
  await vault.close();
}

it("opens with its passphrase, however the same characters are composed, and with no other", async () => {
  const options = { passphrase: "caf\u00e9 au lait", random: randomBytes, cost: quickCost };
  const created = await createVault(place.folder, options);
  if (created.type !== "opened") throw new Error(created.type);
  await created.vault.commit([{ op: "put", key: ["a"], data: Uint8Array.of(7) }], { durable: true });
  await created.vault.close();
  await expectOpens("cafe\u0301 au lait");
  expect(await open("cafe au lait")).toStrictEqual({ type: "wrong-passphrase" });
  expect(await createVault(place.folder, options)).toStrictEqual({ type: "vault-exists" });
});

it("says so when there is no vault", async () => {
  expect(await open("x")).toStrictEqual({ type: "no-vault" });
  const nowhere = join(place.folder, "nowhere");
  expect(await openVault(nowhere, { unlock: { passphrase: "x" }, random: randomBytes })).toStrictEqual({
    type: "no-vault",
  });
});

it("changes its passphrase, and keeps slots it does not know", async () => {
  await createWithValue();
  const before = readHeader(place.folder);
  if (before.type !== "header") throw new Error(before.type);
  const foreign = { type: "neighbour", id: "n1", blinded: "00ff" };
  const { header } = before;
  writeHeader(place.folder, { ...header, revision: header.revision + 1, slots: [foreign, ...header.slots] });
  const change = { next: "another six words for the vault", random: randomBytes, cost: quickCost };
  expect(await changePassphrase(place.folder, { current: "wrong", ...change })).toStrictEqual({
    type: "wrong-passphrase",
  });
  expect(await changePassphrase(place.folder, { current: testPassphrase, ...change })).toStrictEqual({
    type: "changed",
  });
  expect(await open(testPassphrase)).toStrictEqual({ type: "wrong-passphrase" });
  await expectOpens(change.next);
  const after = readHeader(place.folder);
  expect(after).toMatchObject({ type: "header", copiesDiffer: false });
  expect(after).toHaveProperty("header.slots.length", 2);
  expect(after).toHaveProperty("header.slots.0", foreign);
});

it("does not open when the slot's clear fields were changed", async () => {
  await createWithValue();
  const reading = readHeader(place.folder);
  if (reading.type !== "header") throw new Error(reading.type);
  const { header } = reading;
  writeHeader(place.folder, {
    ...header,
    slots: header.slots.map((slot) => ({ ...slot, id: "0000000000000000" })),
  });
  expect(await open(testPassphrase)).toStrictEqual({ type: "wrong-passphrase" });
});

it.each(["header.json", "header.copy.json"])("opens when %s was half written, and mends it", async (name) => {
  await createWithValue();
  const path = join(place.folder, name);
  const whole = readFileSync(path);
  for (let length = 0; length < whole.length; length += 37) {
    writeFileSync(path, whole.subarray(0, length));
    expect(readHeader(place.folder)).toMatchObject({ type: "header", copiesDiffer: true });
  }
  await expectOpens(testPassphrase);
  expect(readFileSync(path)).toStrictEqual(whole);
});

it("says so when both copies are damaged, or of a newer version", async () => {
  await createWithValue();
  const reading = readHeader(place.folder);
  if (reading.type !== "header") throw new Error(reading.type);
  writeHeader(place.folder, { ...reading.header, version: 2 });
  expect(await open(testPassphrase)).toStrictEqual({ type: "newer-version" });
  for (const name of ["header.json", "header.copy.json"])
    writeFileSync(join(place.folder, name), '{"version":1');
  expect(await open(testPassphrase)).toStrictEqual({ type: "header-damaged" });
});

it("belongs to one process, until that process dies", async () => {
  const created = await createTestVault(place.folder);
  expect(await open(testPassphrase)).toStrictEqual({ type: "locked-by-another-process" });
  await created.vault.close();
  const program = fileURLToPath(new URL("./durability.child.ts", import.meta.url));
  const other = spawn(process.execPath, [program, place.folder, toHex(created.vaultKey), "1"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = once(other, "exit");
  await once(other.stdout, "data");
  expect(await open(testPassphrase)).toStrictEqual({ type: "locked-by-another-process" });
  other.kill("SIGKILL");
  await exited;
  const opened = await open(testPassphrase);
  expect(opened.type).toBe("opened");
  if (opened.type === "opened") await opened.vault.close();
});

it("shows nothing of what it holds: no name, no key, no value, in any encoding", async () => {
  const canary = "Zartbitterschokolade";
  const created = await createTestVault(place.folder, { thread: "worker" });
  const { vault } = created;
  const data = Buffer.from(`${canary} value ${canary}`);
  const writes = Array.from({ length: 40 }, (_, i) => ({
    op: "put" as const,
    key: [`${canary} document`, `${canary} ${i}`],
    data,
  }));
  await vault.commit(writes, { durable: true });
  await vault.commit(
    [
      { op: "remove", key: writes[3]!.key },
      { ...writes[4]!, data: Buffer.from(canary) },
    ],
    {
      durable: true,
    },
  );
  const secrets = [Buffer.from(canary), Buffer.from(testPassphrase), Buffer.from(created.vaultKey)];
  expectNoneOf(secrets);
  await vault.close();
  expectNoneOf(secrets);
  // The search itself finds what is there.
  writeFileSync(join(place.folder, "found"), Buffer.from(canary).toString("base64"));
  expect(() => expectNoneOf(secrets)).toThrow("in found");
});

/** Wherever a secret may begin, so that an encoding in groups of three bytes is found at each of its three phases. */
function expectNoneOf(secrets: readonly Buffer[]): void {
  const folder = readdirSync(place.folder).map((name) => ({
    name,
    content: readFileSync(join(place.folder, name)),
  }));
  for (const secret of secrets) {
    const needles = [secret, Buffer.from(secret.toString("latin1"), "utf16le")];
    for (const encoding of ["hex", "base64", "base64url"] as const)
      for (const phase of [0, 1, 2])
        needles.push(Buffer.from(secret.subarray(phase, phase + 15).toString(encoding)));
    needles.push(Buffer.from(secret.toString("hex").toUpperCase()));
    for (const { name, content } of folder)
      for (const needle of needles) {
        expect(content.includes(needle), `${needle.toString("latin1")} in ${name}`).toBe(false);
        expect(name.includes(needle.toString("latin1"))).toBe(false);
      }
  }
}

it("takes what a dead thread leaves as broken, and the till lives on", async () => {
  const created = await createTestVault(place.folder, { thread: "worker" });
  const statuses: Vault["status"] extends () => infer S ? S[] : never = [];
  created.vault.onStatus((status) => statuses.push(status));
  await created.vault.commit([{ op: "put", key: ["a"], data: Uint8Array.of(1) }], { durable: true });
  // A batch that cannot be cloned into the thread stands for anything that goes wrong between the threads.
  const bad = { op: "outboxPut" as const, id: 1, bytes: (() => 0) as unknown as Uint8Array };
  await expect(created.vault.commit([bad], { durable: true })).rejects.toMatchObject({
    type: "vault-broken",
  });
  expect(statuses).toStrictEqual(["broken"]);
  await created.vault.close();
});
