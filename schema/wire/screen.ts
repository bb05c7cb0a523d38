import { z } from "zod";
import { type CommandName, commands } from "./commands.ts";
import type { CommandResult, CustomerView, ScreenView } from "./views.ts";

/**
 * What passes between a screen and its own till, as JSON text over one WebSocket at `/screen`
 * (`/screen?display=customer` for the customer's display, which may not command).
 *
 * History: 1, the first.
 */
export const screenProtocol = 1;

export const fromScreenSchema = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("command"),
    /** Chosen by the screen; the reply carries it back. */
    id: z.int().min(0),
    name: z.enum(Object.keys(commands) as [CommandName, ...CommandName[]]),
    input: z.unknown(),
  }),
  /** Go on with a session of this till, after the socket was lost. */
  z.object({ type: z.literal("resume"), token: z.string().max(128) }),
]);

export type FromScreen =
  | { readonly type: "command"; readonly id: number; readonly name: CommandName; readonly input: unknown }
  | { readonly type: "resume"; readonly token: string };

export type ToScreen =
  | { readonly type: "hello"; readonly protocol: number; readonly version: string }
  /** Top-level keys to replace in the picture the screen holds. The first one is whole. */
  | { readonly type: "view"; readonly view: Partial<ScreenView> }
  | { readonly type: "customer"; readonly view: CustomerView }
  | { readonly type: "reply"; readonly id: number; readonly result: Reply<CommandName> }
  /** Work over a second, such as an import: 0 to 1. */
  | { readonly type: "progress"; readonly id: number; readonly done: number; readonly what: string }
  /** For the ear and the eye; passes by itself. */
  | { readonly type: "signal"; readonly signal: "accepted" | "rejected" | "attention" };

export type ResultOf<Name extends CommandName> = Name extends keyof CommandResult
  ? CommandResult[Name]
  : null;

export type Reply<Name extends CommandName> =
  | { readonly ok: true; readonly value: ResultOf<Name> }
  | { readonly ok: false; readonly error: CommandError };

/** Why a command did nothing. `code` chooses the words; `params` are the figures and names in them. */
export interface CommandError {
  readonly code: ErrorCode;
  readonly params: Readonly<Record<string, string | number>>;
  /** Plain English, for programs and logs. */
  readonly message: string;
}

export type ErrorCode =
  | "bad-input" // params: field, problem
  | "not-signed-in"
  | "session-ended"
  | "wrong-pin" // params: waitMs
  | "not-allowed" // params: permission
  | "approval-needed" // params: permission
  | "confirm" // params: what (quantity | price-zero | price-far | tender | float | take-over), figure
  | "unknown-barcode" // params: code
  | "bad-check-digit" // params: code
  | "unknown-item" // params: itemId
  | "weight-needed" // params: name, unit (kg | l): give quantityMilli
  | "price-needed" // params: name, departmentId: sell it as department
  | "unknown-cart"
  | "unknown-line"
  | "unknown-receipt"
  | "cart-closed" // params: number
  | "cart-not-empty"
  | "cart-held" // params: till
  | "no-cart"
  | "no-shift"
  | "shift-open"
  | "age-not-checked" // params: years
  | "not-paid" // params: dueMinor
  | "already-paid"
  | "over-tender" // params: dueMinor
  | "has-tenders"
  | "discount-too-large" // params: maxMinor
  | "return-too-many" // params: returnableMilli
  | "not-voidable" // params: why
  | "nothing-to-undo"
  | "storage-full"
  | "storage-damaged"
  | "clock-untrusted"
  | "bad-time" // params: problem
  | "import-rejected"
  | "busy"
  | "internal"; // params: id, to find it in the log
