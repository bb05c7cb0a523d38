import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import { type Bytes, type DeviceId, type RandomBytes, type StoreId, fromHex, toHex } from "#schema/bytes.ts";
import { type Canonical, decodeTrusted, encodeCanonical } from "#schema/canonical.ts";
import type { Coverage, Entry, EntryDocument, OutgoingEntry } from "#schema/wire/relay.ts";

export interface LogState {
  readonly log: Bytes;
  readonly end: number;
  readonly bytes: number;
  readonly entries: number;
}

export type Appended =
  | {
      readonly type: "appended";
      readonly at: readonly { readonly offset: number; readonly fresh: boolean }[];
    }
  | { readonly type: "full"; readonly bytes: number; readonly maxBytes: number };

export interface Append {
  readonly store: StoreId;
  /** What the store's entries may take up together. */
  readonly maxBytes: number;
  readonly by: DeviceId;
  readonly entries: readonly OutgoingEntry[];
}

export interface Page {
  readonly entries: readonly Entry[];
  readonly through: number;
  readonly end: number;
}

/**
 * The blind log of every store, in one SQLite file. A store's log begins, empty and with a random id, when it is first
 * spoken of. Each call blocks until it is done; `append` until it is on disk.
 */
export interface BlindLog {
  state(id: StoreId): LogState;
  /** One transaction for all of them; when it returns they are on disk. Throws, having kept nothing, if that fails. */
  append(appends: readonly Append[]): Appended[];
  read(id: StoreId, after: number, maxBytes: number): Page;
  covered(id: StoreId, names: readonly Bytes[]): Coverage[];
  close(): void;
}

/** Offsets of all stores share one 53-bit row id: 2^19 stores of 2^34 entries. */
const offsetsPerStore = 2 ** 34;
const pageEntries = 1024;
/** An append is known again for at least this many entries; sent again after that it would be there twice, harmlessly. */
const remembered = 32_768;
const forgetEvery = 1024;

const schema = `
  CREATE TABLE IF NOT EXISTS stores (
    n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, log BLOB NOT NULL, end INTEGER NOT NULL, bytes INTEGER NOT NULL,
    entries INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS entries (
    at INTEGER PRIMARY KEY, live INTEGER NOT NULL, epoch INTEGER NOT NULL, device BLOB NOT NULL, entry BLOB NOT NULL,
    docs BLOB NOT NULL, bytes BLOB NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS parts (
    store INTEGER NOT NULL, name BLOB NOT NULL, offset INTEGER NOT NULL, snapshot INTEGER NOT NULL, bytes INTEGER NOT NULL,
    PRIMARY KEY (store, name, offset)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS claims (
    store INTEGER NOT NULL, name BLOB NOT NULL, device BLOB NOT NULL, heads BLOB NOT NULL,
    PRIMARY KEY (store, name, device)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS seen (
    store INTEGER NOT NULL, device BLOB NOT NULL, entry BLOB NOT NULL, offset INTEGER NOT NULL,
    PRIMARY KEY (store, device, entry)
  ) STRICT, WITHOUT ROWID;
`;

interface StoreState {
  readonly id: StoreId;
  readonly n: number;
  readonly log: Bytes;
  end: number;
  bytes: number;
  entries: number;
}

