let stop: (why: string) => void;
const stopped = new Promise<string>((resolve) => (stop = resolve));

/** Resolves when this process is asked to end, by a signal or in one of the ways below; says by which. */
export async function untilStopped(): Promise<string> {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => stop(signal));
  return stopped;
}

/**
 * With the end of its standard input this process ends too. A parent that holds the other end leaves nothing behind,
 * even when it is killed.
 */
export function stopWithStdin(): void {
  const end = (): void => {
    stop("stdin");
    endWithin(15_000);
  };
  for (const event of ["end", "close", "error"]) process.stdin.once(event, end);
  process.stdin.resume();
}

/** Standard input holds the process no longer. */
export function letGoOfStdin(): void {
  if (process.stdin.isPaused()) return;
  process.stdin.pause();
  process.stdin.unref?.();
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
