import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join as joinPath } from "node:path";
import * as A from "@automerge/automerge";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Bytes } from "#schema/bytes.ts";
import type { StoreDocument } from "#schema/documents/store-document.ts";
import { frozenChanges } from "#schema/documents/genesis.ts";
import { stretchPassphrase, signingKeyFromSeed } from "#schema/trust/crypto.ts";
import { verifyEnrolment } from "#schema/trust/enrolment.ts";
import { readStore } from "#terminal/shop/store-reader.ts";
import { openVault } from "#terminal/vault/open-vault.ts";
import {
  type Company,
  createCompany,
  issueReaderPack,
  issueTillPack,
  openCompany,
  rootKey,
  sealCompany,
} from "./company.ts";
import { readIdentity } from "./identity.ts";
import { type JoinResult, explainJoin, join } from "./join.ts";
import { openPack, sealPack } from "./pack.ts";
import { newPassphrase, passphraseProblem } from "./passphrase.ts";
import { openFile, sealFile } from "./sealed-file.ts";
import { parseStoreFile } from "./store-file.ts";

/** The least that libsodium allows: these are not tests of Argon2. */
const cost = { memoryBytes: 8192, passes: 1 };
const random = (length: number): Bytes => new Uint8Array(randomBytes(length));
const passphrase = "lusab babad gutih tugad bonal mudof";
const time = Date.UTC(2026, 10, 22, 9);
const demo: unknown = JSON.parse(
  readFileSync(new URL("../../../fixtures/demo-shop/store.json", import.meta.url), "utf8"),
);

let folder: string;
const opened: { close(): Promise<void> }[] = [];

beforeEach(() => {
  folder = mkdtempSync(joinPath(tmpdir(), "tillmesh-setup-"));
});
afterEach(async () => {
  for (const vault of opened.splice(0)) await vault.close();
  rmSync(folder, { recursive: true, force: true });
});

let shared: Promise<Company> | undefined;
/** The same for all tests: a company is never changed. */
function demoCompany(): Promise<Company> {
  return (shared ??= newCompany());
}

function newCompany(): Promise<Company> {
  const parsed = parseStoreFile(demo);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return createCompany({ ...parsed.file, time, random, pinCost: cost });
}

function joinHere(
  pack: Bytes,
  extra: { folder?: string; vaultPassphrase?: string; packPassphrase?: string } = {},
) {
  return join({
    folder: joinPath(folder, "till"),
    pack,
    packPassphrase: passphrase,
    vaultPassphrase: passphrase,
    cost,
    random,
    thread: "here",
    ...extra,
  });
}

function joined(result: JoinResult) {
  if (result.type !== "joined") throw new Error(explainJoin(result));
  opened.push(result.vault);
  return result;
}

describe("a company", () => {
  test("is the same after it was sealed and opened", async () => {
    const { company } = issueTillPack(await demoCompany(), { label: "Till 1", time, random });
    const bytes = await sealCompany(company, { passphrase, cost, random });
    expect(await openCompany(bytes, passphrase)).toEqual({ type: "opened", company });
    expect(await openCompany(bytes, `${passphrase} `)).toEqual({ type: "wrong-passphrase" });
  });

  test("begins with a store document that reads as the settings and the staff it was made of", async () => {
    const company = await demoCompany();
    const document = A.load<StoreDocument>(company.initialStore);
    const state = readStore(document)!;
    const parsed = parseStoreFile(demo);
    if (!parsed.ok) throw new Error("the demo shop's file is wrong");
    expect(state.settings).toEqual(parsed.file.settings);
    const names = (staff: Iterable<{ name: string; role: string }>) =>
      Array.from(staff, ({ name, role }) => `${name}, ${role}`).toSorted();
    expect(names(state.staff.values())).toEqual(names(parsed.file.staff));
    const { pin } = state.staff.get("maria")!;
    expect(stretchPassphrase("9999", pin.salt, pin)).toEqual(new Uint8Array(pin.hash));
    expect(stretchPassphrase("9998", pin.salt, pin)).not.toEqual(new Uint8Array(pin.hash));
  });

  test("has a document that begins with the frozen change and goes on with one by the root key", async () => {
    const company = await demoCompany();
    const changes = A.getChangesMetaSince(A.load(company.initialStore), []);
    expect(changes.map(({ hash }) => hash)[0]).toBe(frozenChanges.store[0].hash);
    expect(changes).toHaveLength(2);
    expect(changes[1]!.actor.slice(2, 66)).toBe(rootKey(company).device);
  });

  test("gives each enrolment a series of its own, tills and readers alike", async () => {
    const first = issueTillPack(await demoCompany(), { label: "Till 1", time, random });
    const second = issueReaderPack(first.company, { label: "Office", time, random });
    const third = issueTillPack(second.company, { label: "Till 1", time, random });
    expect([first, second, third].map(({ pack }) => pack.series)).toEqual([1, 2, 3]);
    expect(third.company.issued.map(({ role }) => role)).toEqual(["till", "reader", "till"]);
    const root = rootKey(third.company).publicKey;
    for (const { pack } of [first, second, third])
      expect(verifyEnrolment(pack.enrolment, root)).toMatchObject({
        type: "valid",
        enrolment: { series: pack.series, device: signingKeyFromSeed(pack.seed).device },
      });
  });

  test("refuses a label that no enrolment can carry", async () => {
    const company = await demoCompany();
    expect(() => issueTillPack(company, { label: "x".repeat(61), time, random })).toThrow(RangeError);
  });
});

