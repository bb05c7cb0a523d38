/** One event as one line of JSON on standard error. Never anything of the shop: no names, amounts, items, keys. */
export type LogEvent = { readonly event: string } & Readonly<
  Record<string, string | number | boolean | null>
>;

export function logEvent(event: LogEvent): void {
  process.stderr.write(`${JSON.stringify({ time: new Date().toISOString(), ...event })}\n`);
}

/** What the rooms below log through. A stack loses its first line, which may quote what the error was about. */
export function logLine(
  level: "info" | "warn" | "error",
  message: string,
  detail: Readonly<Record<string, unknown>> = {},
): void {
  const { stack, ...rest } = detail;
  const at = typeof stack === "string" ? { at: framesOf(stack) } : {};
  process.stderr.write(
    `${JSON.stringify({ time: new Date().toISOString(), level, message, ...rest, ...at })}\n`,
  );
}

/** Where an error came from, without its message, which may quote what it was about. */
export function errorPlace(error: unknown): { readonly name: string; readonly at: string } {
  if (!(error instanceof Error)) return { name: typeof error, at: "" };
  return { name: error.name, at: framesOf(error.stack ?? "") };
}

function framesOf(stack: string): string {
  const frames = stack.split("\n").filter((line) => line.trimStart().startsWith("at "));
  return frames
    .slice(0, 4)
    .map((line) => line.trim())
    .join(" < ");
}

/** A mistake of ours is logged; one that nobody awaited does not stop the till, one thrown into the void does. */
export function logMistakes(): void {
  process.on("unhandledRejection", (error) =>
    logEvent({ event: "unhandled-rejection", ...errorPlace(error) }),
  );
  process.on("uncaughtException", (error) => {
    logEvent({ event: "uncaught-exception", ...errorPlace(error) });
    process.exit(70);
  });
}

/** Said at each start and of no use in a log: `node:sqlite` is experimental in Node 24, automerge-repo throttles by the past. */
const ordinaryWarnings = ["ExperimentalWarning", "TimeoutNegativeWarning"];

export function quietOrdinaryWarnings(): void {
  process.removeAllListeners("warning");
  process.on("warning", (warning) => {
    if (!ordinaryWarnings.includes(warning.name)) logEvent({ event: "warning", ...errorPlace(warning) });
  });
}
