import { type BigIntStats, statSync } from "node:fs";
import type { DatabaseSync, StatementSync } from "node:sqlite";
import type {
  ApplyOutcome,
  EngineBatch,
  EngineContents,
  EngineOpening,
  EngineOptions,
  OutboxRow,
  ReadRow,
} from "./engine.ts";
import { salvage } from "./salvage.ts";
import { DamagedDatabaseError, checkStructure, connect } from "./sqlite-connection.ts";
import { type SqliteFailure, sqliteFailure } from "./sqlite-failure.ts";
import type { OutboxId, VaultSizes } from "./vault.ts";

/**
 * The engine over SQLite: a write-ahead log, one connection that holds the file for itself (so there is no shared-memory
 * file), the log synced once for a durable batch and not at all for another, freed pages overwritten and given back.
 * Blocking: `worker-engine.ts` runs it in a thread of its own.
 */
export class SqliteEngine {
  readonly #options: EngineOptions;
  readonly #db: DatabaseSync;
  /** Which row holds which bundle: a bundle is found without an index on disk. Numbers and texts keep apart. */
  readonly #outbox = new Map<OutboxId, number>();
  #nextSequence = 1;
  readonly #statements = new Map<string, StatementSync>();
  #synchronous: "FULL" | "NORMAL" | undefined;
  #file: FileMark;
  #broken: string | undefined;

  private constructor(options: EngineOptions, db: DatabaseSync) {
    this.#options = options;
    this.#db = db;
    this.#file = markFile(options.file);
    for (const row of db.prepare("SELECT id, name FROM outbox ORDER BY id").iterate()) {
      this.#outbox.set(row["name"] as OutboxId, row["id"] as number);
      this.#nextSequence = (row["id"] as number) + 1;
    }
  }

  static open(
    options: EngineOptions,
  ):
    | { readonly engine: SqliteEngine; readonly contents: EngineContents }
    | Exclude<EngineOpening, { type: "opened" }> {
    const first = SqliteEngine.#attempt(options, false);
    if ("engine" in first || first.type !== "damaged" || !first.corrupt) return first;
    try {
      salvage(options.file, options.pageSize);
    } catch (error) {
      const failure = sqliteFailure(error);
      if (failure.type === "full") return failure;
      return { type: "damaged", reason: `${first.reason}, and cannot be salvaged` };
    }
    return SqliteEngine.#attempt(options, true);
  }

