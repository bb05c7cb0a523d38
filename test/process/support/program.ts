import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const launcher = fileURLToPath(new URL("../../../client/terminal/cli/tillmesh.mjs", import.meta.url));

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A `tillmesh` command in a process of its own, as a shop would run it. */
export interface Program {
  readonly pid: number;
  /** The line of JSON it printed when it was ready. */
  readonly ready: Readonly<Record<string, unknown>>;
  readonly exited: Promise<Exit>;
  /** As a person who closes it. */
  stop(): Promise<Exit>;
  /** `kill -9`, now. */
  kill(): Promise<Exit>;
}

export interface ProgramOptions {
  readonly logFile: string;
  readonly env?: Readonly<Record<string, string>>;
  /** A network namespace to run in. */
  readonly namespace?: string;
}

const living = new Set<ChildProcess>();

/** Rejects with the end of its log when it ends before it is ready. It ends with this process in any case. */
export async function startProgram(args: readonly string[], options: ProgramOptions): Promise<Program> {
  const log = openSync(options.logFile, "a");
  const command = [process.execPath, launcher, ...args, "--stop-with-stdin"];
  const [file, ...rest] = options.namespace
    ? ["ip", "netns", "exec", options.namespace, ...command]
    : command;
  const child = spawn(file!, rest, { stdio: ["pipe", "pipe", log], env: environment(options.env) });
  closeSync(log);
  living.add(child);
  child.stdin!.on("error", () => undefined);
  const exited = new Promise<Exit>((resolve) => {
    child.once("error", () => resolve({ code: null, signal: null }));
    child.once("exit", (code, signal) => resolve({ code, signal }));
  }).finally(() => living.delete(child));
  const ready = await Promise.race([readyLine(child), exited.then(() => undefined)]);
  if (!ready || child.pid === undefined) throw new Error(`did not start: ${tailOf(options.logFile)}`);
  return {
    pid: child.pid,
    ready,
    exited,
    stop() {
      child.stdin!.end();
      return exited;
    },
    kill() {
      child.kill("SIGKILL");
      return exited;
    },
  };
}

/** Runs a command to its end; its standard output. Rejects with what it said when it fails. */
export async function runProgram(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  const child = spawn(process.execPath, [launcher, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    env: environment(env),
  });
  let out = "";
  let err = "";
  child.stdout.setEncoding("utf8").on("data", (part: string) => (out += part));
  child.stderr.setEncoding("utf8").on("data", (part: string) => (err += part));
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  if (code !== 0) throw new Error(`tillmesh ${args[0]} ended with ${code}: ${err}`);
  return out;
}

/** None of them is left when it resolves. */
export async function killEverything(): Promise<void> {
  await Promise.all(
    [...living].map((child) => {
      const gone = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGKILL");
      return gone;
    }),
  );
}

function environment(more: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const entries = Object.entries(process.env).filter(
    ([name]) => !/^(TILLMESH|NODE_CHANNEL|VITEST)/.test(name),
  );
  return { ...Object.fromEntries(entries), ...more };
}

function readyLine(child: ChildProcess): Promise<Readonly<Record<string, unknown>>> {
  return new Promise((resolve) => {
    let text = "";
    child.stdout!.setEncoding("utf8").on("data", (part: string) => {
      text += part;
      const lines = text.split("\n");
      text = lines.pop()!;
      for (const line of lines) {
        if (!line.startsWith("{")) continue;
        const value = JSON.parse(line) as Record<string, unknown>;
        if (value["ready"] === true) resolve(value);
      }
    });
  });
}

export function tailOf(logFile: string): string {
  return readFileSync(logFile, "utf8").trimEnd().split("\n").slice(-12).join("\n");
}
