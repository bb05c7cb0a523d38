import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from "node:fs";
import { join } from "node:path";
import { type Brand, toHex } from "#schema/bytes.ts";
import { hash } from "#schema/trust/crypto.ts";
import { z } from "zod";

/** 32 lower-case hex digits, drawn when the vault is made. */
export type VaultId = Brand<string, "VaultId">;

const hexText = z.string().regex(/^(?:[0-9a-f]{2})*$/);

const passphraseSlot = z.looseObject({
  type: z.literal("passphrase"),
  id: z.string(),
  /** Argon2id, as libsodium names it. */
  memoryBytes: z
    .int()
    .min(8192)
    .max(4 * 1024 ** 3),
  passes: z.int().min(1).max(100),
  salt: hexText.length(32),
  /** The vault key, sealed. */
  wrapped: hexText,
});

/** A kind of slot that this version does not know is kept as it stands. */
const foreignSlot = z.looseObject({ type: z.string(), id: z.string() });

const headerShape = z.looseObject({
  version: z.int().min(1),
  vault: hexText.length(32),
  revision: z.int().min(1),
  slots: z.array(z.union([passphraseSlot, foreignSlot])),
});

export interface PassphraseSlot {
  readonly type: "passphrase";
  readonly id: string;
  readonly memoryBytes: number;
  readonly passes: number;
  /** 16 bytes, hex. */
  readonly salt: string;
  readonly wrapped: string;
}
interface ForeignSlot {
  readonly type: string;
  readonly id: string;
}
export type KeySlot = PassphraseSlot | ForeignSlot;
/** What stands in the clear beside the vault: who it is, and by which slots its key can be had. */
export interface VaultHeader {
  readonly version: number;
  readonly vault: VaultId;
  /** Grows by one with each writing: of two good copies the later one counts. */
  readonly revision: number;
  readonly slots: readonly KeySlot[];
}

export const headerVersion = 1;

const copies = ["header.json", "header.copy.json"] as const;

export type HeaderReading =
  | { readonly type: "header"; readonly header: VaultHeader; readonly copiesDiffer: boolean }
  | { readonly type: "no-vault" | "header-damaged" | "newer-version" };

export function isPassphraseSlot(slot: KeySlot): slot is PassphraseSlot {
  return passphraseSlot.safeParse(slot).success;
}

/** Reads both copies and believes the later good one. */
export function readHeader(folder: string): HeaderReading {
  const texts = copies.map((name) => readText(join(folder, name)));
  if (texts.every((text) => text === undefined)) return { type: "no-vault" };
  const good = texts.flatMap((text) => (text === undefined ? [] : (decodeHeader(text) ?? [])));
  const header = good.reduce<VaultHeader | undefined>(
    (best, next) => (best && best.revision >= next.revision ? best : next),
    undefined,
  );
  if (!header) return { type: "header-damaged" };
  if (header.version > headerVersion) return { type: "newer-version" };
  return { type: "header", header, copiesDiffer: texts[0] !== texts[1] };
}

/** Writes both copies, one after the other, so that a power cut at any moment leaves one that is good. */
export function writeHeader(folder: string, header: VaultHeader): void {
  const text = encodeHeader(header);
  for (const name of copies) writeFileSafely(folder, name, text);
}

function encodeHeader(header: VaultHeader): string {
  const body = JSON.stringify(header);
  return `${body}\n${checkLine(body)}\n`;
}

function decodeHeader(text: string): VaultHeader | undefined {
  const [body, check, rest] = text.split("\n");
  if (body === undefined || rest !== "" || check !== checkLine(body)) return undefined;
  const parsed = headerShape.safeParse(JSON.parse(body));
  return parsed.success ? (parsed.data as unknown as VaultHeader) : undefined;
}

function checkLine(body: string): string {
  return toHex(hash(new TextEncoder().encode(body)));
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

function writeFileSafely(folder: string, name: string, text: string): void {
  const temporary = join(folder, `${name}.new`);
  const file = openSync(temporary, "w", 0o600);
  writeSync(file, text);
  fsyncSync(file);
  closeSync(file);
  renameSync(temporary, join(folder, name));
  const directory = openSync(folder, "r");
  fsyncSync(directory);
  closeSync(directory);
}
