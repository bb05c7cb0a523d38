import type { Bytes, StoreId } from "#schema/bytes.ts";
import { decodeCanonical, encodeCanonical } from "#schema/canonical.ts";
import { type SigningKey, type SymmetricKey, cryptoReady, signingKeyFromSeed } from "#schema/trust/crypto.ts";
import type { EnrolmentRole, SignedEnrolment } from "#schema/trust/enrolment.ts";
import type { Vault, VaultWrite } from "#terminal/vault/vault.ts";
import { type Pack, packContent, packFromContent } from "./pack.ts";

/** Who a till is, as its vault keeps it. */
export interface Identity {
  readonly store: StoreId;
  /** The selling key. */
  readonly key: SigningKey;
  /** Of receipts: from 1, another for each enrolment. */
  readonly series: number;
  readonly label: string;
  readonly role: EnrolmentRole;
  readonly enrolment: SignedEnrolment;
  readonly rootPublicKey: Bytes;
  readonly epochKey: SymmetricKey;
  /** The `store` document of the first day, as Automerge bytes. Merging it again is harmless. */
  readonly initialStore: Bytes;
  /** As the pack had them; the till's configuration file comes first. */
  readonly relay: string | null;
  readonly neighbours: readonly string[];
}

const identityKey = ["identity"];

/** Undefined when nobody has joined with this vault. Rejects on a damaged value, as `Vault.load` does. */
export async function readIdentity(vault: Vault): Promise<Identity | undefined> {
  await cryptoReady;
  const stored = await vault.load(identityKey);
  if (!stored) return undefined;
  const pack = packFromContent(decodeCanonical(stored));
  if (!pack) throw new Error("the identity in the vault is not one");
  const { seed, ...rest } = pack;
  return { ...rest, key: signingKeyFromSeed(seed) };
}

/** What makes a vault that of the pack's till. */
export function identityWrite(pack: Pack): VaultWrite {
  return { op: "put", key: identityKey, data: encodeCanonical(packContent(pack)) };
}
