import type { Chunk, StorageAdapterInterface, StorageKey } from "@automerge/automerge-repo";
import { DamagedValueError, type Vault } from "./vault.ts";

/**
 * automerge-repo's storage over a vault. `save` is not durable: who needs that commits to the vault himself. A damaged
 * range rejects: automerge-repo, given a part of a document, would take it for the whole and delete the rest.
 */
export class VaultStorageAdapter implements StorageAdapterInterface {
  readonly #vault: Vault;

  constructor(vault: Vault) {
    this.#vault = vault;
  }

  load(key: StorageKey): Promise<Uint8Array | undefined> {
    return this.#vault.load(key);
  }

  save(key: StorageKey, data: Uint8Array): Promise<void> {
    return this.#vault.commit([{ op: "put", key, data }], { durable: false });
  }

  remove(key: StorageKey): Promise<void> {
    return this.#vault.commit([{ op: "remove", key }], { durable: false });
  }

  async loadRange(prefix: StorageKey): Promise<Chunk[]> {
    const { chunks, damaged } = await this.#vault.loadRange(prefix);
    if (damaged.length > 0) throw new DamagedValueError(damaged);
    return chunks;
  }

  removeRange(prefix: StorageKey): Promise<void> {
    return this.#vault.commit([{ op: "removeRange", prefix }], { durable: false });
  }
}
