import type { SymmetricKey } from "#schema/trust/crypto.ts";

/**
 * The vault: where a till keeps everything, encrypted, in transactions, safely on disk.
 *
 * Keys are paths, as automerge-repo has them: the first segment names a document (or a room of settings), and a range
 * is everything below a prefix. What the folder shows without the key: how many values there are, how long, in which
 * order they came, and which share a prefix. No name, no key, no value.
 */
export type StorageKey = readonly string[];

/** Names one bundle in the outbox. */
export type OutboxId = number | string;

export type VaultWrite =
  | { readonly op: "put"; readonly key: StorageKey; readonly data: Uint8Array }
  | { readonly op: "remove"; readonly key: StorageKey }
  | { readonly op: "removeRange"; readonly prefix: StorageKey }
  | { readonly op: "outboxPut"; readonly id: OutboxId; readonly bytes: Uint8Array }
  | { readonly op: "outboxRemove"; readonly ids: readonly OutboxId[] };

export interface CommitOptions {
  /** True: resolves when it is on disk, with one sync for all durable commits that share the transaction. */
  readonly durable: boolean;
}

export interface VaultChunk {
  readonly key: string[];
  readonly data: Uint8Array;
}

/**
 * `unreadable`: its seal does not open. `missing`: the manifest counts more values than there are. `older`: a value, or
 * a whole manifest, was put back in time. `foreign`: a value that the manifest knows nothing of.
 */
export type DamageKind = "unreadable" | "missing" | "older" | "foreign";

export interface DamagedChunk {
  readonly kind: DamageKind;
  /** The key asked for, or as much of the prefix as is known: an unreadable value does not tell its own key. */
  readonly key: StorageKey;
  /** The damaged value itself, where there is one to move aside; undefined when something is not there. */
  readonly row: number | undefined;
}

export interface RangeContents {
  /** In the order in which the keys were first put. */
  readonly chunks: VaultChunk[];
  /** Empty when the range is whole. Never ignore it: heal from a neighbour, then `quarantine`. */
  readonly damaged: DamagedChunk[];
}

/** `full`: nothing can be added, all is readable. `broken`: stop, reopen; what is on disk stays as it is. */
export type VaultStatus = "ok" | "full" | "broken";

export interface VaultSizes {
  readonly fileBytes: number;
  readonly walBytes: number;
  /** Inside `fileBytes`, waiting to be used again or given back. */
  readonly freeBytes: number;
}

interface OutboxEntry {
  readonly id: OutboxId;
  readonly bytes: Uint8Array;
}

/** Bundles already encrypted for the relay. Outside the seal, so that a till that stays locked can still hand them over. */
export interface Outbox {
  /** Durable when it resolves. To write with other things in one transaction, use `commit`. */
  put(id: OutboxId, bytes: Uint8Array): Promise<void>;
  remove(ids: readonly OutboxId[]): Promise<void>;
  /** Oldest first. */
  list(): Promise<OutboxEntry[]>;
}

export interface Vault {
  /**
   * One transaction: all or nothing. Commits made while another is under way share the next transaction. Rejects with
   * `VaultFullError` (nothing of it applied) or `VaultBrokenError`. A put of the bytes that are there writes nothing.
   * The bytes handed in must not be changed before it settles.
   */
  commit(writes: readonly VaultWrite[], options: CommitOptions): Promise<void>;
  /** Undefined when there is no such value; rejects with `DamagedValueError` when there is or may be one, unreadable. */
  load(key: StorageKey): Promise<Uint8Array | undefined>;
  loadRange(prefix: StorageKey): Promise<RangeContents>;
  /**
   * Moves damaged values aside, kept on disk for inspection, and takes what is left for the whole. Call it when the
   * range has been healed from elsewhere, or cannot be.
   */
  quarantine(damaged: readonly DamagedChunk[]): Promise<void>;
  readonly outbox: Outbox;
  status(): VaultStatus;
  /** Called after each change; returns how to stop listening. */
  onStatus(listener: (status: VaultStatus) => void): () => void;
  /** Grows with every transaction over sealed values, for ever. A peer that has seen a larger one has seen a newer vault. */
  generation(): number;
  sizes(): Promise<VaultSizes>;
  /** Waits for what was committed, writes the log back, releases the folder. */
  close(): Promise<void>;
}

/** What a key slot opens: everything in the vault is encrypted under keys derived from it. */
export type VaultKey = SymmetricKey;

export class VaultFullError extends Error {
  readonly type = "vault-full";
  constructor() {
    super("the disk is full: nothing was recorded");
  }
}

export class VaultBrokenError extends Error {
  readonly type = "vault-broken";
  constructor(reason: string) {
    super(`the vault cannot be used: ${reason}`);
  }
}

export class DamagedValueError extends Error {
  readonly type = "damaged-value";
  readonly damaged: readonly DamagedChunk[];
  constructor(damaged: readonly DamagedChunk[]) {
    super(`stored data is damaged: ${damaged.map((chunk) => chunk.kind).join(", ")}`);
    this.damaged = damaged;
  }
}
