import type { Repo } from "@automerge/automerge-repo";
import type { DocumentName } from "#schema/documents/names.ts";

export type Unsubscribe = () => void;

/**
 * The store's documents on this till, as replication sees them. `client/terminal/replica` implements it over the
 * vault; `replication` only moves what it holds.
 */
export interface ReplicaPort {
  /** Has no storage of its own: the replica persists. Its share policy allows just the documents that are open here. */
  readonly repo: Repo;
  /** Every document held here, open or closed. */
  names(): readonly DocumentName[];
  /** Loads it, or creates it from its kind's genesis: from then on it synchronises. Rejects a name of another store. */
  open(name: DocumentName): Promise<void>;
  onOpened(listener: (name: DocumentName) => void): Unsubscribe;
  /** After any change, made here or received, is in memory. */
  onChanged(listener: (name: DocumentName) => void): Unsubscribe;
  /** Change hashes, hex, sorted. */
  heads(name: DocumentName): readonly string[];
  /** All change hashes the document contains, newest last. */
  changeHashes(name: DocumentName): readonly string[];
  /** The changes that are not ancestors of `heads`; heads this document does not know are left out of account. */
  changesSince(name: DocumentName, heads: readonly string[]): readonly Uint8Array[];
  /** A whole-document save, compressed. */
  snapshot(name: DocumentName): Uint8Array;
  /**
   * Merges changes or whole saves that came by another way than the repo; on disk when it resolves. Rejects what does
   * not decode, changing nothing.
   */
  apply(name: DocumentName, chunks: readonly Uint8Array[]): Promise<void>;
}