describe("a sealed file", () => {
  test("whose bytes were changed anywhere is refused, and never opens as something else", async () => {
    const bytes = await sealFile("company", { v: 1, secret: "apples" }, { passphrase, cost, random });
    for (let at = 0; at < bytes.length; at++) {
      const damaged = bytes.slice();
      damaged[at]! ^= 1 + (at % 255);
      const result = await openFile(damaged, ["company"], passphrase);
      expect([at, result.type]).toEqual([at, at < 9 ? "not-ours" : "damaged"]);
    }
    for (let length = 0; length < bytes.length; length++)
      expect(["not-ours", "damaged"]).toContain(
        (await openFile(bytes.subarray(0, length), ["company"], passphrase)).type,
      );
  });

  test("is told from one of another kind, and from what is no file of ours", async () => {
    const bytes = await sealFile("till-pack", null, { passphrase, cost, random });
    expect(await openFile(bytes, ["company"], passphrase)).toEqual({ type: "other-kind", kind: "till-pack" });
    expect(await openFile(random(500), ["company"], passphrase)).toEqual({ type: "not-ours" });
    expect(await openFile(new Uint8Array(), ["company"], passphrase)).toEqual({ type: "not-ours" });
  });

  test("that opens but holds another content is damaged, not a crash", async () => {
    const pack = await sealFile("till-pack", { v: 1 }, { passphrase, cost, random });
    expect(await openPack(pack, "till", passphrase)).toEqual({ type: "damaged" });
    const company = await sealFile("company", [1, 2], { passphrase, cost, random });
    expect(await openCompany(company, passphrase)).toEqual({ type: "damaged" });
  });

  test("of a pack whose parts do not belong together is damaged", async () => {
    const company = await demoCompany();
    const [one, two] = ["Till 1", "Till 2"].map(
      (label) => issueTillPack(company, { label, time, random }).pack,
    );
    const mixed = await sealPack({ ...one!, seed: two!.seed }, { passphrase, cost, random });
    expect(await openPack(mixed, "till", passphrase)).toEqual({ type: "damaged" });
  });
});

describe("joining", () => {
  test("puts the identity into a vault that opens with the passphrase alone", async () => {
    const company = await demoCompany();
    const { pack } = issueTillPack(company, { label: "Till 1", neighbours: ["10.0.0.2:7071"], time, random });
    const first = joined(await joinHere(await sealPack(pack, { passphrase, cost, random })));
    expect(first.identity).toMatchObject({ store: company.store, series: 1, label: "Till 1" });
    await opened.pop()!.close();
    const again = await openVault(joinPath(folder, "till"), {
      unlock: { passphrase },
      random,
      thread: "here",
    });
    if (again.type !== "opened") throw new Error(again.type);
    opened.push(again.vault);
    const identity = (await readIdentity(again.vault))!;
    expect(identity).toEqual(first.identity);
    expect(identity.key.device).toBe(signingKeyFromSeed(pack.seed).device);
    expect(identity.neighbours).toEqual(["10.0.0.2:7071"]);
    expect(identity.initialStore).toEqual(company.initialStore);
  });

  test("again with the same pack opens what is there; another till or store is refused and keeps its data", async () => {
    const company = await demoCompany();
    const one = issueTillPack(company, { label: "Till 1", time, random });
    const two = issueTillPack(one.company, { label: "Till 2", time, random });
    const foreign = issueTillPack(await newCompany(), { label: "Elsewhere", time, random });
    const [first, second, third] = await Promise.all(
      [one, two, foreign].map(({ pack }) => sealPack(pack, { passphrase, cost, random })),
    );
    const { identity } = joined(await joinHere(first!));
    expect((await joinHere(first!)).type).toBe("vault");
    await opened.pop()!.close();
    expect(await joinHere(second!)).toEqual({ type: "other-till", label: "Till 1" });
    expect(await joinHere(third!)).toEqual({ type: "other-store", label: "Till 1" });
    expect(joined(await joinHere(first!)).identity).toEqual(identity);
  });

  test("where an earlier join was cut off before there was a header says what to do", async () => {
    const { pack } = issueTillPack(await demoCompany(), { label: "Till 1", time, random });
    const bytes = await sealPack(pack, { passphrase, cost, random });
    joined(await joinHere(bytes));
    await opened.pop()!.close();
    for (const name of readdirSync(joinPath(folder, "till")))
      if (name.startsWith("header")) rmSync(joinPath(folder, "till", name));
    expect(await joinHere(bytes)).toEqual({ type: "half-made" });
  });

  test("with the wrong passphrase, a reader's pack or a damaged pack makes no vault", async () => {
    const company = await demoCompany();
    const bytes = await sealPack(issueTillPack(company, { label: "Till 1", time, random }).pack, {
      passphrase,
      cost,
      random,
    });
    const reader = await sealPack(issueReaderPack(company, { label: "Office", time, random }).pack, {
      passphrase,
      cost,
      random,
    });
    const refused = async (result: Promise<JoinResult>) => {
      const got = await result;
      return got.type === "joined" ? "joined" : explainJoin(got);
    };
    expect(await refused(joinHere(bytes, { packPassphrase: "another" }))).toContain("passphrase");
    expect(await refused(joinHere(reader))).toContain("the pack of a reader");
    expect(await refused(joinHere(bytes.subarray(0, 300)))).toContain("damaged");
    expect(joined(await joinHere(bytes)).identity.label).toBe("Till 1");
    await opened.pop()!.close();
    expect(await refused(joinHere(bytes, { vaultPassphrase: "another one" }))).toContain("passphrase");
  });
});

