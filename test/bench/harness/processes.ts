import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const launcher = fileURLToPath(new URL("../../../client/terminal/cli/tillmesh.mjs", import.meta.url));
const living = new Set<ChildProcess>();

/** A till as `tillmesh till` runs it, in a process of its own. */
export interface TillProcess {
  /** Of the till itself, also where it runs under another program. */
  readonly pid: number;
  readonly door: string;
  readonly lan: string;
  readonly device: string;
  /** From the spawn to the line that says it is ready, and its resident memory then. */
  readonly readyMs: number;
  readonly readyRssMb: number;
  stop(): Promise<void>;
  /** As a power cut would, as far as a process can tell. */
  kill(): Promise<void>;
}

export interface TillStart {
  readonly data: string;
  readonly passphrase: string;
  readonly neighbours?: readonly string[];
  /** Learn of other addresses than these. */
  readonly gossip?: boolean;
  /** A program and its arguments to run it under, such as strace. */
  readonly under?: readonly string[];
}

/** Rejects with the end of what it said when it does not get ready. */
export async function startTill(start: TillStart): Promise<TillProcess> {
  const config = `${start.data}.config.json`;
  const lan = {
    host: "127.0.0.1",
    port: 0,
    neighbours: start.neighbours ?? [],
    mdns: false,
    gossip: start.gossip ?? true,
  };
  writeFileSync(config, JSON.stringify({ door: { port: 0 }, lan }));
  const command = [
    ...(start.under ?? []),
    ...[process.execPath, launcher, "till", "--data", start.data, "--config", config, "--stop-with-stdin"],
  ];
  const began = performance.now();
  const child = spawn(command[0]!, command.slice(1), {
    stdio: ["pipe", "pipe", "pipe"],
    env: { ...process.env, TILLMESH_PASSPHRASE: start.passphrase },
  });
  living.add(child);
  child.once("exit", () => living.delete(child));
  child.stdin.on("error", () => undefined);
  let said = "";
  child.stderr.on("data", (text: Buffer) => (said = (said + text.toString()).slice(-2000)));
  const ready = await Promise.race([
    readyLine(child),
    once(child, "exit").then(() => {
      throw new Error(`a till did not start:\n${said}`);
    }),
  ]);
  const readyMs = performance.now() - began;
  const pid = start.under ? childOf(child.pid!) : child.pid!;
  return {
    ...{ pid, door: String(ready.door), lan: String(ready.lan), device: String(ready.device), readyMs },
    readyRssMb: residentMb(pid),
    async stop() {
      child.stdin.end();
      await gone(child, 20_000);
    },
    async kill() {
      process.kill(pid, "SIGKILL");
      await gone(child, 20_000);
    },
  };
}

/** Runs a script of the benchmark to its end and answers with the JSON it prints last. */
export async function runChild<Result>(script: string, argument: object): Promise<Result> {
  const path = fileURLToPath(new URL(`../children/${script}`, import.meta.url));
  const child = spawn(
    process.execPath,
    [
      "--disable-warning=ExperimentalWarning",
      "--disable-warning=TimeoutNegativeWarning",
      path,
      JSON.stringify(argument),
    ],
    {
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  living.add(child);
  let text = "";
  child.stdout.on("data", (part: Buffer) => (text += part.toString()));
  const [code] = (await once(child, "close")) as [number | null];
  living.delete(child);
  if (code !== 0) throw new Error(`${script} ended with ${String(code)}`);
  return JSON.parse(text.trimEnd().split("\n").at(-1)!) as Result;
}

/** Ends every process this one has started and that still lives. */
export async function endAll(): Promise<void> {
  const all = [...living];
  for (const child of all) child.stdin?.end();
  await Promise.all(all.map((child) => gone(child, 5_000)));
}

/** For the moment this process itself is made to end. */
export function killAll(): void {
  for (const child of living) child.kill("SIGKILL");
}

export function residentMb(pid: number): number {
  const line = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"));
  return line ? Number(line[1]) / 1000 : Number.NaN;
}

async function readyLine(child: ChildProcess): Promise<Readonly<Record<string, unknown>>> {
  for await (const line of createInterface({ input: child.stdout! })) {
    if (!line.startsWith("{")) continue;
    const value = JSON.parse(line) as Record<string, unknown>;
    if (value.ready === true) {
      child.stdout!.resume();
      return value;
    }
  }
  return new Promise(() => undefined);
}

function childOf(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ")[0]);
}

async function gone(child: ChildProcess, withinMs: number): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  const timer = setTimeout(() => child.kill("SIGKILL"), withinMs);
  await exited;
  clearTimeout(timer);
}
