import { z } from "zod";
import { type Bytes, type StoreId, equalBytes, fromHex, toHex } from "#schema/bytes.ts";
import type { Canonical } from "#schema/canonical.ts";
import { type SymmetricKey, signingKeyFromSeed } from "#schema/trust/crypto.ts";
import { type EnrolmentRole, type SignedEnrolment, verifyEnrolment } from "#schema/trust/enrolment.ts";
import { type SealOptions, type SealedFileRefusal, openFile, sealFile } from "./sealed-file.ts";

/** All that a new till or reader needs to be one of the store: used once, by `join`, and then destroyed. */
export interface Pack {
  readonly store: StoreId;
  readonly role: EnrolmentRole;
  /** 32 bytes: the seed of the device's Ed25519 selling key. */
  readonly seed: Bytes;
  readonly series: number;
  readonly label: string;
  readonly enrolment: SignedEnrolment;
  readonly rootPublicKey: Bytes;
  readonly epochKey: SymmetricKey;
  /** The `store` document of the first day, as Automerge bytes. */
  readonly initialStore: Bytes;
  /** What the owner knew of the network when the pack was made; a till's configuration file overrides it. */
  readonly relay: string | null;
  readonly neighbours: readonly string[];
}

const bytesOf = (length: number) =>
  z.custom<Bytes>((value) => value instanceof Uint8Array && value.length === length);
const anyBytes = z.custom<Bytes>((value) => value instanceof Uint8Array);

const packSchema = z.strictObject({
  v: z.literal(1),
  store: bytesOf(16),
  role: z.enum(["till", "reader"]),
  seed: bytesOf(32),
  series: z.int().min(1),
  label: z.string().min(1).max(60),
  enrolment: anyBytes,
  rootPublicKey: bytesOf(32),
  epochKey: bytesOf(32),
  initialStore: anyBytes,
  relay: z.string().nullable(),
  neighbours: z.array(z.string()),
});

export function packContent(pack: Pack): Canonical {
  return {
    v: 1,
    ...pack,
    store: fromHex(pack.store),
    neighbours: [...pack.neighbours],
  };
}

/** The inverse; undefined for anything that is not a pack whose parts agree with each other. */
export function packFromContent(content: Canonical): Pack | undefined {
  const parsed = packSchema.safeParse(content);
  if (!parsed.success) return undefined;
  const { v: _, store, epochKey, ...rest } = parsed.data;
  const pack = { ...rest, store: toHex(store) as StoreId, epochKey: epochKey as SymmetricKey };
  const judged = verifyEnrolment(pack.enrolment, pack.rootPublicKey);
  if (judged.type !== "valid") return undefined;
  const { enrolment } = judged;
  const agrees =
    enrolment.store === pack.store &&
    equalBytes(fromHex(enrolment.device), signingKeyFromSeed(pack.seed).publicKey) &&
    enrolment.series === pack.series &&
    enrolment.label === pack.label &&
    enrolment.role === pack.role;
  return agrees ? pack : undefined;
}

export function sealPack(pack: Pack, options: SealOptions): Promise<Bytes> {
  return sealFile(pack.role === "till" ? "till-pack" : "reader-pack", packContent(pack), options);
}

export type OpenPackResult = { readonly type: "opened"; readonly pack: Pack } | SealedFileRefusal;

export async function openPack(
  bytes: Bytes,
  role: EnrolmentRole,
  passphrase: string,
): Promise<OpenPackResult> {
  const opened = await openFile(bytes, [role === "till" ? "till-pack" : "reader-pack"], passphrase);
  if (opened.type !== "opened") return opened;
  const pack = packFromContent(opened.content);
  return pack ? { type: "opened", pack } : { type: "damaged" };
}
