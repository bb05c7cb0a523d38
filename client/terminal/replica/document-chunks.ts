import * as A from "@automerge/automerge";
import type { DocumentKind } from "#schema/documents/names.ts";
import { frozenChangeBytes } from "#schema/documents/genesis.ts";
import { concatBytes, toHex } from "#schema/bytes.ts";
import { hash } from "#schema/trust/crypto.ts";
import type { StorageKey, VaultChunk } from "#terminal/vault/vault.ts";

/** A document's actor: `01 || device public key || 8 random bytes`, hex; fresh in each process, so no number repeats. */
export type ActorHex = string;

/**
 * A document from its chunks in the vault (a snapshot and what came after), with the frozen changes of its kind.
 * `whole` is false when a change refers to one that is not there.
 */
export function loadDocument(
  kind: DocumentKind,
  chunks: readonly VaultChunk[],
  actor: ActorHex,
): { readonly doc: A.Doc<Record<string, unknown>>; readonly whole: boolean } {
  const snapshots = chunks.filter((chunk) => chunk.key[1] === "snapshot");
  const later = chunks.filter((chunk) => chunk.key[1] !== "snapshot");
  const bytes = concatBytes(...[...snapshots, ...later].map((chunk) => chunk.data));
  let doc =
    bytes.length > 0
      ? A.load<Record<string, unknown>>(bytes, { actor, allowMissingChanges: true })
      : A.init<Record<string, unknown>>({ actor });
  [doc] = A.applyChanges(doc, frozenChangeBytes(kind));
  return { doc, whole: A.getMissingDeps(doc, []).length === 0 };
}

export function incrementalKey(documentId: string, chunk: Uint8Array): StorageKey {
  return [documentId, "incremental", toHex(hash(chunk).subarray(0, 12))];
}

export function snapshotKey(documentId: string, heads: readonly string[]): StorageKey {
  return [
    documentId,
    "snapshot",
    toHex(hash(new TextEncoder().encode([...heads].toSorted().join())).subarray(0, 12)),
  ];
}