/** `directory` is made when it is missing. A log made anew has a new random id. */
export function openBlindLog(directory: string, random: RandomBytes): BlindLog {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const db = new DatabaseSync(join(directory, "log.sqlite"));
  db.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 5000;");
  db.exec(schema);
  const stores = loadStores(db);
  const sql = prepare(db);

  const known = (id: StoreId): StoreState => {
    const state = stores.get(id);
    if (state) return state;
    const log = random(16);
    const { lastInsertRowid } = sql.begin.run(id, log);
    const begun: StoreState = { id, n: Number(lastInsertRowid), log, end: 0, bytes: 0, entries: 0 };
    stores.set(id, begun);
    return begun;
  };

  function appendOne(append: Append): Appended {
    const store = known(append.store);
    const device = fromHex(append.by);
    const fresh = append.entries.filter((entry) => sql.seen.get(store.n, device, entry.id) === undefined);
    const added = fresh.reduce((sum, entry) => sum + entry.bytes.length, 0);
    // Snapshots that replace entries have a quarter more room: they are the way out of a full store.
    const replaces = fresh.every((entry) => entry.docs.every((doc) => (doc.snapshot ?? 0) > 0));
    const { maxBytes } = append;
    if (added > 0 && store.bytes + added > (replaces ? maxBytes * 1.25 : maxBytes))
      return { type: "full", bytes: store.bytes, maxBytes };
    const at = append.entries.map((entry) => {
      const before = sql.seen.get(store.n, device, entry.id);
      if (before) return { offset: Number(before["offset"]), fresh: false };
      return { offset: insert(store, device, entry), fresh: true };
    });
    return { type: "appended", at };
  }

  function insert(store: StoreState, device: Bytes, entry: OutgoingEntry): number {
    const offset = ++store.end;
    const docs = encodeCanonical(entry.docs.map(packDocument));
    sql.insert.run(
      store.n * offsetsPerStore + offset,
      new Set(entry.docs.map((doc) => toHex(doc.name))).size,
      entry.epoch,
      device,
      entry.id,
      docs,
      entry.bytes,
    );
    store.bytes += entry.bytes.length;
    store.entries += 1;
    sql.see.run(store.n, device, entry.id, offset);
    const share = Math.ceil(entry.bytes.length / entry.docs.length);
    for (const doc of entry.docs) {
      sql.part.run(store.n, doc.name, offset, doc.snapshot === undefined ? 0 : 1, share);
      sql.claim.run(store.n, doc.name, device, encodeCanonical(doc.heads));
      if (doc.snapshot !== undefined) trim(store, doc.name, Math.min(doc.snapshot, offset - 1));
    }
    if (offset % forgetEvery === 0) sql.forget.run(store.n, offset - remembered);
    sql.end.run(store.end, store.bytes, store.entries, store.n);
    return offset;
  }

  /** What entries up to `through` say of one document goes; an entry goes with the last document it speaks of. */
  function trim(store: StoreState, name: Bytes, through: number): void {
    for (const row of sql.partsThrough.all(store.n, name, through)) {
      const at = store.n * offsetsPerStore + Number(row["offset"]);
      const entry = sql.release.get(at);
      if (!entry || Number(entry["live"]) > 0) continue;
      sql.remove.run(at);
      store.bytes -= Number(entry["size"]);
      store.entries -= 1;
    }
    sql.removeParts.run(store.n, name, through);
  }

  return {
    state: (id) => {
      const { log, end, bytes, entries } = known(id);
      return { log, end, bytes, entries };
    },
    append(appends) {
      const touched = new Map(appends.map((append) => [append.store, { ...known(append.store) }] as const));
      db.exec("BEGIN IMMEDIATE");
      try {
        const results = appends.map(appendOne);
        db.exec("COMMIT");
        return results;
      } catch (error) {
        if (db.isTransaction) db.exec("ROLLBACK");
        for (const [id, before] of touched) stores.set(id, before);
        throw error;
      }
    },
    read(id, after, maxBytes) {
      const store = known(id);
      const base = store.n * offsetsPerStore;
      const entries: Entry[] = [];
      let through = store.end;
      let room = maxBytes;
      for (const row of sql.read.iterate(base + Math.min(after, store.end), base + store.end)) {
        const entry = unpackEntry(row, base);
        if (entries.length > 0 && (room < entry.bytes.length || entries.length === pageEntries)) {
          through = entries.at(-1)!.offset;
          break;
        }
        room -= entry.bytes.length;
        entries.push(entry);
      }
      return { entries, through: Math.max(through, Math.min(after, store.end)), end: store.end };
    },
    covered(id, names) {
      const { n } = known(id);
      return names.map((name) => ({
        name,
        claims: sql.claims.all(n, name).map((row) => ({
          by: toHex(row["device"] as Bytes) as DeviceId,
          heads: decodeTrusted(row["heads"] as Bytes) as Bytes[],
        })),
        ...sizes(sql.sizes.get(n, name)),
      }));
    },
    close: () => db.close(),
  };
}

