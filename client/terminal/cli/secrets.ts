import { readFileSync } from "node:fs";
import { Refused } from "./command.ts";
import { askHidden } from "./asking.ts";

export interface PassphraseSource {
  /** What it opens, for the question: "this till's vault". */
  readonly what: string;
  /** A file whose first line it is. */
  readonly file: string | undefined;
  readonly fileOption: string;
  /** Removed from the environment once it is read: children and crash reports must not inherit it. */
  readonly variable: string;
  /** Ask twice, as for one that is new. */
  readonly twice?: boolean;
}

/** From the file, else the environment, else the person at the terminal, without an echo. */
export async function passphraseFrom(source: PassphraseSource): Promise<string> {
  const given = givenPassphrase(source);
  if (given !== undefined) return given;
  if (!process.stdin.isTTY)
    throw new Refused(
      `Give the passphrase of ${source.what} in ${source.variable} or with ${source.fileOption}: there is no terminal to ask at.`,
      2,
    );
  const first = await askHidden(`Passphrase of ${source.what}: `);
  if (source.twice && (await askHidden("Once more: ")) !== first)
    throw new Refused("The two were not the same. Nothing was done.");
  if (first === "") throw new Refused("An empty passphrase guards nothing. Nothing was done.");
  return first;
}

/** Undefined when neither file nor environment has one. */
export function givenPassphrase({ file, fileOption, variable }: PassphraseSource): string | undefined {
  if (file !== undefined) {
    const first = readText(file, fileOption).split(/\r?\n/)[0]!;
    if (first === "") throw new Refused(`${fileOption}: the first line of ${file} is empty.`);
    return first;
  }
  const value = process.env[variable];
  Reflect.deleteProperty(process.env, variable);
  return value === undefined || value === "" ? undefined : value;
}

/** Throws `Refused` that names the option when the file cannot be read. */
export function readText(path: string, option: string): string {
  return readBytes(path, option).toString("utf8");
}

export function readBytes(path: string, option: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new Refused(`${option}: ${explainFileError(error, path)}`);
  }
}

export function readJson(path: string, option: string): unknown {
  const text = readText(path, option);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Refused(`${option}: ${path} is not JSON: ${error instanceof Error ? error.message : ""}`);
  }
}

export function explainFileError(error: unknown, path: string): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  switch (code) {
    case "ENOENT":
      return `there is no ${path}.`;
    case "EACCES":
    case "EPERM":
      return `${path} may not be opened by this user.`;
    case "EISDIR":
      return `${path} is a folder.`;
    case "EEXIST":
      return `${path} is there already.`;
    case "ENOSPC":
      return `the disk is full: ${path} could not be written.`;
    default:
      return `${path}: ${error instanceof Error ? error.message : String(error)}`;
  }
}
