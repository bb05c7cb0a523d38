import type { Bytes } from "#schema/bytes.ts";
import type { EngineContents, ManifestRow } from "./engine.ts";
import { chunkMark, decodeManifest, emptySum, manifestMark, xorSum } from "./manifest.ts";
import { type Sealing, type StoredPath, documentOf } from "./sealing.ts";
import type { DamageKind } from "./vault.ts";

/** Where a value lies, and which value it must be. */
export interface IndexedRow {
  readonly id: number;
  readonly nonce: Bytes;
}

export interface DocumentIndex {
  readonly path: StoredPath;
  /** In the order of insertion. */
  readonly rows: Map<StoredPath, IndexedRow>;
  /** Rows under a path that another row already has: never written by us. */
  readonly strays: Map<number, StoredPath>;
  /** Undefined when nobody ever told: its manifest does not open, or was taken away. */
  name: string | undefined;
  /** What must be there. */
  count: number;
  sum: Bytes;
  /** Its manifest as it lies on disk. */
  stored: { readonly id: number; readonly mark: Bytes } | undefined;
  /** More was added than its manifest says. */
  behind: boolean;
  /** Known after the first look. */
  damage: DamageKind | "none" | undefined;
}

/** Everything the vault knows without reading: in memory, and right as long as the process runs, whatever the disk says. */
export interface VaultIndex {
  readonly documents: Map<StoredPath, DocumentIndex>;
  nextRow: number;
  nextManifest: number;
  /** Of the newest manifest. */
  generation: number;
  /** Every manifest is exact up to this row number. */
  through: number;
  root: Bytes;
  /** The mark of row 0, which carries the root when a transaction leaves no other manifest to do it. */
  keeper: Bytes | undefined;
  /** True when the newest manifest does not vouch for the others: something, somewhere, was put back or taken away. */
  suspect: boolean;
  /** Documents taken as they are in spite of that. */
  readonly accepted: Set<StoredPath>;
}

export function buildIndex(contents: EngineContents, sealing: Sealing): VaultIndex {
  const index: VaultIndex = {
    documents: new Map(),
    nextRow: 1,
    nextManifest: 1,
    generation: 0,
    through: 0,
    root: emptySum,
    keeper: undefined,
    suspect: false,
    accepted: new Set(),
  };
  indexRows(index, contents);
  indexManifests(index, contents.manifests, sealing);
  addTail(index, sealing);
  return index;
}

export function documentAt(index: VaultIndex, path: StoredPath): DocumentIndex {
  const known = index.documents.get(path);
  if (known) return known;
  const fresh = newDocument(path);
  index.documents.set(path, fresh);
  return fresh;
}

export function newDocument(path: StoredPath): DocumentIndex {
  return {
    path,
    rows: new Map(),
    strays: new Map(),
    name: undefined,
    count: 0,
    sum: emptySum,
    stored: undefined,
    behind: false,
    damage: undefined,
  };
}

/** Count and sum of what is there. */
export function contentOf(document: DocumentIndex, sealing: Sealing): { count: number; sum: Bytes } {
  let sum = emptySum;
  for (const row of document.rows.values()) sum = xorSum(sum, chunkMark(sealing, row.id, row.nonce));
  return { count: document.rows.size, sum };
}

/** Grows with every transaction over sealed values. */
export function currentGeneration(index: VaultIndex): number {
  return index.generation + index.nextRow - 1 - index.through;
}

/** What is wrong with a document as a whole; its single values show their own damage when they are opened. */
export function documentDamage(
  index: VaultIndex,
  document: DocumentIndex,
  sealing: Sealing,
): DamageKind | "none" {
  document.damage ??= compareContent(document, sealing);
  if (document.damage === "none" && index.suspect && !index.accepted.has(document.path)) return "older";
  return document.damage;
}

function compareContent(document: DocumentIndex, sealing: Sealing): DamageKind | "none" {
  const actual = contentOf(document, sealing);
  if (document.name === undefined) return actual.count === 0 ? "none" : "missing";
  if (actual.count + document.strays.size > document.count) return "foreign";
  if (actual.count < document.count) return "missing";
  return xorSum(actual.sum, document.sum).every((byte) => byte === 0) ? "none" : "older";
}

function indexRows(index: VaultIndex, contents: EngineContents): void {
  const paths = Buffer.from(contents.paths.buffer, contents.paths.byteOffset, contents.paths.length);
  let at = 0;
  contents.ids.forEach((id, i) => {
    const end = at + contents.pathLengths[i]!;
    const path = paths.toString("latin1", at, end);
    at = end;
    const document = documentAt(index, documentOf(path));
    if (document.rows.has(path)) document.strays.set(id, path);
    else document.rows.set(path, { id, nonce: contents.nonces.subarray(24 * i, 24 * i + 24) });
    index.nextRow = Math.max(index.nextRow, id + 1);
  });
}

function indexManifests(index: VaultIndex, rows: readonly ManifestRow[], sealing: Sealing): void {
  let sum = emptySum;
  let lost = 0;
  for (const row of rows) {
    index.nextManifest = Math.max(index.nextManifest, row.id + 1);
    const plain = sealing.openManifest(row.id, row.sealed);
    if (!plain) {
      lost += 1;
      if (row.mark.length === 16) sum = xorSum(sum, row.mark);
      continue;
    }
    const manifest = decodeManifest(plain);
    const mark = manifestMark(sealing, row.id, manifest);
    sum = xorSum(sum, mark);
    if (manifest.generation >= index.generation) {
      index.generation = manifest.generation;
      index.root = manifest.root;
      index.through = manifest.through;
    }
    if (row.id === 0) index.keeper = mark;
    else {
      const { name, count, sum } = manifest;
      Object.assign(documentAt(index, sealing.path([name])), {
        name,
        count,
        sum,
        stored: { id: row.id, mark },
      });
    }
  }
  const orphans = [...index.documents.values()].filter(({ name }) => name === undefined).length;
  index.suspect = xorSum(sum, index.root).some((byte) => byte !== 0) || lost > orphans;
}

/** Rows added after the newest manifest: one after the other without a gap, or one was taken away. */
function addTail(index: VaultIndex, sealing: Sealing): void {
  let rows = 0;
  for (const document of index.documents.values())
    for (const { id, nonce } of document.rows.values()) {
      if (id <= index.through) continue;
      rows += 1;
      document.count += 1;
      document.sum = xorSum(document.sum, chunkMark(sealing, id, nonce));
      document.behind = true;
    }
  index.nextRow = Math.max(index.nextRow, index.through + 1);
  if (index.nextRow - 1 - index.through !== rows) index.suspect = true;
}
