import type { z } from "zod";
import { type CommandName, commands } from "#schema/wire/commands.ts";

export type CheckedInput =
  | { readonly type: "input"; readonly input: unknown }
  /** `field` is a path such as `lines.0.quantityMilli`, or `input` for the whole; `problem` goes on: "… must be text". */
  | { readonly type: "bad"; readonly field: string; readonly problem: string };

/** The shape of a command's input as the door takes it: a field that nobody knows is refused, not passed over. */
export const inputSchemas = Object.fromEntries(
  Object.entries(commands).map(([name, { input }]) => [name, input.strict()]),
) as unknown as Record<CommandName, z.ZodType>;

export function isCommandName(name: string): name is CommandName {
  return Object.hasOwn(commands, name);
}

export function checkInput(name: CommandName, input: unknown): CheckedInput {
  const parsed = inputSchemas[name].safeParse(input);
  if (parsed.success) return { type: "input", input: parsed.data };
  const issue = parsed.error.issues[0]!;
  if (issue.code === "unrecognized_keys") {
    const field = [...issue.path, issue.keys[0]].join(".").slice(0, 120);
    return { type: "bad", field, problem: `is no field of ${name}` };
  }
  return { type: "bad", field: issue.path.join(".") || "input", problem: inWords(issue, input) };
}

const kinds: Readonly<Record<string, string>> = {
  string: "text",
  int: "a whole number",
  number: "a number",
  boolean: "true or false",
  object: "a JSON object",
  array: "a list",
};

function inWords(issue: z.core.$ZodIssue, input: unknown): string {
  switch (issue.code) {
    case "invalid_type":
      if (valueAt(input, issue.path) === undefined) return "is missing";
      return `must be ${kinds[issue.expected] ?? issue.expected}`;
    case "too_small":
      return `must be at least ${measure(issue.minimum, issue.origin)}`;
    case "too_big":
      return `must be at most ${measure(issue.maximum, issue.origin)}`;
    case "invalid_value":
      return `must be one of: ${issue.values.map(String).join(", ")}`;
    case "invalid_union":
      if (!("options" in issue)) return "has none of the shapes it may have";
      return `must be one of: ${(issue.options as readonly unknown[]).map(String).join(", ")}`;
    case "invalid_format":
      if (issue.format === "datetime") return "must be a time such as 2026-03-01T09:00:00+01:00";
      if (issue.format === "date") return "must be a day such as 2026-03-01";
      return `must be written as ${issue.format}`;
    default:
      return `is not right: ${issue.message}`;
  }
}

function measure(bound: number | bigint, origin: string): string {
  if (origin === "string") return `${bound} characters long`;
  if (origin === "array") return `${bound} entries long`;
  return String(bound);
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined),
    input,
  );
}
