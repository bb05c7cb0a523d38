import { type Bytes, equalBytes } from "#schema/bytes.ts";
import type { ChunkRow, EngineBatch, ManifestRow } from "./engine.ts";
import {
  type DocumentIndex,
  type VaultIndex,
  contentOf,
  currentGeneration,
  documentAt,
  newDocument,
} from "./index.ts";
import { type Manifest, chunkMark, emptySum, encodeManifest, manifestMark, xorSum } from "./manifest.ts";
import { type Sealing, type StoredPath, documentOf } from "./sealing.ts";
import type { DamagedChunk, OutboxId, StorageKey, VaultWrite } from "./vault.ts";

/** A transaction worked out but not yet written: `adopt` brings the index up to it once the engine has applied it. */
export interface Plan {
  readonly batch: EngineBatch;
  adopt(): void;
}

interface Staged {
  readonly order: number;
  readonly key: StorageKey;
  /** Undefined: removed. */
  readonly data: Bytes | undefined;
  /** Removed earlier in this transaction: comes back as a new row, after all others. */
  readonly fresh: boolean;
}

interface DocumentChange {
  readonly name: string;
  /** True when its manifest must be written now: something was removed or replaced, or it is new. */
  exact: boolean;
  readonly path: StoredPath;
  count: number;
  sum: Bytes;
  readonly put: [StoredPath, ChunkRow][];
  readonly removed: StoredPath[];
  readonly removedStrays: number[];
}

/** What is stored now under this path; undefined also when it does not open. */
export type ReadStored = (path: StoredPath) => Promise<Bytes | undefined>;

/** Works writes out, in order, against the index as it is. */
export async function planWrites(
  index: VaultIndex,
  sealing: Sealing,
  writes: readonly VaultWrite[],
  durable: boolean,
  read: ReadStored,
): Promise<Plan> {
  const staging = stage(index, sealing, writes);
  const changes = new Changes(index, sealing);
  for (const [path, { key, data, fresh }] of [...staging.chunks].sort(([, a], [, b]) => a.order - b.order)) {
    const stored = index.documents.get(documentOf(path))?.rows.get(path);
    if (data === undefined) {
      if (stored) changes.remove(path, key[0]!);
      continue;
    }
    const stays = stored !== undefined && !fresh;
    if (stays) {
      const present = await read(path);
      if (present && equalBytes(present, data)) continue;
    }
    changes.put(path, key, data, stays ? stored.id : undefined);
  }
  for (const id of staging.strays) changes.removeStray(id);
  return changes.plan({
    durable,
    quarantined: [],
    outbox: [...staging.outbox].map(([id, bytes]) => ({ id, bytes })),
    removedOutbox: [...staging.removedOutbox],
  });
}

/** Brings every manifest up to what was added since; undefined when none is behind. */
export function planCatchUp(index: VaultIndex, sealing: Sealing): Plan | undefined {
  if (![...index.documents.values()].some(({ behind, name }) => behind && name !== undefined))
    return undefined;
  const changes = new Changes(index, sealing);
  changes.catchUp();
  return changes.plan({ durable: false, quarantined: [], outbox: [], removedOutbox: [] });
}

/** Moves rows aside and makes the manifests say what is left. */
export function planQuarantine(index: VaultIndex, sealing: Sealing, damaged: readonly DamagedChunk[]): Plan {
  const rows = new Set(damaged.flatMap((chunk) => chunk.row ?? []));
  const touched = new Map<StoredPath, DocumentIndex>();
  for (const document of index.documents.values()) {
    const ids = [...document.strays.keys(), ...[...document.rows.values()].map(({ id }) => id)];
    const holds = rows.size > 0 && ids.some((id) => rows.has(id));
    if (holds) touched.set(document.path, document);
  }
  for (const { key } of damaged) {
    if (key.length === 0) continue;
    const path = sealing.path(key.slice(0, 1));
    touched.set(path, index.documents.get(path) ?? newDocument(path));
  }
  const names = new Map(
    damaged.flatMap(({ key }) => (key.length > 0 ? [[sealing.path(key.slice(0, 1)), key[0]!]] : [])),
  );
  const changes = new Changes(index, sealing);
  for (const document of touched.values())
    changes.accept(document, rows, document.name ?? names.get(document.path));
  const everything = damaged.some(({ key, row }) => key.length === 0 && row === undefined);
  const plan = changes.plan(
    { durable: true, quarantined: [...rows], outbox: [], removedOutbox: [] },
    everything ? "take-as-whole" : "keep",
  );
  return {
    batch: plan.batch,
    adopt: () => {
      plan.adopt();
      for (const document of touched.values()) {
        for (const id of rows) document.strays.delete(id);
        document.damage = undefined;
        index.accepted.add(document.path);
      }
      if (everything) index.suspect = false;
    },
  };
}

