import * as A from "@automerge/automerge";
import { type DocHandle, type DocumentId, type PeerId, Repo } from "@automerge/automerge-repo";
import type { DeviceId, StoreId } from "#schema/bytes.ts";
import { type DocumentName, parseDocumentName } from "#schema/documents/names.ts";
import type { ReplicaPort } from "../replica-port.ts";
import { idOf } from "./document-door.ts";

/** What every document of a test holds. */
export interface Notes {
  notes: string[];
}

/** Deterministic: the same bytes in every process. */
const genesis = A.save(
  A.change(A.init<Notes>({ actor: "00" }), { time: 0 }, (doc) => {
    doc.notes = [];
  }),
);

/** A replica for tests: the documents live in memory alone. */
export class MemoryReplica implements ReplicaPort {
  readonly repo: Repo;
  readonly #store: StoreId;
  readonly #open = new Map<DocumentName, DocumentId>();
  readonly #closed = new Map<DocumentName, Uint8Array>();
  readonly #opened = new Set<(name: DocumentName) => void>();
  readonly #changed = new Set<(name: DocumentName) => void>();

  constructor(store: StoreId, device: DeviceId) {
    this.#store = store;
    const isOpen = async (_peer: PeerId, id?: DocumentId) =>
      id !== undefined && [...this.#open.values()].includes(id);
    this.repo = new Repo({
      peerId: device as string as PeerId,
      shareConfig: { announce: isOpen, access: isOpen },
    });
  }

  names(): readonly DocumentName[] {
    return [...this.#open.keys(), ...this.#closed.keys()];
  }

  async open(name: DocumentName): Promise<void> {
    if (this.#open.has(name)) return;
    if (parseDocumentName(name)?.store !== this.#store) throw new Error(`a name of another store: ${name}`);
    const id = idOf(name);
    this.#open.set(name, id);
    const handle = this.repo.import<Notes>(this.#closed.get(name) ?? genesis, { docId: id });
    this.#closed.delete(name);
    handle.on("heads-changed", () => {
      for (const listener of this.#changed) listener(name);
    });
    for (const listener of this.#opened) listener(name);
  }

  /** Lets go of the document, as a till does with one it has not needed for days. */
  async shut(name: DocumentName): Promise<void> {
    this.#closed.set(name, this.snapshot(name));
    const id = this.#open.get(name)!;
    this.#open.delete(name);
    await this.repo.removeFromCache(id);
  }

  onOpened(listener: (name: DocumentName) => void) {
    this.#opened.add(listener);
    return () => void this.#opened.delete(listener);
  }

  onChanged(listener: (name: DocumentName) => void) {
    this.#changed.add(listener);
    return () => void this.#changed.delete(listener);
  }

  heads(name: DocumentName): readonly string[] {
    return [...A.getHeads(this.#doc(name))].sort();
  }

  changeHashes(name: DocumentName): readonly string[] {
    return A.getAllChanges(this.#doc(name)).map((change) => A.decodeChange(change).hash);
  }

  changesSince(name: DocumentName, heads: readonly string[]): readonly Uint8Array[] {
    return A.getChangesSince(this.#doc(name), [...heads]);
  }

  snapshot(name: DocumentName): Uint8Array {
    return A.save(this.#doc(name));
  }

  async apply(name: DocumentName, chunks: readonly Uint8Array[]): Promise<void> {
    await this.open(name);
    this.#handle(name).update((doc) =>
      chunks.reduce<A.Doc<Notes>>((merged, chunk) => A.loadIncremental(merged, chunk), doc),
    );
  }

  note(name: DocumentName, text: string): void {
    this.#handle(name).change((doc) => void doc.notes.push(text));
  }

  notes(name: DocumentName): readonly string[] {
    return this.#open.has(name) ? [...this.#doc(name).notes] : [];
  }

  #handle(name: DocumentName) {
    const id = this.#open.get(name);
    const handle = id === undefined ? undefined : this.repo.handles[id];
    if (!handle) throw new Error(`not open: ${name}`);
    return handle as DocHandle<Notes>;
  }

  #doc(name: DocumentName): A.Doc<Notes> {
    const closed = this.#closed.get(name);
    return closed ? A.load<Notes>(closed) : this.#handle(name).doc();
  }
}
