import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { runCommand } from "./run-command.ts";

const demoStore = fileURLToPath(new URL("../../../fixtures/demo-shop/store.json", import.meta.url));
const passphrase = "six words are enough for this";

let folder: string;
let [stdout, stderr] = ["", ""];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "tillmesh-cli-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeEach(() => {
  [stdout, stderr] = ["", ""];
  vi.stubEnv("TILLMESH_PASSPHRASE", "");
  vi.spyOn(console, "log").mockImplementation((text: string) => void (stdout += `${text}\n`));
  vi.spyOn(console, "error").mockImplementation((text: string) => void (stderr += `${text}\n`));
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

async function run(args: readonly string[], given = "") {
  [stdout, stderr] = ["", ""];
  vi.stubEnv("TILLMESH_PASSPHRASE", given);
  const code = await runCommand(args);
  return { code, stdout, stderr };
}

function file(name: string, content: unknown): string {
  const path = join(folder, name);
  writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
  return path;
}

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
      passphrase,
    );
    expect(outcome.code).toBe(1);
    for (const place of ["settings.currency", "staff.2.pin", "tills"])
      expect(outcome.stderr).toContain(`  ${place}: `);
    expect(existsSync(out)).toBe(false);
  });

  test("refuses what is not JSON, a weak passphrase, and a relay that is no address", async () => {
    const out = join(folder, "never");
    const outcomes = [
      await run(["init", "--file", file("not.json", "{"), "--out", out], passphrase),
      await run(["init", "--file", demoStore, "--out", out], "1234"),
      await run(["init", "--file", demoStore, "--out", out, "--relay", "nowhere"], passphrase),
    ];
    expect(outcomes.map(({ code }) => code)).toEqual([1, 1, 1]);
    expect(outcomes.map(({ stderr }) => stderr)).toEqual([
      expect.stringContaining("is not JSON"),
      expect.stringContaining("fewer than 16 characters"),
      expect.stringContaining("relay: an address such as"),
    ]);
    expect(existsSync(out)).toBe(false);
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
