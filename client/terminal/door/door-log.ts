/** One line for the till's log. Never a command's input: a PIN could be in it. */
export type DoorLog = (
  level: "info" | "warn" | "error",
  message: string,
  detail?: Readonly<Record<string, unknown>>,
) => void;

/** A log that throws must not end a screen. */
export function quietly(log: DoorLog): DoorLog {
  return (level, message, detail) => {
    try {
      log(level, message, detail);
    } catch {
      // nothing is left to tell it to
    }
  };
}
