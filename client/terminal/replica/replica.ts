import * as A from "@automerge/automerge";
import {
  type BinaryDocumentId,
  type DocHandle,
  type DocumentId,
  type PeerId,
  Repo,
  interpretAsDocumentId,
} from "@automerge/automerge-repo";
import { type DeviceId, type RandomBytes, type StoreId, toHex } from "#schema/bytes.ts";
import { type DocumentName, documentIdBytes, parseDocumentName } from "#schema/documents/names.ts";
import { hashHex } from "#schema/trust/crypto.ts";
import type { ReplicaPort, Unsubscribe } from "#terminal/replication/replica-port.ts";
import type { DamagedChunk, StorageKey, Vault, VaultWrite } from "#terminal/vault/vault.ts";
import { incrementalKey, loadDocument, snapshotKey } from "./document-chunks.ts";

export interface ReplicaOptions {
  readonly store: StoreId;
  readonly device: DeviceId;
  readonly vault: Vault;
  readonly random: RandomBytes;
  /** How long a change that nobody waits for may stay in memory, to share a transaction with others. */
  readonly lingerMs?: number;
  readonly onFailure: (what: string, error: unknown) => void;
}

/** Asked for each transaction that stores documents: what else may go with it. */
type Companion = () => VaultWrite[];

/** Heads, numbered: of two the lower is the earlier. */
interface Saved {
  readonly heads: A.Heads;
  readonly mark: number;
}

const nothingSaved: Saved = { heads: [], mark: 0 };

interface Held {
  readonly name: DocumentName;
  readonly id: DocumentId;
  readonly handle: DocHandle<unknown>;
  /** What the vault has, or will have when the commits under way succeed. */
  saved: Saved;
  /** Whether the vault knows the document's name. */
  nameStored: boolean;
  snapshotBytes: number;
  incrementalBytes: number;
  chunkKeys: StorageKey[];
  damage: readonly DamagedChunk[];
  whole: boolean;
}

const nameRoom = "names";

/**
 * The store's documents on this till: in memory as automerge-repo handles, on disk as sealed chunks in the vault.
 *
 * The repo has no storage of its own. Its storage subsystem saves late, twice and unacknowledged, and takes a damaged
 * chunk for a whole document; here one writer does it: what is waited for is one transaction with one sync.
 */
export class Replica implements ReplicaPort {
  readonly repo: Repo;
  readonly #options: ReplicaOptions;
  readonly #held = new Map<DocumentName, Held>();
  readonly #byId = new Map<DocumentId, Held>();
  readonly #opening = new Map<DocumentName, Promise<void>>();
  readonly #known = new Set<DocumentName>();
  readonly #dirty = new Set<Held>();
  readonly #openedListeners = new Set<(name: DocumentName) => void>();
  readonly #changedListeners = new Set<(name: DocumentName) => void>();
  readonly #actor: string;
  #mark = 0;
  /** Commits that were refused, ever. */
  #failures = 0;
  #linger: NodeJS.Timeout | undefined;
  #companion: Companion = () => [];
  #closed = false;

  private constructor(options: ReplicaOptions) {
    this.#options = options;
    this.#actor = `01${options.device}${toHex(options.random(8))}`;
    const isOpen = async (_peer: PeerId, id?: DocumentId) => id !== undefined && this.#byId.has(id);
    this.repo = new Repo({
      peerId: options.device as string as PeerId,
      network: [],
      shareConfig: { announce: isOpen, access: isOpen },
    });
  }

  /** Knows afterwards which documents the vault holds; opens none. */
  static async open(options: ReplicaOptions): Promise<Replica> {
    const replica = new Replica(options);
    const { chunks } = await options.vault.loadRange([nameRoom]);
    for (const chunk of chunks) {
      const name = new TextDecoder().decode(chunk.data);
      if (parseDocumentName(name)?.store === options.store) replica.#known.add(name as DocumentName);
    }
    return replica;
  }

