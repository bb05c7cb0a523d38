/** Resolves when the process is asked to end: by a signal, or by its parent in one of the ways below. */
let stop: (why: string) => void;
const stopped = new Promise<string>((resolve) => (stop = resolve));

/** Until somebody asks this process to end; says who. From then on a second signal ends it at once. */
export async function untilStopped(): Promise<string> {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => stop(signal));
  return stopped;
}

/**
 * With the end of its standard input this process ends too. A parent that holds the other end leaves nothing behind,
 * even when it is killed.
 */
export function stopWithStdin(): void {
  process.stdin.on("error", () => stop("stdin"));
  process.stdin.on("end", () => stop("stdin"));
  process.stdin.on("close", () => stop("stdin"));
  process.stdin.resume();
}

/** The same for the process that `tillmesh.mjs` starts under a newer Node, over the channel between the two. */
export function stopWithParent(): void {
  if (!process.channel) return;
  process.on("disconnect", () => {
    stop("parent");
    endWithin(10_000);
  });
  process.channel.unref();
}

/** Ends the process whatever still holds it, if it has not ended by itself by then. */
export function endWithin(ms: number): void {
  setTimeout(() => process.exit(process.exitCode ?? 1), ms).unref();
}
