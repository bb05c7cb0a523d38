import type { Bytes } from "#schema/bytes.ts";
import type { ApplyOutcome, Engine, EngineContents, ReadRow } from "./engine.ts";
import {
  type DocumentIndex,
  type IndexedRow,
  type VaultIndex,
  buildIndex,
  currentGeneration,
  documentDamage,
} from "./index.ts";
import { type Plan, documentsUnder, planCatchUp, planQuarantine, planWrites } from "./plan.ts";
import { type Sealing, type StoredPath, documentOf } from "./sealing.ts";
import {
  type CommitOptions,
  type DamagedChunk,
  DamagedValueError,
  type Outbox,
  type RangeContents,
  type StorageKey,
  type Vault,
  VaultBrokenError,
  type VaultChunk,
  VaultFullError,
  type VaultSizes,
  type VaultStatus,
  type VaultWrite,
} from "./vault.ts";

export interface SealedVaultOptions {
  readonly engine: Engine;
  readonly contents: EngineContents;
  readonly sealing: Sealing;
  /** The log is written back after this long without a commit, when it is longer than `idleWalBytes`. */
  readonly idleMs: number;
  readonly idleWalBytes: number;
  /** At this length it is written back at once, after the commit that reached it was acknowledged. */
  readonly maxWalBytes: number;
  /** How often a full vault looks whether there is room again. */
  readonly probeMs: number;
  readonly onClosed: () => void;
}

interface PendingCommit {
  readonly type: "commit";
  readonly writes: readonly VaultWrite[];
  readonly durable: boolean;
  readonly done: PromiseWithResolvers<void>;
}

interface PendingWork {
  readonly type: "work";
  run(): Promise<void>;
}

const readSlice = 2_000;

/** The vault over an engine: one thing at a time, commits that wait together written together. */
export class SealedVault implements Vault {
  readonly #options: SealedVaultOptions;
  readonly #engine: Engine;
  readonly #sealing: Sealing;
  readonly #index: VaultIndex;
  readonly #queue: (PendingCommit | PendingWork)[] = [];
  readonly #listeners = new Set<(status: VaultStatus) => void>();
  #running = false;
  #status: VaultStatus = "ok";
  #brokenBecause = "";
  #closed: Promise<void> | undefined;
  #walBytes = 0;
  #timer: NodeJS.Timeout | undefined;

  readonly outbox: Outbox = {
    put: (id, bytes) => this.commit([{ op: "outboxPut", id, bytes }], { durable: true }),
    remove: (ids) => this.commit([{ op: "outboxRemove", ids }], { durable: true }),
    list: () => this.#exclusive(async () => [...(await this.#engine.readOutbox())]),
  };

  constructor(options: SealedVaultOptions) {
    this.#options = options;
    this.#engine = options.engine;
    this.#sealing = options.sealing;
    this.#index = buildIndex(options.contents, options.sealing);
  }

