import type { CommandName } from "#schema/wire/commands.ts";
import type { CommandError, ErrorCode, Reply } from "#schema/wire/screen.ts";

export type Signal = "accepted" | "rejected" | "attention";

/** Commands that put something into the cart: the cashier looks at the goods, so the ear must know. */
const heard: ReadonlySet<CommandName> = new Set<CommandName>([
  "scan",
  "addItem",
  "addDepartment",
  "returnLine",
  "returnWithoutReceipt",
]);

/** The till waits for the cashier to say more; nothing is wrong. */
const questions: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "confirm",
  "approval-needed",
  "weight-needed",
  "price-needed",
]);

/** What a command's reply sounds like; null when it is silent. */
export function signalFor(name: CommandName, reply: Reply<CommandName>): Signal | null {
  if (!heard.has(name)) return null;
  return reply.ok ? "accepted" : signalOf(reply.error);
}

function signalOf(error: CommandError): Signal {
  return questions.has(error.code) ? "attention" : "rejected";
}