describe("a store file", () => {
  test("of the demo shop is right", () => {
    const parsed = parseStoreFile(demo);
    expect(parsed).toMatchObject({ ok: true, file: { tillLabels: ["Till 1"], relay: null } });
  });

  test.each([
    ["no object", 5, [""]],
    ["nothing in it", {}, ["settings", "staff"]],
    ["a key that nobody knows", { ...(demo as object), colour: "red" }, [""]],
    ["no manager", change((file) => void file.staff.pop()), ["staff"]],
    ["a short PIN", change((file) => void (file.staff[0]!.pin = "12")), ["staff.0.pin"]],
    ["a PIN that is a number", change((file) => void (file.staff[0]!.pin = 1111)), ["staff.0.pin"]],
    ["the same person twice", change((file) => void (file.staff[1]!.id = "anna")), ["staff.1.id"]],
    ["an unknown time zone", change((file) => void (file.settings.timeZone = "Mars")), ["settings.timeZone"]],
    ["no tills", change((file) => void (file.tills = 0)), ["tills"]],
    ["two tills of one name", change((file) => void (file.tills = ["A", "A"])), ["tills.1"]],
    ["a relay that is no address", change((file) => void (file.relay = "somewhere")), ["relay"]],
    [
      "two things at once",
      change((file) => {
        file.settings.currency = "XYZ";
        file.staff[0]!.role = "owner";
      }),
      ["settings.currency", "staff.0.role"],
    ],
  ])("with %s is refused, each problem by its place", (_, value, paths) => {
    const parsed = parseStoreFile(value);
    const found = parsed.ok ? [] : parsed.problems.map((one) => one.path);
    expect(found).toEqual(expect.arrayContaining(paths));
  });
});

interface Loose {
  settings: Record<string, unknown>;
  staff: Record<string, unknown>[];
  tills?: unknown;
  relay?: unknown;
}
function change(edit: (file: Loose) => void): unknown {
  const file = structuredClone(demo) as Loose;
  edit(file);
  return file;
}

test("passphrases drawn are six words that differ, and good enough by our own rule", () => {
  const drawn = new Set(Array.from({ length: 100 }, () => newPassphrase(random)));
  expect(drawn.size).toBe(100);
  for (const one of drawn) {
    expect(one).toMatch(
      /^([bdfghjklmnprstvz][aiou]){2}[bdfghjklmnprstvz]( ([bdfghjklmnprstvz][aiou]){2}[bdfghjklmnprstvz]){5}$/,
    );
    expect(passphraseProblem(one)).toBeUndefined();
  }
  // The specification's own example (arXiv:0901.4016): 127.0.0.1 is lusab-babad.
  const bytes = [127, 0, 0, 1];
  expect(newPassphrase((n) => Uint8Array.from(bytes.splice(0, n)), 2)).toBe("lusab babad");
  for (const weak of ["short", " six words are easy to remember", "aaaaaaaaaaaaaaaaaaaa"])
    expect(passphraseProblem(weak)).toBeDefined();
});
