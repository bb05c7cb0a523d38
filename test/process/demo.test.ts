import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { until } from "./support/until.ts";

const launcher = fileURLToPath(new URL("../../client/terminal/cli/tillmesh.mjs", import.meta.url));

interface Ready {
  readonly control: string;
  readonly folder: string;
  readonly relay: { readonly pid: number };
  readonly headquarters: { readonly pid: number; readonly url: string };
  readonly tills: readonly {
    readonly n: number;
    readonly state: string;
    readonly pid: number | null;
    readonly device: string;
    readonly door: string;
    readonly cashier: string;
    readonly dataDir: string;
  }[];
  readonly staff: readonly { readonly id: string; readonly role: string; readonly pin: string }[];
}

interface View {
  readonly till: { readonly priceBook: { readonly generation: string; readonly items: number } | null };
  readonly network: {
    readonly state: string;
    readonly neighbours: readonly { readonly state: string }[];
    readonly relay: { readonly state: string };
  };
}

let folder: string;
const demos = new Set<ChildProcess>();

beforeAll(() => {
  folder = join(mkdtempSync(join(tmpdir(), "tillmesh-demo-")), "demo");
});
afterAll(() => {
  for (const demo of demos) demo.kill("SIGKILL");
  rmSync(join(folder, ".."), { recursive: true, force: true });
});

/** One after the other on the same folder: made, cut short, and opened again. */
let ready: Ready;
let demo: ChildProcess;

async function openDemo(...args: readonly string[]): Promise<void> {
  demo = spawn(process.execPath, [launcher, "demo", "--json", "--data", folder, "--port", "0", ...args], {
    stdio: ["pipe", "pipe", "pipe"],
  });
  demos.add(demo);
  let log = "";
  demo.stderr!.on("data", (part: Buffer) => (log += part.toString()));
  let text = "";
  for await (const part of demo.stdout!) {
    text += String(part);
    if (text.includes("\n")) break;
  }
  if (!text.includes("\n")) throw new Error(`the demo did not start: ${log}`);
  ready = JSON.parse(text) as Ready;
}

function pids(): number[] {
  return [ready.relay.pid, ready.headquarters.pid, ...ready.tills.map(({ pid }) => pid!)];
}

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function view(n: number): Promise<View> {
  return (await (await fetch(`${ready.tills[n - 1]!.door}/api/view`)).json()) as View;
}

async function control(
  path: string,
  body?: object,
): Promise<{ readonly status: number; readonly body: Ready }> {
  const response = await fetch(`${ready.control}${path}`, {
    method: "POST",
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  return { status: response.status, body: (await response.json()) as Ready };
}

test("the demo opens a shop whose tills have one price book, screens, and the relay", async () => {
  await openDemo("--tills", "2");
  expect(ready.tills.map(({ state }) => state)).toEqual(["running", "running"]);
  expect(new Set(pids()).size).toBe(4);
  expect(pids().every(lives)).toBe(true);
  const [one, two] = await Promise.all([view(1), view(2)]);
  expect(one.till.priceBook!.items).toBe(3000);
  expect(two.till.priceBook).toEqual(one.till.priceBook);
  const page = await fetch(ready.tills[0]!.cashier);
  expect(page.headers.get("content-type")).toContain("text/html");
  expect((await fetch(`${ready.headquarters.url}/healthz`)).status).toBe(200);
  expect(ready.staff.map(({ role }) => role)).toContain("manager");
  await until("the relay is up", async () => (await view(1)).network.relay.state === "up");
});

test("its internet can be cut and mended, its tills stopped, killed and started", async () => {
  expect((await control("/internet", { on: false })).status).toBe(200);
  await until("both tills see that the relay is away", async () => {
    const views = await Promise.all([view(1), view(2)]);
    return views.every(({ network }) => network.state === "neighbours" && network.relay.state === "down");
  });
  await control("/internet", { on: true });
  await until("both tills see the relay", async () => {
    const views = await Promise.all([view(1), view(2)]);
    return views.every(({ network }) => network.state === "everything");
  });

  const [, second] = pids().slice(2);
  const killed = await control("/tills/2/kill");
  expect(killed.body.tills[1]).toMatchObject({ state: "stopped", pid: null });
  expect(lives(second!)).toBe(false);
  await until("till 1 misses till 2", async () =>
    (await view(1)).network.neighbours.every(({ state }) => state !== "linked"),
  );
  const started = await control("/tills/2/start");
  expect(started.body.tills[1]).toMatchObject({ state: "running", device: ready.tills[1]!.device });
  expect((await view(2)).till.priceBook).toEqual((await view(1)).till.priceBook);
  await control("/tills/2/stop");
  const { tills } = (await control("/tills/2/start")).body;
  ready = { ...ready, tills };
});

test("what makes no sense is refused in words", async () => {
  for (const [path, body, code] of [
    ["/tills/1/start", undefined, 409],
    ["/tills/3/kill", undefined, 409],
    ["/internet", { on: "perhaps" }, 400],
    ["/sell", undefined, 400],
  ] as const) {
    const answer = await control(path, body);
    expect([path, answer.status]).toEqual([path, code]);
    expect(answer.body).toMatchObject({ error: expect.stringMatching(/\.$/) as string });
  }
});

test("a second demo in the same folder is refused, and the first goes on", async () => {
  const second = spawn(process.execPath, [launcher, "demo", "--json", "--data", folder], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  second.stderr.on("data", (part: Buffer) => (said += part.toString()));
  await once(second, "close");
  expect(second.exitCode).toBe(1);
  expect(said).toContain("Another demo runs");
  expect((await view(1)).till.priceBook!.items).toBe(3000);
});

test("killed, it leaves no process behind, and opens the same shop again", async () => {
  const before = {
    pids: pids(),
    devices: ready.tills.map(({ device }) => device),
    book: (await view(1)).till.priceBook,
  };
  demo.kill("SIGKILL");
  await until("all its processes have ended", async () => !before.pids.some(lives));
  await openDemo();
  expect(ready.tills.map(({ device }) => device)).toEqual(before.devices);
  expect((await view(2)).till.priceBook).toEqual(before.book);
});

test("it grows by a till, ends in order on SIGTERM, and has destroyed the packs that were used", async () => {
  const before = pids();
  demo.kill("SIGTERM");
  await once(demo, "exit");
  expect(demo.exitCode).toBe(0);
  expect(before.some(lives)).toBe(false);
  await openDemo("--tills", "3", "--stop-with-stdin");
  expect((await view(3)).till.priceBook).toEqual((await view(1)).till.priceBook);
  expect(readdirSync(join(folder, "packs"))).toEqual([]);
  expect(existsSync(join(folder, "company", "company.tillmesh"))).toBe(true);
  const last = pids();
  demo.stdin!.end();
  await once(demo, "exit");
  expect(last.some(lives)).toBe(false);
});
