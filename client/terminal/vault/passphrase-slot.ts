import { Worker } from "node:worker_threads";
import { type Bytes, type RandomBytes, fromHex, toHex } from "#schema/bytes.ts";
import { encodeCanonical } from "#schema/canonical.ts";
import { type SymmetricKey, open, seal } from "#schema/trust/crypto.ts";
import type { PassphraseSlot, VaultId } from "./header.ts";
import type { VaultKey } from "./vault.ts";

/** Argon2id: bytes of memory and passes over it. */
export interface StretchCost {
  readonly memoryBytes: number;
  readonly passes: number;
}

/** About a second on a till. */
export const standardCost: StretchCost = { memoryBytes: 256 * 1024 * 1024, passes: 3 };

export interface StretchRequest {
  readonly passphrase: string;
  readonly salt: Bytes;
  readonly cost: StretchCost;
}

/** Wraps the vault key under a passphrase; the slot's clear fields cannot be changed without it ceasing to open. */
export async function makePassphraseSlot(
  vault: VaultId,
  key: VaultKey,
  passphrase: string,
  cost: StretchCost,
  random: RandomBytes,
): Promise<PassphraseSlot> {
  const salt = random(16);
  const clear = { type: "passphrase", id: toHex(random(8)), ...cost, salt: toHex(salt) } as const;
  const stretched = await stretchInWorker({ passphrase, salt, cost });
  return { ...clear, wrapped: toHex(seal(stretched, key, associated(vault, clear), random)) };
}

/** Undefined when it is another passphrase. */
export async function openPassphraseSlot(
  vault: VaultId,
  slot: PassphraseSlot,
  passphrase: string,
): Promise<VaultKey | undefined> {
  const cost = { memoryBytes: slot.memoryBytes, passes: slot.passes };
  const stretched = await stretchInWorker({ passphrase, salt: fromHex(slot.salt), cost });
  return open(stretched, fromHex(slot.wrapped), associated(vault, slot)) as VaultKey | undefined;
}

function associated(vault: VaultId, slot: Omit<PassphraseSlot, "wrapped">): Bytes {
  return encodeCanonical([
    "tillmesh/vault/slot/1",
    vault,
    slot.type,
    slot.id,
    slot.memoryBytes,
    slot.passes,
    slot.salt,
  ]);
}

/** In a worker that ends with its work: WebAssembly never gives memory back while its thread lives. */
export function stretchInWorker(request: StretchRequest): Promise<SymmetricKey> {
  const done = Promise.withResolvers<SymmetricKey>();
  const worker = new Worker(new URL("./stretch.worker.ts", import.meta.url), { workerData: request });
  worker.once("message", (key: SymmetricKey) => done.resolve(key));
  worker.once("error", done.reject);
  worker.once("exit", (code) => done.reject(new Error(`the stretching worker ended with ${code}`)));
  return done.promise;
}