function prepare(db: DatabaseSync) {
  return {
    begin: db.prepare("INSERT INTO stores (id, log, end, bytes, entries) VALUES (?, ?, 0, 0, 0)"),
    end: db.prepare("UPDATE stores SET end = ?, bytes = ?, entries = ? WHERE n = ?"),
    insert: db.prepare(
      "INSERT INTO entries (at, live, epoch, device, entry, docs, bytes) VALUES (?, ?, ?, ?, ?, ?, ?)",
    ),
    seen: db.prepare("SELECT offset FROM seen WHERE store = ? AND device = ? AND entry = ?"),
    see: db.prepare("INSERT INTO seen (store, device, entry, offset) VALUES (?, ?, ?, ?)"),
    forget: db.prepare("DELETE FROM seen WHERE store = ? AND offset <= ?"),
    part: db.prepare(
      "INSERT OR REPLACE INTO parts (store, name, offset, snapshot, bytes) VALUES (?, ?, ?, ?, ?)",
    ),
    claim: db.prepare("INSERT OR REPLACE INTO claims (store, name, device, heads) VALUES (?, ?, ?, ?)"),
    partsThrough: db.prepare("SELECT offset FROM parts WHERE store = ? AND name = ? AND offset <= ?"),
    removeParts: db.prepare("DELETE FROM parts WHERE store = ? AND name = ? AND offset <= ?"),
    release: db.prepare(
      "UPDATE entries SET live = live - 1 WHERE at = ? RETURNING live, length(bytes) AS size",
    ),
    remove: db.prepare("DELETE FROM entries WHERE at = ?"),
    read: db.prepare(
      "SELECT at, epoch, device, entry, docs, bytes FROM entries WHERE at > ? AND at <= ? ORDER BY at",
    ),
    claims: db.prepare("SELECT device, heads FROM claims WHERE store = ? AND name = ? ORDER BY device"),
    sizes: db.prepare(
      `SELECT sum(CASE WHEN snapshot = 1 THEN bytes ELSE 0 END) AS snapshots,
              sum(CASE WHEN snapshot = 0 THEN bytes ELSE 0 END) AS entries FROM parts WHERE store = ? AND name = ?`,
    ),
  } satisfies Record<string, StatementSync>;
}

function loadStores(db: DatabaseSync): Map<StoreId, StoreState> {
  const rows = db.prepare("SELECT n, id, log, end, bytes, entries FROM stores").all();
  return new Map(
    rows.map((row) => {
      const state: StoreState = {
        n: Number(row["n"]),
        id: String(row["id"]) as StoreId,
        log: row["log"] as Bytes,
        end: Number(row["end"]),
        bytes: Number(row["bytes"]),
        entries: Number(row["entries"]),
      };
      return [state.id, state];
    }),
  );
}

function packDocument(doc: EntryDocument): Canonical {
  return doc.snapshot === undefined ? [doc.name, doc.heads] : [doc.name, doc.heads, doc.snapshot];
}

function unpackEntry(row: Record<string, unknown>, base: number): Entry {
  const docs = decodeTrusted(row["docs"] as Bytes) as readonly (readonly [Bytes, Bytes[], number?])[];
  return {
    offset: Number(row["at"]) - base,
    by: toHex(row["device"] as Bytes) as DeviceId,
    id: row["entry"] as Bytes,
    epoch: Number(row["epoch"]),
    docs: docs.map(([name, heads, snapshot]) => ({
      name,
      heads,
      ...(snapshot === undefined ? {} : { snapshot }),
    })),
    bytes: row["bytes"] as Bytes,
  };
}

function sizes(row: Record<string, unknown> | undefined): { snapshotBytes: number; entryBytes: number } {
  return { snapshotBytes: Number(row?.["snapshots"] ?? 0), entryBytes: Number(row?.["entries"] ?? 0) };
}
