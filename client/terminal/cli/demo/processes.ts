import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Refused } from "../command.ts";

const launcher = fileURLToPath(new URL("../tillmesh.mjs", import.meta.url));
const stopWithinMs = 12_000;

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A command of Tillmesh in a process of its own. */
export interface RunningCommand {
  readonly pid: number;
  /** What it said when it was ready. */
  readonly ready: Readonly<Record<string, unknown>>;
  readonly exited: Promise<Exit>;
  /** Asks it to end; kills it when it does not. */
  stop(): Promise<Exit>;
  /** As a power cut would. */
  kill(): Promise<Exit>;
}

/** All processes of a demo. They end with this one: each holds on to the other end of its standard input. */
export class Processes {
  readonly #living = new Set<ChildProcess>();
  #closed = false;

  /** Throws `Refused` with the end of its log when it ends before it is ready. */
  async start(what: string, args: readonly string[], logFile: string): Promise<RunningCommand> {
    if (this.#closed) throw new Refused("The demo is ending.");
    const log = openSync(logFile, "a", 0o600);
    const child = spawn(process.execPath, [launcher, ...args, "--stop-with-stdin"], {
      stdio: ["pipe", "pipe", log],
      env: environment(),
    });
    closeSync(log);
    this.#living.add(child);
    child.stdin!.on("error", () => undefined);
    const exited = new Promise<Exit>((resolve) => {
      child.once("error", () => resolve({ code: null, signal: null }));
      child.once("exit", (code, signal) => resolve({ code, signal }));
    }).finally(() => this.#living.delete(child));
    const ready = await Promise.race([readyLine(child), exited.then(() => undefined)]);
    if (!ready || child.pid === undefined)
      throw new Refused(`${what} did not start. The end of ${logFile}:\n${tailOf(logFile)}`);
    return {
      pid: child.pid,
      ready,
      exited,
      stop: () => stopChild(child, exited),
      kill() {
        child.kill("SIGKILL");
        return exited;
      },
    };
  }

  /** None is left when it resolves. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#living].map((child) => stopChild(child, exitOf(child))));
  }
}

async function stopChild(child: ChildProcess, exited: Promise<Exit>): Promise<Exit> {
  child.stdin!.end();
  const timer = setTimeout(() => child.kill("SIGKILL"), stopWithinMs);
  try {
    return await exited;
  } finally {
    clearTimeout(timer);
  }
}

function exitOf(child: ChildProcess): Promise<Exit> {
  if (child.exitCode !== null || child.signalCode !== null)
    return Promise.resolve({ code: child.exitCode, signal: child.signalCode });
  return new Promise((resolve) => child.once("exit", (code, signal) => resolve({ code, signal })));
}

/** The first line of standard output that is JSON and says `ready`. */
function readyLine(child: ChildProcess): Promise<Readonly<Record<string, unknown>>> {
  return new Promise((resolve) => {
    let text = "";
    child.stdout!.setEncoding("utf8");
    child.stdout!.on("data", (part: string) => {
      text += part;
      const lines = text.split("\n");
      text = lines.pop()!;
      for (const line of lines) {
        const value = parse(line);
        if (value?.["ready"] === true) resolve(value);
      }
    });
  });
}

function parse(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

function environment(): NodeJS.ProcessEnv {
  const entries = Object.entries(process.env).filter(([name]) => !/^TILLMESH_|^NODE_CHANNEL_/.test(name));
  return Object.fromEntries(entries);
}

function tailOf(logFile: string): string {
  try {
    return readFileSync(logFile, "utf8").trimEnd().split("\n").slice(-8).join("\n");
  } catch {
    return "";
  }
}