  commit(writes: readonly VaultWrite[], { durable }: CommitOptions): Promise<void> {
    if (this.#closed) return Promise.reject(new VaultBrokenError("it is closed"));
    for (const write of writes)
      if ((write.op === "put" || write.op === "remove") && write.key.length === 0)
        return Promise.reject(new RangeError("a key needs at least one segment"));
    const done = Promise.withResolvers<void>();
    this.#queue.push({ type: "commit", writes, durable, done });
    this.#kick();
    return done.promise;
  }

  load(key: StorageKey): Promise<Uint8Array | undefined> {
    return this.#exclusive(async () => {
      const path = this.#sealing.path(key);
      const document = this.#index.documents.get(documentOf(path));
      const stored = document?.rows.get(path);
      if (!document || !stored) {
        const damaged = this.#documentDamage(document, key);
        if (damaged.length > 0) throw new DamagedValueError(damaged);
        return undefined;
      }
      const [row] = await this.#engine.readChunks([stored.id]);
      const opened = this.#open(path, stored, row!, key);
      if ("kind" in opened) throw new DamagedValueError([opened]);
      return opened.data;
    });
  }

  loadRange(prefix: StorageKey): Promise<RangeContents> {
    return this.#exclusive(() => this.#readRange(prefix));
  }

  quarantine(damaged: readonly DamagedChunk[]): Promise<void> {
    return this.#exclusive(() => this.#apply(planQuarantine(this.#index, this.#sealing, damaged)));
  }

  status(): VaultStatus {
    return this.#status;
  }

  onStatus(listener: (status: VaultStatus) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  generation(): number {
    return currentGeneration(this.#index);
  }

  sizes(): Promise<VaultSizes> {
    return this.#exclusive(() => this.#engine.sizes());
  }

  close(): Promise<void> {
    this.#closed ??= this.#enqueue(async () => {
      clearTimeout(this.#timer);
      await this.#catchUp();
      await this.#engine.close();
      this.#options.onClosed();
    });
    return this.#closed;
  }

  #exclusive<T>(work: () => Promise<T>): Promise<T> {
    if (this.#closed) return Promise.reject(new VaultBrokenError("it is closed"));
    return this.#enqueue(work);
  }

  #enqueue<T>(work: () => Promise<T>): Promise<T> {
    const done = Promise.withResolvers<T>();
    this.#queue.push({ type: "work", run: () => work().then(done.resolve, done.reject) });
    this.#kick();
    return done.promise;
  }

  #kick(): void {
    if (this.#running) return;
    this.#running = true;
    // Nothing in #drain rejects: each job settles its own promise.
    void this.#drain();
  }

  async #drain(): Promise<void> {
    for (let job = this.#queue.shift(); job; job = this.#queue.shift()) {
      if (job.type === "work") await job.run();
      else await this.#commitTogether(this.#takeCommits(job));
    }
    this.#running = false;
  }

  #takeCommits(first: PendingCommit): PendingCommit[] {
    const group = [first];
    for (let next = this.#queue[0]; next?.type === "commit"; next = this.#queue[0]) {
      group.push(next);
      this.#queue.shift();
    }
    return group;
  }

  async #commitTogether(group: readonly PendingCommit[]): Promise<void> {
    try {
      const writes = group.length === 1 ? group[0]!.writes : group.flatMap((commit) => commit.writes);
      const durable = group.some((commit) => commit.durable);
      await this.#apply(
        await planWrites(this.#index, this.#sealing, writes, durable, (path) => this.#readStored(path)),
      );
      for (const commit of group) commit.done.resolve();
    } catch (error) {
      for (const commit of group) commit.done.reject(error);
    }
  }

  async #apply(plan: Plan): Promise<void> {
    if (this.#status === "broken") throw new VaultBrokenError(this.#brokenBecause);
    if (isEmpty(plan)) return;
    const outcome = await this.#engine.apply(plan.batch);
    this.#note(outcome);
    if (outcome.type === "full") throw new VaultFullError();
    if (outcome.type === "broken") throw new VaultBrokenError(outcome.reason);
    plan.adopt();
  }

  #note(outcome: ApplyOutcome): void {
    if (outcome.type === "broken") this.#brokenBecause = outcome.reason;
    if (outcome.type === "applied") this.#walBytes = outcome.walBytes;
    const status = outcome.type === "applied" ? "ok" : outcome.type;
    const changed = status !== this.#status;
    this.#status = status;
    this.#plan();
    if (changed) for (const listener of this.#listeners) listener(status);
  }

  /** What happens next when nothing is asked of the vault. */
  #plan(): void {
    clearTimeout(this.#timer);
    if (this.#closed || this.#status === "broken") return;
    if (this.#status === "full") this.#later(this.#options.probeMs, () => this.#engine.probe());
    else if (this.#walBytes >= this.#options.maxWalBytes) this.#later(0, () => this.#engine.checkpoint());
    else if (this.#walBytes >= this.#options.idleWalBytes)
      this.#later(this.#options.idleMs, () => this.#checkpoint());
  }

  async #checkpoint(): Promise<ApplyOutcome> {
    await this.#catchUp();
    return this.#engine.checkpoint();
  }

  /** Best effort: manifests that stay behind are added up on the next opening. */
  async #catchUp(): Promise<void> {
    const plan = planCatchUp(this.#index, this.#sealing);
    if (!plan || this.#status === "broken") return;
    const outcome = await this.#engine.apply(plan.batch);
    if (outcome.type === "applied") plan.adopt();
  }

  #later(delayMs: number, work: () => Promise<ApplyOutcome>): void {
    this.#timer = setTimeout(() => {
      if (!this.#closed) void this.#enqueue(async () => this.#note(await work()));
    }, delayMs).unref();
  }

  async #readStored(path: StoredPath): Promise<Bytes | undefined> {
    const stored = this.#index.documents.get(documentOf(path))!.rows.get(path)!;
    const [row] = await this.#engine.readChunks([stored.id]);
    const opened = this.#open(path, stored, row!, []);
    return "kind" in opened ? undefined : opened.data;
  }

  async #readRange(prefix: StorageKey): Promise<RangeContents> {
    const prefixPath = this.#sealing.path(prefix);
    const documents = documentsUnder(this.#index, prefixPath);
    const chunks: (VaultChunk & { readonly row: number })[] = [];
    const damaged: DamagedChunk[] = [];
    for (const document of documents) {
      const name = prefix[0] ?? document.name;
      damaged.push(...this.#documentDamage(document, name === undefined ? [] : [name]));
      for (const row of document.strays.keys()) damaged.push({ kind: "foreign", key: prefix, row });
      const wanted = [...document.rows].filter(([path]) => path.startsWith(prefixPath));
      for (let at = 0; at < wanted.length; at += readSlice) {
        const slice = wanted.slice(at, at + readSlice);
        const rows = await this.#engine.readChunks(slice.map(([, stored]) => stored.id));
        slice.forEach(([path, stored], i) => {
          const opened = this.#open(path, stored, rows[i]!, prefix);
          if ("kind" in opened) damaged.push(opened);
          else if (name === undefined) damaged.push({ kind: "missing", key: prefix, row: stored.id });
          else chunks.push({ key: [name, ...opened.rest], data: opened.data, row: stored.id });
        });
      }
    }
    if (documents.length === 0) damaged.push(...this.#documentDamage(undefined, prefix));
    if (prefix.length === 0) {
      chunks.sort((a, b) => a.row - b.row);
      if (this.#index.suspect) damaged.push({ kind: "older", key: [], row: undefined });
    }
    return { chunks: chunks.map(({ key, data }) => ({ key, data })), damaged };
  }

  #documentDamage(document: DocumentIndex | undefined, key: StorageKey): DamagedChunk[] {
    if (document) {
      const kind = documentDamage(this.#index, document, this.#sealing);
      return kind === "none" ? [] : [{ kind, key: key.slice(0, 1), row: undefined }];
    }
    const path = this.#sealing.path(key.slice(0, 1));
    return key.length > 0 && this.#index.suspect && !this.#index.accepted.has(path)
      ? [{ kind: "missing", key: key.slice(0, 1), row: undefined }]
      : [];
  }

  #open(path: StoredPath, stored: IndexedRow, row: ReadRow, asked: StorageKey) {
    const damage = (kind: DamagedChunk["kind"]): DamagedChunk => ({ kind, key: asked, row: stored.id });
    if (typeof row === "string") return damage(row);
    const opened = this.#sealing.openChunk(stored.id, path, row.nonce, row.box);
    if (!opened) return damage("unreadable");
    return Buffer.compare(row.nonce, stored.nonce) === 0 ? opened : damage("older");
  }
}

function isEmpty({ batch }: Plan): boolean {
  return (
    batch.chunks.length +
      batch.removedChunks.length +
      batch.quarantined.length +
      batch.manifests.length +
      batch.removedManifests.length +
      batch.outbox.length +
      batch.removedOutbox.length ===
    0
  );
}