  static #attempt(options: EngineOptions, salvaged: boolean) {
    let db: DatabaseSync | undefined;
    try {
      db = connect(options.file, options.pageSize);
      checkStructure(db);
      if (options.maxPages !== undefined) db.exec(`PRAGMA max_page_count=${options.maxPages}`);
      const contents = readContents(db, salvaged);
      return { engine: new SqliteEngine(options, db), contents };
    } catch (error) {
      db?.close();
      if (error instanceof DamagedDatabaseError)
        return { type: "damaged" as const, reason: error.message, corrupt: true };
      const failure = sqliteFailure(error);
      if (failure.type === "full") return failure;
      return { type: "damaged" as const, reason: wordsFor(failure), corrupt: failure.type === "corrupt" };
    }
  }

  apply(batch: EngineBatch): ApplyOutcome {
    return this.#guarded(() => {
      const sequences = this.#outboxSequences(batch);
      this.#setSynchronous(batch.durable ? "FULL" : "NORMAL");
      this.#transaction(() => {
        for (const id of batch.quarantined)
          this.#run(
            "INSERT OR REPLACE INTO quarantine SELECT id, path, nonce, box FROM chunk WHERE id=?",
            id,
          );
        for (const id of batch.quarantined) this.#run("DELETE FROM chunk WHERE id=?", id);
        for (const id of batch.removedChunks) this.#run("DELETE FROM chunk WHERE id=?", id);
        for (const row of batch.chunks)
          this.#run("INSERT OR REPLACE INTO chunk VALUES (?,?,?,?)", row.id, row.path, row.nonce, row.box);
        for (const row of batch.manifests)
          this.#run("INSERT OR REPLACE INTO manifest VALUES (?,?,?)", row.id, row.mark, row.sealed);
        for (const id of batch.removedManifests) this.#run("DELETE FROM manifest WHERE id=?", id);
        for (const id of batch.removedOutbox)
          this.#run("DELETE FROM outbox WHERE id=?", this.#outbox.get(id) ?? 0);
        for (const row of batch.outbox)
          this.#run(
            "INSERT OR REPLACE INTO outbox VALUES (?,?,?)",
            sequences.get(row.id)!,
            row.id,
            row.bytes,
          );
      });
      for (const id of batch.removedOutbox) this.#outbox.delete(id);
      for (const [id, sequence] of sequences) this.#outbox.set(id, sequence);
    });
  }

  readChunks(ids: readonly number[]): ReadRow[] {
    const select = this.#prepare("SELECT nonce, box FROM chunk WHERE id=?");
    return ids.map((id) => {
      try {
        const row = select.get(id);
        if (!row) return "missing";
        const { nonce, box } = row;
        return nonce instanceof Uint8Array && box instanceof Uint8Array ? { nonce, box } : "unreadable";
      } catch {
        return "unreadable";
      }
    });
  }

  readOutbox(): OutboxRow[] {
    return listOutbox(this.#db);
  }

  checkpoint(): ApplyOutcome {
    return this.#guarded(() => {
      this.#db.exec("PRAGMA wal_checkpoint(RESTART)");
      // The first frame of a fresh log costs a sync of its header: pay it here, where nobody waits.
      this.#setSynchronous("NORMAL");
      this.#db.exec("PRAGMA user_version=1");
      this.#file = markFile(this.#options.file);
    });
  }

  probe(): ApplyOutcome {
    return this.#guarded(() => {
      this.#setSynchronous("NORMAL");
      this.#transaction(() =>
        this.#run("INSERT INTO quarantine VALUES (-1, NULL, NULL, zeroblob(?))", 32 * 1024),
      );
      this.#transaction(() => this.#run("DELETE FROM quarantine WHERE id=?", -1));
    });
  }

  sizes(): VaultSizes {
    const pageSize = this.#pragma("page_size");
    return {
      fileBytes: statSync(this.#options.file).size,
      walBytes: statSync(`${this.#options.file}-wal`, { throwIfNoEntry: false })?.size ?? 0,
      freeBytes: this.#pragma("freelist_count") * pageSize,
    };
  }

  close(): void {
    if (this.#broken === undefined) {
      try {
        this.#giveBackFreePages();
        this.#db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
      } catch {
        // What is in the log stays there; the next opening reads it.
      }
    }
    this.#db.close();
  }

  #guarded(work: () => void): ApplyOutcome {
    if (this.#broken !== undefined) return { type: "broken", reason: this.#broken };
    if (!sameFile(this.#file, markFile(this.#options.file)))
      return this.#break("its file was replaced under the running till");
    try {
      work();
      return { type: "applied", walBytes: this.#walBytes() };
    } catch (error) {
      const failure = sqliteFailure(error);
      if (failure.type === "full") return failure;
      return this.#break(wordsFor(failure));
    }
  }

  #break(reason: string): ApplyOutcome {
    this.#broken = reason;
    return { type: "broken", reason };
  }

  #transaction(work: () => void): void {
    this.#db.exec("BEGIN IMMEDIATE");
    try {
      work();
      this.#db.exec("COMMIT");
    } catch (error) {
      if (this.#db.isTransaction) this.#db.exec("ROLLBACK");
      throw error;
    }
  }

  /** The place of each row: where its id already stands, or after the last. */
  #outboxSequences({ outbox, removedOutbox }: EngineBatch): Map<OutboxId, number> {
    const removed = new Set(removedOutbox);
    const sequences = new Map<OutboxId, number>();
    for (const { id } of outbox) {
      const known = removed.has(id) ? undefined : this.#outbox.get(id);
      sequences.set(id, known ?? this.#nextSequence++);
    }
    return sequences;
  }

  #giveBackFreePages(): void {
    if (this.#pragma("freelist_count") * 2 > this.#pragma("page_count")) this.#db.exec("VACUUM");
  }

  #walBytes(): number {
    const row = this.#prepare("PRAGMA wal_checkpoint(NOOP)").get() as { log: number };
    return row.log * (this.#options.pageSize + 24);
  }

  #setSynchronous(level: "FULL" | "NORMAL"): void {
    if (this.#synchronous === level) return;
    this.#db.exec(`PRAGMA synchronous=${level}`);
    this.#synchronous = level;
  }

  #pragma(name: string): number {
    return Object.values(this.#prepare(`PRAGMA ${name}`).get()!)[0] as number;
  }

  #run(sql: string, ...values: (number | string | Uint8Array)[]): void {
    this.#prepare(sql).run(...values);
  }

  #prepare(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (!statement) {
      statement = this.#db.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }
}

function readContents(db: DatabaseSync, salvaged: boolean): EngineContents {
  const ids: number[] = [];
  const paths: Uint8Array[] = [];
  const nonces: Uint8Array[] = [];
  for (const row of db.prepare("SELECT id, path, nonce FROM chunk ORDER BY id").iterate()) {
    const { id, path, nonce } = row as { id: number; path: unknown; nonce: unknown };
    ids.push(id);
    // Anything of the wrong type or length is a damaged row: it is listed, and then does not open.
    paths.push(bytesOr(path).subarray(0, 0xffff));
    nonces.push(nonce instanceof Uint8Array && nonce.length === 24 ? nonce : new Uint8Array(24));
  }
  return {
    ids: Float64Array.from(ids),
    pathLengths: Uint16Array.from(paths, (path) => path.length),
    paths: Buffer.concat(paths),
    nonces: Buffer.concat(nonces),
    manifests: db
      .prepare("SELECT id, mark, sealed FROM manifest ORDER BY id")
      .all()
      .map((row) => ({
        id: row["id"] as number,
        mark: bytesOr(row["mark"]),
        sealed: bytesOr(row["sealed"]),
      })),
    salvaged,
  };
}

function wordsFor(failure: Exclude<SqliteFailure, { type: "full" }>): string {
  return failure.type === "busy" ? "another program holds it" : failure.reason;
}

function bytesOr(value: unknown): Uint8Array {
  return value instanceof Uint8Array ? value : new Uint8Array();
}

function listOutbox(db: DatabaseSync): OutboxRow[] {
  return db
    .prepare("SELECT name, bytes FROM outbox ORDER BY id")
    .all()
    .map((row) => ({ id: row["name"], bytes: row["bytes"] }) as OutboxRow);
}

type FileMark = Pick<BigIntStats, "dev" | "ino" | "size" | "mtimeNs"> | undefined;

/** Only a checkpoint of our own writes to the file itself: any other change of these is somebody else's hand. */
function markFile(file: string): FileMark {
  return statSync(file, { bigint: true, throwIfNoEntry: false });
}

function sameFile(a: FileMark, b: FileMark): boolean {
  return (
    a !== undefined &&
    b !== undefined &&
    a.dev === b.dev &&
    a.ino === b.ino &&
    a.size === b.size &&
    a.mtimeNs === b.mtimeNs
  );
}