function stage(index: VaultIndex, sealing: Sealing, writes: readonly VaultWrite[]) {
  const chunks = new Map<StoredPath, Staged>();
  const outbox = new Map<OutboxId, Bytes>();
  const removedOutbox = new Set<OutboxId>();
  const strays = new Set<number>();
  let order = 0;
  const remove = (path: StoredPath, key: StorageKey) =>
    chunks.set(path, { order: order++, key, data: undefined, fresh: true });
  for (const write of writes) {
    switch (write.op) {
      case "put": {
        const path = sealing.path(write.key);
        const before = chunks.get(path);
        const place = before?.data ? before.order : order++;
        chunks.set(path, { order: place, key: write.key, data: write.data, fresh: before?.fresh ?? false });
        break;
      }
      case "remove":
        remove(sealing.path(write.key), write.key);
        break;
      case "removeRange": {
        const prefix = sealing.path(write.prefix);
        for (const [path, { key }] of chunks) if (path.startsWith(prefix)) remove(path, key);
        for (const document of documentsUnder(index, prefix)) {
          const name = [document.name ?? write.prefix[0] ?? ""];
          for (const path of document.rows.keys())
            if (path.startsWith(prefix) && !chunks.has(path)) remove(path, name);
          for (const [id, path] of document.strays) if (path.startsWith(prefix)) strays.add(id);
        }
        break;
      }
      case "outboxPut":
        outbox.set(write.id, write.bytes);
        break;
      case "outboxRemove":
        for (const id of write.ids) {
          removedOutbox.add(id);
          outbox.delete(id);
        }
        break;
    }
  }
  return { chunks, outbox, removedOutbox, strays };
}

export function documentsUnder(index: VaultIndex, prefix: StoredPath): DocumentIndex[] {
  if (prefix === "") return [...index.documents.values()];
  const document = index.documents.get(documentOf(prefix));
  return document ? [document] : [];
}

/** Gathers what a transaction does to each document, and turns it into rows and manifests. */
class Changes {
  readonly #index: VaultIndex;
  readonly #sealing: Sealing;
  readonly #documents = new Map<StoredPath, DocumentChange>();
  readonly #removedRows: number[] = [];
  #nextRow: number;

  constructor(index: VaultIndex, sealing: Sealing) {
    this.#index = index;
    this.#sealing = sealing;
    this.#nextRow = index.nextRow;
  }

