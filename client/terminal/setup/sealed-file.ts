import { type Bytes, type RandomBytes, concatBytes, equalBytes } from "#schema/bytes.ts";
import { type Canonical, decodeCanonical, encodeCanonical } from "#schema/canonical.ts";
import { cryptoReady, hash, open, seal } from "#schema/trust/crypto.ts";
import { type StretchCost, stretchInWorker } from "#terminal/vault/passphrase-slot.ts";

/** What a sealed file can hold. */
export type SealedFileKind = "company" | "till-pack" | "reader-pack";

const sealedFileVersion = 1;

export type OpenedFile =
  | { readonly type: "opened"; readonly kind: SealedFileKind; readonly content: Canonical }
  | SealedFileRefusal;

/**
 * `not-ours`: no file of Tillmesh. `damaged`: it was one; its bytes were changed or cut. `other-kind`: whole, but
 * something else than was asked for.
 */
export type SealedFileRefusal =
  | { readonly type: "not-ours" | "damaged" | "wrong-passphrase" }
  | { readonly type: "newer-version"; readonly version: number }
  | { readonly type: "other-kind"; readonly kind: SealedFileKind };

export interface SealOptions {
  readonly passphrase: string;
  readonly cost: StretchCost;
  readonly random: RandomBytes;
}

/** The first bytes of every such file, so that a person who opens it sees what it is. */
const magic = new TextEncoder().encode("TILLMESH\n");
const checkLength = 32;
/** What a file may ask of this machine before its passphrase is even known to be right. */
const mostMemoryBytes = 2 * 1024 ** 3;
const mostPasses = 20;

interface ClearHeader {
  readonly kind: SealedFileKind;
  readonly v: number;
  readonly salt: Bytes;
  readonly memoryBytes: number;
  readonly passes: number;
}

/**
 * `magic || canonical CBOR {kind, v, salt, memoryBytes, passes, sealed} || BLAKE2b-256 of all before`. What is sealed is
 * bound to the clear fields; the hash at the end tells a damaged file from a wrong passphrase.
 */
export async function sealFile(
  kind: SealedFileKind,
  content: Canonical,
  options: SealOptions,
): Promise<Bytes> {
  await cryptoReady;
  const { cost, random } = options;
  const header: ClearHeader = { kind, v: sealedFileVersion, salt: random(16), ...cost };
  const key = await stretchInWorker({ passphrase: options.passphrase, salt: header.salt, cost });
  const sealed = seal(key, encodeCanonical(content), encodeCanonical({ ...header }), random);
  const whole = concatBytes(magic, encodeCanonical({ ...header, sealed }));
  return concatBytes(whole, hash(whole));
}

/** Never throws, whatever the bytes are. */
export async function openFile(
  bytes: Bytes,
  expected: readonly SealedFileKind[],
  passphrase: string,
): Promise<OpenedFile> {
  await cryptoReady;
  const read = readClear(bytes);
  if (read.type !== "clear") return read;
  const { header, sealed } = read;
  if (!expected.includes(header.kind)) return { type: "other-kind", kind: header.kind };
  const cost = { memoryBytes: header.memoryBytes, passes: header.passes };
  const key = await stretchInWorker({ passphrase, salt: header.salt, cost });
  const plain = open(key, sealed, encodeCanonical({ ...header }));
  if (!plain) return { type: "wrong-passphrase" };
  try {
    return { type: "opened", kind: header.kind, content: decodeCanonical(plain) };
  } catch {
    return { type: "damaged" };
  }
}

/** In the words of somebody who stands before the file; `what` names it: "The company file". */
export function explainFileRefusal(what: string, refusal: SealedFileRefusal): string {
  switch (refusal.type) {
    case "not-ours":
      return `${what} is not a file of Tillmesh.`;
    case "damaged":
      return `${what} is damaged or incomplete. Take a fresh copy of it.`;
    case "wrong-passphrase":
      return `${what} does not open with this passphrase.`;
    case "newer-version":
      return `${what} was made by a newer Tillmesh (format ${refusal.version}). Update this one.`;
    case "other-kind":
      return `${what} is ${kindWords[refusal.kind]}, which is not what belongs here.`;
  }
}

const kindWords: { readonly [Kind in SealedFileKind]: string } = {
  company: "a company file",
  "till-pack": "the pack of a till",
  "reader-pack": "the pack of a reader",
};

function readClear(
  bytes: Bytes,
):
  | { readonly type: "clear"; readonly header: ClearHeader; readonly sealed: Bytes }
  | Exclude<SealedFileRefusal, { type: "other-kind" | "wrong-passphrase" }> {
  if (!equalBytes(bytes.subarray(0, magic.length), magic)) return { type: "not-ours" };
  const end = bytes.length - checkLength;
  if (end <= magic.length || !equalBytes(hash(bytes.subarray(0, end)), bytes.subarray(end)))
    return { type: "damaged" };
  let map: Canonical;
  try {
    map = decodeCanonical(bytes.subarray(magic.length, end));
  } catch {
    return { type: "damaged" };
  }
  if (typeof map !== "object" || map === null || Array.isArray(map) || map instanceof Uint8Array)
    return { type: "damaged" };
  const { kind, v, salt, memoryBytes, passes, sealed } = map as Record<string, Canonical | undefined>;
  if (typeof v === "number" && v > sealedFileVersion) return { type: "newer-version", version: v };
  if (v !== sealedFileVersion || !isKind(kind)) return { type: "damaged" };
  if (!(salt instanceof Uint8Array) || salt.length !== 16 || !(sealed instanceof Uint8Array))
    return { type: "damaged" };
  if (typeof memoryBytes !== "number" || memoryBytes < 8192 || memoryBytes > mostMemoryBytes)
    return { type: "damaged" };
  if (typeof passes !== "number" || passes < 1 || passes > mostPasses) return { type: "damaged" };
  return { type: "clear", header: { kind, v, salt, memoryBytes, passes }, sealed };
}

function isKind(value: Canonical | undefined): value is SealedFileKind {
  return typeof value === "string" && Object.hasOwn(kindWords, value);
}