  names(): readonly DocumentName[] {
    return [...this.#known];
  }

  isOpen(name: DocumentName): boolean {
    return this.#held.has(name);
  }

  openNames(): readonly DocumentName[] {
    return [...this.#held.keys()];
  }

  async open(name: DocumentName): Promise<void> {
    if (this.#held.has(name)) return;
    let opening = this.#opening.get(name);
    if (!opening) {
      opening = this.#load(name).finally(() => this.#opening.delete(name));
      this.#opening.set(name, opening);
    }
    await opening;
  }

  /** The document as it stands; throws when it is not open. Never change it: use `change`. */
  doc<T>(name: DocumentName): A.Doc<T> {
    return this.#of(name).handle.doc() as A.Doc<T>;
  }

  /**
   * One Automerge change: in memory, and on its way to the neighbours, when this returns; in the vault a moment later.
   * Await `settle` for the disk.
   */
  change<T>(name: DocumentName, change: (draft: T) => void, time: number): void {
    this.#of(name).handle.change((draft) => change(draft as T), { time: Math.floor(time / 1000) });
  }

  /** Who makes this process's changes. */
  actor(): string {
    return this.#actor;
  }

  /**
   * Makes a change again that an earlier process made on the very same document and lost: the same bytes, so where a
   * neighbour has it already the two are one. `actor` is that of the process which made it.
   */
  remake<T>(name: DocumentName, actor: string, change: (draft: T) => void, time: number): void {
    this.#of(name).handle.update((doc) => {
      const options = { time: Math.floor(time / 1000) };
      const twin = A.change(A.clone(doc, { actor }), options, (draft) => change(draft as T));
      const made = A.getLastLocalChange(twin);
      A.free(twin);
      return made ? A.applyChanges(doc, [made])[0] : doc;
    });
  }

  /**
   * Puts everything that changed, and `writes`, into the vault in one transaction. With `durable` it resolves when all
   * of it is on disk. Rejects as `Vault.commit` does; what failed is tried again with the next.
   */
  async settle(options: {
    readonly durable: boolean;
    readonly writes?: readonly VaultWrite[];
  }): Promise<void> {
    clearTimeout(this.#linger);
    this.#linger = undefined;
    const failures = this.#failures;
    const writes: VaultWrite[] = [...(options.writes ?? []), ...this.#companion()];
    const taken: { held: Held; from: Saved; nameStored: boolean }[] = [];
    for (const held of this.#dirty) {
      const doc = held.handle.doc();
      const chunk = A.saveSince(doc, held.saved.heads);
      taken.push({ held, from: held.saved, nameStored: held.nameStored });
      held.saved = { heads: A.getHeads(doc), mark: ++this.#mark };
      if (!held.nameStored)
        writes.push({ op: "put", key: [nameRoom, held.id], data: new TextEncoder().encode(held.name) });
      held.nameStored = true;
      if (chunk.length === 0) continue;
      const key = incrementalKey(held.id, chunk);
      writes.push({ op: "put", key, data: chunk });
      held.chunkKeys.push(key);
      held.incrementalBytes += chunk.length;
    }
    this.#dirty.clear();
    if (writes.length === 0 && !options.durable) return;
    try {
      await this.#options.vault.commit(writes, { durable: options.durable });
    } catch (error) {
      this.#failures++;
      for (const { held, from, nameStored } of taken) {
        // A later commit may have failed before this one was known to: the earliest counts.
        if (from.mark < held.saved.mark) held.saved = from;
        held.nameStored &&= nameStored;
        this.#dirty.add(held);
      }
      throw error;
    }
    // What was taken here may build on what an earlier commit, refused meanwhile, did not store.
    if (options.durable && this.#failures !== failures && this.#dirty.size > 0)
      await this.settle({ durable: true });
  }

  /** Its writes go into every transaction that stores documents, after the documents changed. */
  accompany(companion: Companion): void {
    this.#companion = companion;
  }

  onOpened(listener: (name: DocumentName) => void): Unsubscribe {
    this.#openedListeners.add(listener);
    return () => this.#openedListeners.delete(listener);
  }

  onChanged(listener: (name: DocumentName) => void): Unsubscribe {
    this.#changedListeners.add(listener);
    return () => this.#changedListeners.delete(listener);
  }

  heads(name: DocumentName): readonly string[] {
    return A.getHeads(this.doc(name)).toSorted();
  }

  changeHashes(name: DocumentName): readonly string[] {
    return A.getChangesMetaSince(this.doc(name), []).map((change) => change.hash);
  }

  changesSince(name: DocumentName, heads: readonly string[]): readonly Uint8Array[] {
    const doc = this.doc(name);
    return A.getChangesSince(
      doc,
      heads.filter((head) => A.hasHeads(doc, [head])),
    );
  }

  snapshot(name: DocumentName): Uint8Array {
    return A.save(this.doc(name));
  }

  async apply(name: DocumentName, chunks: readonly Uint8Array[]): Promise<void> {
    const held = this.#of(name);
    const trial = chunks.map((chunk) => judgeChunk(chunk));
    held.handle.update((doc) => trial.reduce((merged, chunk) => A.loadIncremental(merged, chunk), doc));
    await this.settle({ durable: true });
  }

  /** Two replicas with the same open documents at the same heads have the same digest. */
  digest(filter: (name: DocumentName) => boolean = () => true): string {
    const lines = [...this.#held.keys()]
      .filter(filter)
      .toSorted()
      .map((name) => `${name} ${this.heads(name).join()}`);
    return hashHex(new TextEncoder().encode(lines.join("\n"))).slice(0, 32);
  }

  /** Documents whose chunks on disk were damaged or missing and that no neighbour has yet made whole again. */
  damaged(): readonly DocumentName[] {
    return [...this.#held.values()]
      .filter((held) => held.damage.length > 0 || !held.whole)
      .map((held) => held.name);
  }

  /** Called when a neighbour is known to hold what we hold: what was damaged here is whole, and is written anew. */
  async healed(): Promise<void> {
    for (const name of this.damaged()) {
      const held = this.#of(name);
      if (A.getMissingDeps(held.handle.doc(), []).length > 0) continue;
      await this.#options.vault.quarantine(held.damage);
      held.damage = [];
      held.whole = true;
      await this.compact(name);
    }
  }

  /** The documents whose later chunks have outgrown their snapshot; compact them when nobody is waiting. */
  compactable(): readonly DocumentName[] {
    return [...this.#held.values()]
      .filter((held) => held.damage.length === 0 && held.whole)
      .filter((held) => held.incrementalBytes > Math.max(48 * 1024, held.snapshotBytes / 2))
      .map((held) => held.name);
  }

  /** Replaces a document's chunks by one snapshot, in one transaction. Costs some 40 ms a megabyte. */
  async compact(name: DocumentName): Promise<void> {
    const held = this.#of(name);
    const doc = held.handle.doc();
    const heads = A.getHeads(doc);
    const bytes = A.save(doc);
    const key = snapshotKey(held.id, heads);
    const old = held.chunkKeys.slice();
    const { incrementalBytes } = held;
    await this.#options.vault.commit(
      [
        { op: "put", key, data: bytes },
        ...old
          .filter((chunk) => chunk.join("/") !== key.join("/"))
          .map((chunk): VaultWrite => ({ op: "remove", key: chunk })),
      ],
      { durable: false },
    );
    // What was stored meanwhile lies beside it.
    held.chunkKeys = [key, ...held.chunkKeys.filter((chunk) => !old.includes(chunk))];
    held.snapshotBytes = bytes.length;
    held.incrementalBytes -= incrementalBytes;
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#linger);
    try {
      await this.settle({ durable: true });
    } finally {
      await this.repo.shutdown();
    }
  }

  #of(name: DocumentName): Held {
    const held = this.#held.get(name);
    if (!held) throw new Error(`the document is not open: ${name}`);
    return held;
  }

  async #load(name: DocumentName): Promise<void> {
    const address = parseDocumentName(name);
    if (!address || address.store !== this.#options.store)
      throw new RangeError(`not a document of this store: ${name}`);
    const id = interpretAsDocumentId(documentIdBytes(name) as Uint8Array as BinaryDocumentId);
    const { chunks, damaged } = await this.#options.vault.loadRange([id]);
    const { doc, whole } = loadDocument(address.kind, chunks, this.#actor);
    const handle = this.repo.import<unknown>(A.save(A.init<unknown>()), { docId: id });
    const held: Held = {
      name,
      id,
      handle,
      saved: chunks.length > 0 ? { heads: A.getHeads(doc), mark: ++this.#mark } : nothingSaved,
      nameStored: this.#known.has(name),
      snapshotBytes: sizeOf(chunks, "snapshot"),
      incrementalBytes: sizeOf(chunks, "incremental"),
      chunkKeys: chunks.map((chunk) => chunk.key),
      damage: damaged,
      whole,
    };
    this.#held.set(name, held);
    this.#byId.set(id, held);
    withoutPatches(doc, () => handle.update(() => doc));
    handle.on("heads-changed", () => this.#changed(held));
    if (!this.#known.has(name)) {
      this.#known.add(name);
      this.#dirty.add(held);
      await this.#settleLater(); // a full disk is no reason not to read, and to replicate, what there is
    }
    for (const listener of this.#openedListeners) listener(name);
    for (const listener of this.#changedListeners) listener(name);
  }

  #changed(held: Held): void {
    this.#dirty.add(held);
    if (!this.#closed)
      this.#linger ??= setTimeout(() => void this.#settleLater(), this.#options.lingerMs ?? 100);
    for (const listener of this.#changedListeners) listener(held.name);
  }

  async #settleLater(): Promise<void> {
    try {
      await this.settle({ durable: false });
    } catch (error) {
      this.#options.onFailure("changes could not be stored; trying again with the next", error);
    }
  }
}

/** Refuses what is no Automerge chunk before the document sees it; throws `RangeError`. */
function judgeChunk(chunk: Uint8Array): Uint8Array {
  try {
    A.loadIncremental(A.init<unknown>(), chunk);
    return chunk;
  } catch (error) {
    throw new RangeError(`not an Automerge chunk: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function sizeOf(
  chunks: readonly { readonly key: readonly string[]; readonly data: Uint8Array }[],
  kind: string,
): number {
  return chunks.filter((chunk) => chunk.key[1] === kind).reduce((sum, chunk) => sum + chunk.data.length, 0);
}

/**
 * A handle that is given a document reckons what changed since the empty one: a patch for each operation there ever was,
 * which nobody listens to. It costs as much as loading the document did, so it is left out here.
 */
function withoutPatches(doc: A.Doc<Record<string, unknown>>, give: () => void): void {
  const backend = A.getBackend(doc);
  backend.diff = () => [];
  try {
    give();
  } finally {
    // What stood before it is the class's own.
    Reflect.deleteProperty(backend, "diff");
  }
}
