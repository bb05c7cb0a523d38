import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const launcher = fileURLToPath(new URL("./tillmesh.mjs", import.meta.url));
const demoStore = fileURLToPath(new URL("../../../fixtures/demo-shop/store.json", import.meta.url));
const passphrase = "six words are enough for this";

let folder: string;
const running = new Set<ChildProcess>();

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "tillmesh-cli-"));
});
afterAll(() => {
  for (const child of running) child.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});

interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function start(args: readonly string[], env: Readonly<Record<string, string>> = {}): ChildProcess {
  const child = spawn(process.execPath, [launcher, ...args], {
    cwd: folder,
    env: { PATH: process.env["PATH"], ...env },
    stdio: ["pipe", "pipe", "pipe"],
  });
  running.add(child);
  child.once("exit", () => running.delete(child));
  return child;
}

async function run(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Outcome> {
  const child = start(args, env);
  child.stdin!.end();
  let [stdout, stderr] = ["", ""];
  child.stdout!.on("data", (part: Buffer) => (stdout += part.toString()));
  child.stderr!.on("data", (part: Buffer) => (stderr += part.toString()));
  await once(child, "close");
  return { code: child.exitCode, stdout, stderr };
}

async function firstLine(child: ChildProcess): Promise<Record<string, unknown>> {
  let text = "";
  for await (const part of child.stdout!) {
    text += String(part);
    if (text.includes("\n")) break;
  }
  return JSON.parse(text.split("\n")[0]!) as Record<string, unknown>;
}

function file(name: string, content: unknown): string {
  const path = join(folder, name);
  writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
  return path;
}

const asked = { TILLMESH_PASSPHRASE: passphrase };

describe("the command line", () => {
  test.each([
    ["nothing", [], 2, /Usage: tillmesh COMMAND/],
    ["an unknown command", ["sell"], 2, /There is no command "sell"/],
    ["a name of every object", ["toString"], 2, /There is no command "toString"/],
    ["an unknown option", ["till", "--dta", "x"], 2, /Unknown option '--dta'/],
    ["an option without its value", ["relay", "--data"], 2, /'--data <value>' argument missing/],
    ["a stray word", ["till", "here"], 2, /Unexpected argument 'here'/],
    ["no data folder", ["till"], 2, /Say --data DIR/],
    [
      "a port that is none",
      ["demo", "--port", "99999"],
      2,
      /--port takes a whole number from 0 to 65535, not "99999"/,
    ],
    ["too many tills", ["demo", "--tills", "0"], 2, /--tills takes a whole number from 1 to 50/],
    ["nobody to ask", ["init"], 2, /no terminal to ask at/],
    ["no passphrase", ["till", "--data", "none"], 2, /TILLMESH_PASSPHRASE/],
    ["a file that is not there", ["init", "--file", "no.json"], 1, /--file: there is no no\.json/],
  ] as const)("given %s says so and ends with its code", async (_, args, code, words) => {
    const outcome = await run(args);
    expect(outcome.code).toBe(code);
    expect(outcome.stdout + outcome.stderr).toMatch(words);
    expect(outcome.stderr).not.toMatch(/^\s+at /m);
  });

  test.each(["init", "enrol", "register", "till", "relay", "headquarters", "demo"])(
    "explains %s with --help",
    async (name) => {
      const outcome = await run([name, "--help"]);
      expect(outcome).toMatchObject({ code: 0, stderr: "" });
      expect(outcome.stdout).toMatch(new RegExp(`^Usage: .*${name === "demo" ? "npm start" : name}`));
    },
  );
});

describe("init", () => {
  test("names each problem of a file and writes nothing", async () => {
    const out = join(folder, "never");
    const store = JSON.parse(readFileSync(demoStore, "utf8")) as {
      settings: Record<string, unknown>;
      staff: Record<string, unknown>[];
    };
    store.settings["currency"] = "XXX";
    store.staff[2]!["pin"] = "12";
    const outcome = await run(
      ["init", "--file", file("bad.json", { ...store, tills: 0 }), "--out", out],
      asked,
    );
    expect(outcome.code).toBe(1);
    for (const place of ["settings.currency", "staff.2.pin", "tills"])
      expect(outcome.stderr).toContain(`  ${place}: `);
    expect(existsSync(out)).toBe(false);
  });

  test("refuses what is not JSON, a weak passphrase, and a relay that is no address", async () => {
    const out = join(folder, "never");
    const outcomes = await Promise.all([
      run(["init", "--file", file("not.json", "{"), "--out", out], asked),
      run(["init", "--file", demoStore, "--out", out], { TILLMESH_PASSPHRASE: "1234" }),
      run(["init", "--file", demoStore, "--out", out, "--relay", "nowhere"], asked),
    ]);
    expect(outcomes.map(({ code }) => code)).toEqual([1, 1, 1]);
    expect(outcomes.map(({ stderr }) => stderr)).toEqual([
      expect.stringContaining("is not JSON"),
      expect.stringContaining("fewer than 16 characters"),
      expect.stringContaining("relay: an address such as"),
    ]);
    expect(existsSync(out)).toBe(false);
  });
});

describe("a store made by the command line", () => {
  let made: { company: string; packs: { label: string; path: string; passphrase: string }[] };
  let relay: ChildProcess;
  let relayUrl: string;
  const quick = ["--argon-mib", "1"];
  const out = () => join(folder, "store");
  const till = (n: number) => [
    "till",
    "--data",
    join(folder, `till-${n}`),
    "--config",
    join(folder, "till.json"),
  ];
  const joining = (n: number) => ["--join", made.packs[n - 1]!.path, ...quick];
  const packed = (n: number) => ({ ...asked, TILLMESH_PACK_PASSPHRASE: made.packs[n - 1]!.passphrase });

  beforeAll(async () => {
    relay = start(["relay", "--data", join(folder, "relay"), "--port", "0"]);
    relayUrl = String((await firstLine(relay))["url"]);
    const args = ["--out", out(), "--tills", "2", "--relay", relayUrl, "--json", ...quick];
    const outcome = await run(["init", "--file", demoStore, ...args], asked);
    if (outcome.code !== 0) throw new Error(outcome.stderr);
    made = JSON.parse(outcome.stdout) as typeof made;
    file("till.json", { door: { port: 0 }, lan: { host: "127.0.0.1", port: 0, mdns: false } });
  });

  test("has a company file and a pack for each till, readable by their owner alone, and is not made twice", async () => {
    expect(made.packs.map(({ label }) => label)).toEqual(["Till 1", "Till 2"]);
    for (const path of [made.company, ...made.packs.map((pack) => pack.path)]) {
      expect(statSync(path).mode & 0o077).toBe(0);
      expect(readFileSync(path).includes(Buffer.from("Corner Market"))).toBe(false);
    }
    const before = readFileSync(made.company);
    const again = await run(["init", "--file", demoStore, "--out", out(), ...quick], asked);
    expect(again).toMatchObject({ code: 1, stderr: expect.stringContaining("is there already") as string });
    expect(readFileSync(made.company)).toEqual(before);
  });

  test("is registered at a relay with the operator's token, and refused with another", async () => {
    const args = ["register", "--company", made.company, "--relay", relayUrl, "--operator-token-file"];
    const right = await run([...args, join(folder, "relay", "operator-token")], asked);
    expect(right).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("Corner Market may use") as string,
    });
    const wrong = await run([...args, file("token", "not-the-operators-token")], asked);
    expect(wrong).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("The relay refused (401)") as string,
    });
  });

  test("enrols one more till, which the company file remembers", async () => {
    const args = ["enrol", "--company", made.company, "--label", "Büro / 2", "--json", ...quick];
    const wrong = await run(args, { TILLMESH_PASSPHRASE: "another passphrase" });
    expect(wrong.stderr).toContain("does not open with this passphrase");
    const [first, second] = [await run(args, asked), await run([...args, "--reader"], asked)];
    expect(JSON.parse(first.stdout)).toMatchObject({ label: "Büro / 2", series: 3 });
    expect(JSON.parse(second.stdout)).toMatchObject({ label: "Büro / 2", series: 4 });
    expect(readdirSync(join(out(), "packs"))).toContain("3-büro-2.pack");
  });

  test("has a till that joins once, says when it is ready, answers at its door, and starts again without its pack", async () => {
    const child = start([...till(1), ...joining(1), "--stop-with-stdin"], packed(1));
    const ready = await firstLine(child);
    expect(ready).toMatchObject({ ready: true, label: "Till 1" });
    const view = (await (await fetch(`${String(ready["door"])}/api/view`)).json()) as {
      store: { name: string };
      till: { label: string };
    };
    expect(view).toMatchObject({ store: { name: "Corner Market" }, till: { label: "Till 1" } });
    const second = await run(till(1), asked);
    expect(second).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("Another process runs") as string,
    });
    child.stdin!.end();
    await once(child, "exit");
    expect(child.exitCode).toBe(0);

    rmSync(made.packs[0]!.path);
    const again = start(till(1), asked);
    expect(await firstLine(again)).toMatchObject({ ready: true, device: ready["device"] });
    again.kill("SIGTERM");
    await once(again, "exit");
    expect(again.exitCode).toBe(0);
  });

  test("refuses a till its vault or its pack with the wrong passphrase, and leaves what is there", async () => {
    const nobody = await run(["till", "--data", join(folder, "nobody")], asked);
    expect(nobody.stderr).toContain("There is no till in this data folder yet");
    const wrongPack = await run([...till(2), ...joining(2)], asked);
    expect(wrongPack).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("The pack does not open") as string,
    });
    expect(existsSync(join(folder, "till-2"))).toBe(false);
    const otherTill = await run([...till(1), ...joining(2)], packed(2));
    expect(otherTill.stderr).toContain('already holds "Till 1"');
    const wrongVault = await run(till(1), { TILLMESH_PASSPHRASE: "another passphrase" });
    expect(wrongVault.stderr).toContain("does not open with this passphrase");
    const badConfig = file("bad-till.json", { door: { port: "x" }, colour: "red" });
    const configured = await run(["till", "--data", join(folder, "till-1"), "--config", badConfig], asked);
    expect(configured.stderr).toMatch(/door\.port: .*\n[^]*colour/);
  });

  test("has a relay that ends when it is told to", async () => {
    relay.kill("SIGINT");
    await once(relay, "exit");
    expect(relay.exitCode).toBe(0);
  });
});

test("the demo leaves a folder alone that it did not make", async () => {
  const other = join(folder, "photos");
  mkdirSync(other);
  writeFileSync(join(other, "one.jpg"), "not a demo");
  const outcome = await run(["demo", "--json", "--data", other]);
  expect(outcome).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("is not a demo shop's folder") as string,
  });
  expect(readdirSync(other)).toEqual(["one.jpg"]);
});
