import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const launcher = fileURLToPath(new URL("../../client/terminal/cli/tillmesh.mjs", import.meta.url));
const demoStore = fileURLToPath(new URL("../../fixtures/demo-shop/store.json", import.meta.url));
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

describe("the command line in a process of its own", () => {
  test("prints how it is used, and says what is wrong with a code and without a stack", async () => {
    const [nothing, wrong, help] = await Promise.all([
      run([]),
      run(["till", "--dta", "x"]),
      run(["demo", "--help"]),
    ]);
    expect(nothing).toMatchObject({
      code: 2,
      stdout: expect.stringContaining("Usage: tillmesh COMMAND") as string,
    });
    expect(wrong).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^Unknown option '--dta'\n/) as string,
    });
    expect(help).toMatchObject({ code: 0, stderr: "" });
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