  put(path: StoredPath, key: StorageKey, data: Bytes, replaces: number | undefined): void {
    const change = this.#change(documentOf(path), key[0]!);
    const stored = this.#index.documents.get(change.path)?.rows.get(path);
    if (stored) {
      change.sum = xorSum(change.sum, chunkMark(this.#sealing, stored.id, stored.nonce));
      change.count -= 1;
      change.exact = true;
      if (replaces === undefined) {
        this.#removedRows.push(stored.id);
        change.removed.push(path);
      }
    }
    const row = this.#sealing.sealChunk(replaces ?? this.#nextRow++, path, key, data);
    change.put.push([path, row]);
    change.sum = xorSum(change.sum, chunkMark(this.#sealing, row.id, row.nonce));
    change.count += 1;
  }

  remove(path: StoredPath, name: string): void {
    const change = this.#change(documentOf(path), name);
    const stored = this.#index.documents.get(change.path)!.rows.get(path)!;
    this.#removedRows.push(stored.id);
    change.removed.push(path);
    change.exact = true;
    change.sum = xorSum(change.sum, chunkMark(this.#sealing, stored.id, stored.nonce));
    change.count -= 1;
  }

  removeStray(id: number): void {
    this.#removedRows.push(id);
    for (const document of this.#index.documents.values())
      if (document.strays.has(id)) this.#change(document.path, document.name ?? "").removedStrays.push(id);
  }

  /** The document without `rows` is from now on the whole of it. */
  accept(document: DocumentIndex, rows: ReadonlySet<number>, name: string | undefined): void {
    const kept = newDocument(document.path);
    const gone: StoredPath[] = [];
    for (const [path, row] of document.rows)
      if (rows.has(row.id)) gone.push(path);
      else kept.rows.set(path, row);
    if (name === undefined && kept.rows.size > 0) return;
    const change = this.#change(document.path, name ?? "");
    Object.assign(change, contentOf(kept, this.#sealing), { exact: true });
    change.removed.push(...gone);
  }

  /** Documents whose manifests are behind, written with the rest so that all are exact again. */
  catchUp(): void {
    for (const document of this.#index.documents.values())
      if (document.behind && document.name !== undefined)
        this.#change(document.path, document.name).exact = true;
  }

  plan(
    rest: Pick<EngineBatch, "durable" | "quarantined" | "outbox" | "removedOutbox">,
    root: "keep" | "take-as-whole" = "keep",
  ): Plan {
    const index = this.#index;
    const exact = root === "take-as-whole" || [...this.#documents.values()].some((change) => change.exact);
    if (exact) {
      this.catchUp();
      for (const change of this.#documents.values()) change.exact = true;
    }
    const manifests = exact ? this.#manifests(root) : undefined;
    const batch: EngineBatch = {
      ...rest,
      chunks: [...this.#documents.values()].flatMap((change) => change.put.map(([, row]) => row)),
      removedChunks: this.#removedRows,
      manifests: manifests?.rows ?? [],
      removedManifests: manifests?.removed ?? [],
    };
    return {
      batch,
      adopt: () => {
        for (const change of this.#documents.values())
          this.#adopt(change, exact ? manifests?.stored.get(change.path) : "behind");
        index.nextRow = this.#nextRow;
        if (!manifests) return;
        index.generation = manifests.generation;
        index.through = this.#nextRow - 1;
        index.nextManifest = manifests.nextManifest;
        index.root = manifests.root;
        index.keeper = manifests.keeper ?? index.keeper;
      },
    };
  }

  #manifests(rule: "keep" | "take-as-whole") {
    const index = this.#index;
    const generation = currentGeneration(index) + 1 + this.#nextRow - index.nextRow;
    const through = this.#nextRow - 1;
    const stored = new Map<StoredPath, NonNullable<DocumentIndex["stored"]>>();
    const removed: number[] = [];
    const written: (Omit<Manifest, "root"> & { readonly id: number; readonly mark: Bytes })[] = [];
    let nextManifest = index.nextManifest;
    let root = rule === "keep" ? index.root : this.#wholeRoot();
    const write = (id: number, content: Pick<Manifest, "name" | "count" | "sum">) => {
      const manifest = { ...content, generation, through };
      const mark = manifestMark(this.#sealing, id, manifest);
      root = xorSum(root, mark);
      written.push({ ...manifest, id, mark });
      return { id, mark };
    };
    for (const change of this.#documents.values()) {
      const before = index.documents.get(change.path)?.stored;
      if (before) root = xorSum(root, before.mark);
      if (change.count > 0) stored.set(change.path, write(before?.id ?? nextManifest++, change));
      else if (before) removed.push(before.id);
    }
    let keeper: Bytes | undefined;
    if (written.length === 0) {
      if (index.keeper) root = xorSum(root, index.keeper);
      keeper = write(0, { name: "", count: 0, sum: emptySum }).mark;
    }
    const rows = written.map(({ id, mark, ...manifest }) => this.#row(id, mark, { ...manifest, root }));
    return { generation, nextManifest, root, stored, keeper, rows, removed };
  }

  #wholeRoot(): Bytes {
    let root = this.#index.keeper ?? emptySum;
    for (const document of this.#index.documents.values())
      if (document.stored) root = xorSum(root, document.stored.mark);
    return root;
  }

  #row(id: number, mark: Bytes, manifest: Parameters<typeof encodeManifest>[0]): ManifestRow {
    return { id, mark, sealed: this.#sealing.sealManifest(id, encodeManifest(manifest)) };
  }

  #adopt(change: DocumentChange, stored: DocumentIndex["stored"] | "behind"): void {
    const document = documentAt(this.#index, change.path);
    for (const path of change.removed) document.rows.delete(path);
    for (const [path, { id, nonce }] of change.put) document.rows.set(path, { id, nonce });
    for (const id of change.removedStrays) document.strays.delete(id);
    document.count = Math.max(change.count, 0);
    document.sum = change.sum;
    document.behind = stored === "behind";
    if (stored !== "behind") {
      document.stored = stored;
      document.name = stored && change.name;
    }
    if (change.removedStrays.length > 0) document.damage = undefined;
    if (document.rows.size === 0 && document.strays.size === 0 && document.count === 0)
      this.#index.documents.delete(change.path);
  }

  #change(path: StoredPath, name: string): DocumentChange {
    const known = this.#documents.get(path);
    if (known) return known;
    const document = this.#index.documents.get(path);
    const change: DocumentChange = {
      name: document?.name ?? name,
      exact: document?.name === undefined,
      path,
      count: document?.count ?? 0,
      sum: document?.sum ?? emptySum,
      put: [],
      removed: [],
      removedStrays: [],
    };
    this.#documents.set(path, change);
    return change;
  }
}
