import type { CommandName } from "#schema/wire/commands.ts";
import { fromScreenSchema } from "#schema/wire/screen.ts";
import { isCommandName } from "./check-input.ts";
import { isTooDeep, maxJsonDepth } from "./json-depth.ts";
import { type AnyReply, badInput, unknownCommand } from "./run-command.ts";

/** What a frame of a screen asks for, or what is wrong with it. */
export type Frame =
  | { readonly type: "command"; readonly id: number; readonly name: CommandName; readonly input: unknown }
  | { readonly type: "resume"; readonly token: string }
  /** Wrong, but it says where the answer belongs. */
  | { readonly type: "bad"; readonly id: number; readonly reply: AnyReply }
  /** No message of a screen: there is nobody to reply to. */
  | { readonly type: "close"; readonly code: 1003 | 1007 | 1008; readonly reason: string };

/** The largest frame, for a price book; anything else is held to `maxBodyBytes`. */
export const maxImportBytes = 64 * 1024 * 1024;
export const maxBodyBytes = 256 * 1024;

export function readFrame(data: Buffer, isBinary: boolean): Frame {
  if (isBinary) return { type: "close", code: 1003, reason: "messages are JSON text" };
  let value: unknown;
  try {
    value = JSON.parse(data.toString("utf8"));
  } catch {
    return { type: "close", code: 1007, reason: "a message is not JSON" };
  }
  const id = idOf(value);
  const bad = (reply: AnyReply, reason: string): Frame =>
    id === null ? { type: "close", code: 1008, reason } : { type: "bad", id, reply };
  if (isTooDeep(value)) {
    const problem = `is nested deeper than ${maxJsonDepth} levels`;
    return bad(badInput("message", problem), `a message ${problem}`);
  }
  const parsed = fromScreenSchema.safeParse(value);
  if (!parsed.success) {
    const name = propertyOf(value, "name");
    if (propertyOf(value, "type") === "command" && typeof name === "string" && !isCommandName(name))
      return bad(unknownCommand(name), "a command has no id");
    if (propertyOf(value, "type") === "command" && propertyOf(value, "input") === undefined)
      return bad(badInput("input", "is missing"), "a command has no id");
    return bad(badInput("message", "is none that a screen sends"), "a message is none that a screen sends");
  }
  const message = parsed.data;
  if (message.type === "command" && message.name !== "importPriceBook" && data.length > maxBodyBytes) {
    return {
      type: "bad",
      id: message.id,
      reply: badInput("message", `is larger than ${maxBodyBytes} bytes`),
    };
  }
  return message;
}

function idOf(value: unknown): number | null {
  const id = propertyOf(value, "id");
  return typeof id === "number" && Number.isSafeInteger(id) && id >= 0 ? id : null;
}

function propertyOf(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, key)
    ? Reflect.get(value, key)
    : undefined;
}
