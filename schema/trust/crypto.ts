import sodium from "libsodium-wrappers-sumo";
import {
  type Brand,
  type Bytes,
  type DeviceId,
  type HashHex,
  type RandomBytes,
  concatBytes,
  toHex,
} from "../bytes.ts";

/** Await once, before anything else in this file is called. */
export const cryptoReady: Promise<void> = sodium.ready;

/** A 32-byte symmetric key. */
export type SymmetricKey = Brand<Bytes, "SymmetricKey">;
/** A 64-byte Ed25519 secret key (seed and public half, as libsodium keeps it). */
export type SigningSecret = Brand<Bytes, "SigningSecret">;
/** `nonce (24) || XChaCha20-Poly1305 ciphertext and tag (16)`. */
export type Sealed = Brand<Bytes, "Sealed">;

export interface SigningKey {
  readonly device: DeviceId;
  readonly publicKey: Bytes;
  readonly secret: SigningSecret;
}

/** BLAKE2b-256. */
export function hash(...parts: readonly Bytes[]): Bytes {
  return sodium.crypto_generichash(32, parts.length === 1 ? parts[0]! : concatBytes(...parts), null);
}

export function hashHex(...parts: readonly Bytes[]): HashHex {
  return toHex(hash(...parts)) as HashHex;
}

/** BLAKE2b keyed with `key`: what stands for a name that must not be readable. `length` in bytes, 16 to 64. */
export function keyedHash(key: SymmetricKey, message: Bytes, length = 32): Bytes {
  return sodium.crypto_generichash(length, message, key);
}

export function deriveKey(key: SymmetricKey, purpose: string): SymmetricKey {
  return keyedHash(key, new TextEncoder().encode(`tillmesh/derive/${purpose}`)) as SymmetricKey;
}

export function newSymmetricKey(random: RandomBytes): SymmetricKey {
  return random(32) as SymmetricKey;
}

/** `seed` is 32 random bytes. */
export function signingKeyFromSeed(seed: Bytes): SigningKey {
  const pair = sodium.crypto_sign_seed_keypair(seed);
  return {
    device: toHex(pair.publicKey) as DeviceId,
    publicKey: pair.publicKey,
    secret: pair.privateKey as SigningSecret,
  };
}

/** A 64-byte Ed25519 signature over `domain || 0 || message`; the domain keeps one kind of statement from passing as another. */
export function sign(secret: SigningSecret, domain: string, message: Bytes): Bytes {
  return sodium.crypto_sign_detached(inDomain(domain, message), secret);
}

/** False for anything malformed, too; never throws. */
export function verify(publicKey: Bytes, domain: string, message: Bytes, signature: Bytes): boolean {
  if (publicKey.length !== 32 || signature.length !== 64) return false;
  try {
    return sodium.crypto_sign_verify_detached(signature, inDomain(domain, message), publicKey);
  } catch {
    return false;
  }
}

export function seal(key: SymmetricKey, plaintext: Bytes, associated: Bytes, random: RandomBytes): Sealed {
  const nonce = random(24);
  const box = sodium.crypto_aead_xchacha20poly1305_ietf_encrypt(plaintext, associated, null, nonce, key);
  return concatBytes(nonce, box) as Sealed;
}

/** The plaintext, or undefined when the bytes were not sealed under this key with this associated data. */
export function open(key: SymmetricKey, sealed: Bytes, associated: Bytes): Bytes | undefined {
  if (sealed.length < 40) return undefined;
  try {
    return sodium.crypto_aead_xchacha20poly1305_ietf_decrypt(
      null,
      sealed.subarray(24),
      associated,
      sealed.subarray(0, 24),
      key,
    );
  } catch {
    return undefined;
  }
}

/** Argon2id; `memoryBytes` and `passes` as libsodium names them. Takes about a second at 256 MiB: run it in a worker. */
export function stretchPassphrase(
  passphrase: string,
  salt: Bytes,
  cost: { readonly memoryBytes: number; readonly passes: number },
): SymmetricKey {
  return sodium.crypto_pwhash(
    32,
    passphrase.normalize("NFKC"),
    salt,
    cost.passes,
    cost.memoryBytes,
    sodium.crypto_pwhash_ALG_ARGON2ID13,
  ) as SymmetricKey;
}

function inDomain(domain: string, message: Bytes): Bytes {
  return concatBytes(new TextEncoder().encode(domain), new Uint8Array(1), message);
}
