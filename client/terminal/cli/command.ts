import { type ParseArgsOptionsConfig, parseArgs } from "node:util";

/** One command of the command line. */
export interface Command {
  /** What `--help` prints. */
  readonly help: string;
  /** Returns the exit code: 0 done, 1 it could not be done. Throws `Refused` with the reason. */
  run(args: readonly string[]): Promise<number>;
}

/** Ends a command with words for the person who gave it. Exit code 2: the command itself was wrong. */
export class Refused extends Error {
  readonly exit: 1 | 2;
  constructor(message: string, exit: 1 | 2 = 1) {
    super(message);
    this.exit = exit;
  }
}

const commandNames = {
  init: "make a company and its store, and a pack for each till",
  enrol: "make the pack of one more till, or of a reader such as headquarters",
  register: "make the store known to a relay",
  till: "run a till",
  relay: "run a relay",
  headquarters: "run headquarters: a reader that follows the store",
  demo: "run a whole demo shop on this machine",
} as const;

export type CommandName = keyof typeof commandNames;

export function explainUsage(): string {
  const lines = Object.entries(commandNames).map(([name, what]) => `  ${name.padEnd(14)}${what}`);
  return `Usage: tillmesh COMMAND [options]\n\n${lines.join("\n")}\n\n\`tillmesh COMMAND --help\` tells what each can be told.`;
}

/** The values of a command's options; throws `Refused` (2) that names what is unknown or lacks its value. */
export function readOptions<const Options extends ParseArgsOptionsConfig>(
  args: readonly string[],
  options: Options,
) {
  try {
    return parseArgs({ args: [...args], options, strict: true, allowPositionals: false }).values;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new Refused(message.replace(/\. To specify.*$/s, "."), 2);
  }
}

export function required(value: string | undefined, option: string): string {
  if (value === undefined || value === "") throw new Refused(`Say ${option}.`, 2);
  return value;
}

/** Undefined when the option was not given. */
export function wholeNumber(
  text: string | undefined,
  option: string,
  least: number,
  most: number,
): number | undefined {
  if (text === undefined) return undefined;
  const value = /^\d{1,12}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  throw new Refused(
    `${option} takes a whole number from ${least} to ${most}, not "${text.slice(0, 40)}".`,
    2,
  );
}
