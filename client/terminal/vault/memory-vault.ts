import {
  type CommitOptions,
  type DamagedChunk,
  DamagedValueError,
  type DamageKind,
  type Outbox,
  type OutboxId,
  type RangeContents,
  type StorageKey,
  type Vault,
  VaultBrokenError,
  VaultFullError,
  type VaultSizes,
  type VaultStatus,
  type VaultWrite,
} from "./vault.ts";

interface MemoryRow {
  readonly row: number;
  readonly key: StorageKey;
  readonly data: Uint8Array;
}

/** What lies on the pretended disk: hand it to a second `MemoryVault` to restart. */
export interface MemoryDisk {
  readonly chunks: Map<string, MemoryRow>;
  readonly outbox: Map<OutboxId, Uint8Array>;
  readonly damaged: Map<string, DamageKind>;
  nextRow: number;
  generation: number;
}

export function memoryDisk(): MemoryDisk {
  return { chunks: new Map(), outbox: new Map(), damaged: new Map(), nextRow: 1, generation: 0 };
}

/** The vault's deterministic twin: nothing sealed, nothing on a disk, the same behaviour; faults on demand. */
export class MemoryVault implements Vault {
  readonly #disk: MemoryDisk;
  readonly #listeners = new Set<(status: VaultStatus) => void>();
  #status: VaultStatus = "ok";
  #closed = false;
  /** Commits since the last durable one would not survive a power cut. */
  #atRisk = 0;

  readonly outbox: Outbox = {
    put: (id, bytes) => this.commit([{ op: "outboxPut", id, bytes }], { durable: true }),
    remove: (ids) => this.commit([{ op: "outboxRemove", ids }], { durable: true }),
    list: async () => {
      this.#check();
      return [...this.#disk.outbox].map(([id, bytes]) => ({ id, bytes: bytes.slice() }));
    },
  };

  constructor(disk: MemoryDisk = memoryDisk()) {
    this.#disk = disk;
  }

  async commit(writes: readonly VaultWrite[], { durable }: CommitOptions): Promise<void> {
    this.#check();
    for (const write of writes)
      if ((write.op === "put" || write.op === "remove") && write.key.length === 0)
        throw new RangeError("a key needs at least one segment");
    if (this.#status === "broken") throw new VaultBrokenError("told to be");
    if (this.#status === "full") throw new VaultFullError();
    for (const write of writes) this.#apply(write);
    this.#atRisk = durable ? 0 : this.#atRisk + 1;
  }

  async load(key: StorageKey): Promise<Uint8Array | undefined> {
    this.#check();
    const text = keyText(key);
    const found = this.#disk.chunks.get(text);
    const kind = this.#disk.damaged.get(text);
    if (kind) throw new DamagedValueError([{ kind, key, row: found?.row }]);
    return found?.data.slice();
  }

  async loadRange(prefix: StorageKey): Promise<RangeContents> {
    this.#check();
    const range: RangeContents = { chunks: [], damaged: [] };
    for (const [text, { row, key, data }] of this.#disk.chunks) {
      if (!startsWith(key, prefix)) continue;
      const kind = this.#disk.damaged.get(text);
      if (kind) range.damaged.push({ kind, key: prefix, row });
      else range.chunks.push({ key: [...key], data: data.slice() });
    }
    return range;
  }

  async quarantine(damaged: readonly DamagedChunk[]): Promise<void> {
    this.#check();
    const rows = new Set(damaged.map(({ row }) => row));
    for (const [text, { row }] of this.#disk.chunks)
      if (rows.has(row)) {
        this.#disk.chunks.delete(text);
        this.#disk.damaged.delete(text);
      }
  }

  status(): VaultStatus {
    return this.#status;
  }

  onStatus(listener: (status: VaultStatus) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  generation(): number {
    return this.#disk.generation;
  }

  async sizes(): Promise<VaultSizes> {
    let fileBytes = 0;
    for (const { data } of this.#disk.chunks.values()) fileBytes += data.length;
    for (const bytes of this.#disk.outbox.values()) fileBytes += bytes.length;
    return { fileBytes, walBytes: 0, freeBytes: 0 };
  }

  async close(): Promise<void> {
    this.#closed = true;
  }

  /** How many commits a power cut would take now. */
  atRisk(): number {
    return this.#atRisk;
  }

  /** From now on the disk is full, or broken, or well again. */
  setStatus(status: VaultStatus): void {
    if (status === this.#status) return;
    this.#status = status;
    for (const listener of this.#listeners) listener(status);
  }

  /** From now on this value does not open. */
  damage(key: StorageKey, kind: DamageKind = "unreadable"): void {
    this.#disk.damaged.set(keyText(key), kind);
  }

  #apply(write: VaultWrite): void {
    const { chunks, outbox, damaged } = this.#disk;
    switch (write.op) {
      case "put": {
        const text = keyText(write.key);
        const row = chunks.get(text)?.row ?? this.#disk.nextRow++;
        chunks.set(text, { row, key: [...write.key], data: write.data.slice() });
        damaged.delete(text);
        this.#disk.generation += 1;
        break;
      }
      case "remove":
        this.#remove(keyText(write.key));
        break;
      case "removeRange":
        for (const [text, { key }] of chunks) if (startsWith(key, write.prefix)) this.#remove(text);
        break;
      case "outboxPut":
        outbox.set(write.id, write.bytes.slice());
        break;
      case "outboxRemove":
        for (const id of write.ids) outbox.delete(id);
        break;
    }
  }

  #remove(text: string): void {
    this.#disk.chunks.delete(text);
    this.#disk.damaged.delete(text);
    this.#disk.generation += 1;
  }

  #check(): void {
    if (this.#closed) throw new VaultBrokenError("it is closed");
  }
}

function keyText(key: StorageKey): string {
  return JSON.stringify(key);
}

function startsWith(key: StorageKey, prefix: StorageKey): boolean {
  return prefix.every((segment, i) => key[i] === segment);
}
