import { spawnSync } from "node:child_process";
import { readFileSync, realpathSync } from "node:fs";

/** A call of a traced process that handed bytes to the disk or waited for it. */
export interface DiskCall {
  readonly kind: "write" | "sync";
  /** Wall clock, ms with fractions. */
  readonly fromMs: number;
  readonly path: string;
  /** Of a write. */
  readonly bytes: number;
}

const syncs = "fsync,fdatasync,msync,sync_file_range,sync,syncfs";
const writes = "write,pwrite64,writev,pwritev,pwritev2";

export function canTrace(): boolean {
  return spawnSync("strace", ["-f", "-e", "trace=fsync", "true"]).status === 0;
}

/** What to run a program under, so that the kernel's own account of it lies in `file`. */
export function traceInto(file: string): readonly string[] {
  const trace = `trace=${syncs},${writes}`;
  return [
    "strace",
    "-f",
    "--seccomp-bpf",
    "-ttt",
    "-y",
    "-s",
    "0",
    "-e",
    "signal=none",
    "-e",
    trace,
    "-o",
    file,
  ];
}

/** The calls on files under `folder`; throws when there is none, for then something is wrong with the tracing. */
export function readTrace(file: string, folder: string): DiskCall[] {
  const place = `${realpathSync(folder)}/`;
  const calls: DiskCall[] = [];
  const begun = new Map<string, DiskCall>();
  for (const line of readFileSync(file, "utf8").split("\n")) {
    const call = /^(\d+)\s+([\d.]+) (\w+)\((?:\d+<([^>]*)>)?/.exec(line);
    if (call) {
      const [, thread, seconds, name, path = ""] = call;
      const kind = syncs.split(",").includes(name!) ? "sync" : "write";
      const made: DiskCall = { kind, fromMs: Number(seconds) * 1000, path, bytes: result(line) };
      if (path !== "" && !path.startsWith(place)) continue;
      if (path === "" && kind === "write") continue;
      if (line.endsWith("<unfinished ...>")) begun.set(thread!, made);
      else calls.push(made);
      continue;
    }
    const thread = /^(\d+)\s+[\d.]+ <\.\.\. /.exec(line)?.[1];
    const before = thread === undefined ? undefined : begun.get(thread);
    if (!before) continue;
    begun.delete(thread!);
    calls.push({ ...before, bytes: result(line) });
  }
  if (!calls.some(({ kind }) => kind === "sync") || !calls.some(({ bytes }) => bytes > 0))
    throw new Error(`strace saw nothing of ${place}`);
  return calls.toSorted((a, b) => a.fromMs - b.fromMs);
}

function result(line: string): number {
  return Math.max(0, Number(/= (-?\d+)/.exec(line.slice(line.lastIndexOf(")")))?.[1] ?? 0));
}
