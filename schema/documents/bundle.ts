import type { Compressor } from "./compressor.ts";
import { z } from "zod";
import { type Bytes, type RandomBytes, type StoreId, fromHex } from "../bytes.ts";
import { type Canonical, decodeTrusted, encodeCanonical } from "../canonical.ts";
import { type Sealed, type SymmetricKey, deriveKey, keyedHash, open, seal } from "../trust/crypto.ts";
import { type DocumentName, parseDocumentName } from "./names.ts";

/**
 * What the store's documents gained in one moment, as it travels through the relay: canonical CBOR, compressed, sealed
 * under an epoch key. Who merges it twice has merged it once.
 */
export interface Bundle {
  readonly docs: readonly BundledDocument[];
}

export interface BundledDocument {
  readonly name: DocumentName;
  /** Automerge changes, each after those it depends on; or one save of the whole document. */
  readonly chunks: readonly Bytes[];
  /** Whether `chunks` hold all the sender knows of the document. */
  readonly whole: boolean;
  /** Signatures over the newest change of each author, as the gate will check them; nobody writes them yet. */
  readonly signatures?: readonly Bytes[];
}

/** The keys of a store's log. */
export interface LogKeys {
  /** The epoch that what is written now is sealed under. */
  readonly current: number;
  /** Undefined for an epoch whose key this device was never given. */
  epoch(number: number): SymmetricKey | undefined;
  /** Makes names and heads unreadable for the relay; the same in all epochs, so that they can be compared. */
  readonly names: SymmetricKey;
}

export type OpenedBundle =
  | { readonly type: "opened"; readonly bundle: Bundle }
  /** Sealed under an epoch whose key is not here. */
  | { readonly type: "no-key" }
  /** Not sealed under this store's and this epoch's key. */
  | { readonly type: "foreign" }
  /** Rightly sealed, but not a bundle, or over the limits. */
  | { readonly type: "malformed"; readonly problem: string };

/** The most a bundle may hold when it is open; bytes. */
export const maxBundleBytes = 64 * 1024 * 1024;
/** Hashes in the log are cut to this; bytes. */
const keyedLength = 16;

const bytes = z.custom<Bytes>((value) => value instanceof Uint8Array);
const name = z.string().transform((text, context) => {
  if (parseDocumentName(text)) return text as DocumentName;
  context.addIssue("not the name of a document");
  return z.NEVER;
});
const bundleSchema = z.strictObject({
  v: z.literal(1),
  docs: z
    .array(
      z.strictObject({
        name,
        chunks: z.array(bytes).max(200_000),
        whole: z.boolean(),
        signatures: z.array(bytes).max(4_096).optional(),
      }),
    )
    .max(512),
});

/** The keys of a store that has seen one epoch. */
export function firstEpochKeys(epochKey: SymmetricKey): LogKeys {
  return {
    current: 1,
    epoch: (number) => (number === 1 ? epochKey : undefined),
    names: deriveKey(epochKey, "log-names"),
  };
}

/** What stands in the log for a document's name. */
export function keyedName(key: SymmetricKey, name: DocumentName): Bytes {
  return keyedHash(key, new TextEncoder().encode(`name/${name}`), keyedLength);
}

/** What stands in the log for a change hash (64 hex digits). */
export function keyedHead(key: SymmetricKey, changeHash: string): Bytes {
  return keyedHash(key, fromHex(changeHash), keyedLength);
}

/** Sealed under the current epoch's key. */
export function sealBundle(
  bundle: Bundle,
  store: StoreId,
  keys: LogKeys,
  compressor: Compressor,
  random: RandomBytes,
): { readonly epoch: number; readonly bytes: Sealed } {
  const key = keys.epoch(keys.current);
  if (!key) throw new Error(`no key for the current epoch ${keys.current}`);
  const plain = encodeCanonical({
    v: 1,
    docs: bundle.docs.map(({ name, chunks, whole, signatures }): Canonical => ({
      name,
      chunks,
      whole,
      ...(signatures ? { signatures } : {}),
    })),
  });
  return {
    epoch: keys.current,
    bytes: seal(key, compressor.deflate(plain), associated(store, keys.current), random),
  };
}

/** Never throws, whatever the bytes. Every document in an opened bundle is one of `store`. */
export function openBundle(
  sealed: Bytes,
  epoch: number,
  store: StoreId,
  keys: LogKeys,
  compressor: Compressor,
): OpenedBundle {
  const key = keys.epoch(epoch);
  if (!key) return { type: "no-key" };
  const plain = open(key, sealed, associated(store, epoch));
  if (!plain) return { type: "foreign" };
  let value: unknown;
  try {
    value = decodeTrusted(compressor.inflate(plain, maxBundleBytes));
  } catch (error) {
    return { type: "malformed", problem: error instanceof Error ? error.message : String(error) };
  }
  const parsed = bundleSchema.safeParse(value);
  if (!parsed.success)
    return { type: "malformed", problem: parsed.error.issues[0]?.message ?? "not a bundle" };
  if (parsed.data.docs.some((doc) => parseDocumentName(doc.name)?.store !== store))
    return { type: "malformed", problem: "a document of another store" };
  return {
    type: "opened",
    bundle: {
      docs: parsed.data.docs.map(({ signatures, ...doc }) => (signatures ? { ...doc, signatures } : doc)),
    },
  };
}

function associated(store: StoreId, epoch: number): Bytes {
  return encodeCanonical(["tillmesh/bundle/1", store, epoch]);
}
