import { readFileSync } from "node:fs";
import { availableParallelism, cpus, loadavg, release, totalmem, type } from "node:os";

/** On what it ran, and how busy that was before: a line each. */
export function describeMachine(): string {
  const load = loadavg().map((one) => one.toFixed(2));
  return [
    `cpu      ${cpus()[0]?.model ?? "unknown"}, ${availableParallelism()} cores`,
    `memory   ${(totalmem() / 2 ** 30).toFixed(1)} GiB`,
    `kernel   ${type()} ${release()}, ${fileSystem()}`,
    `node     ${process.version}`,
    `load     ${load.join(" ")} before (1, 5, 15 minutes)`,
  ].join("\n");
}

function fileSystem(): string {
  try {
    const mounts = readFileSync("/proc/self/mounts", "utf8").split("\n");
    const fields = mounts
      .map((line) => line.split(" "))
      .filter(
        ([, path]) => path !== undefined && `${process.cwd()}/`.startsWith(path === "/" ? "/" : `${path}/`),
      )
      .toSorted((a, b) => b[1]!.length - a[1]!.length)[0];
    return fields ? `${fields[2]} on ${fields[0]}` : "unknown file system";
  } catch {
    return "unknown file system";
  }
}
