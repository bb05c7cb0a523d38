import type { DatabaseSync } from "node:sqlite";

/** Our tables, in the order of their root pages: 2, 3, 4, 5. Frozen: salvage relies on it. */
export const tables = ["chunk", "manifest", "outbox", "quarantine"] as const;
export type Table = (typeof tables)[number];

/**
 * No index on disk: rows are found by number, and the vault keeps the map from paths to numbers in memory, so that an
 * append touches the last page of `chunk` and nothing else. Columns stand in the order in which opening needs them: the
 * long one last.
 */
const statements = {
  chunk: "CREATE TABLE chunk (id INTEGER PRIMARY KEY, path BLOB, nonce BLOB, box BLOB)",
  manifest: "CREATE TABLE manifest (id INTEGER PRIMARY KEY, mark BLOB, sealed BLOB)",
  outbox: "CREATE TABLE outbox (id INTEGER PRIMARY KEY, name, bytes BLOB)",
  quarantine: "CREATE TABLE quarantine (id INTEGER PRIMARY KEY, path BLOB, nonce BLOB, box BLOB)",
} as const satisfies Record<Table, string>;

export function createSchema(db: DatabaseSync): void {
  for (const table of tables) db.exec(statements[table]);
}

export function isNew(db: DatabaseSync): boolean {
  return db.prepare("SELECT count(*) AS n FROM sqlite_schema").get()?.["n"] === 0;
}

/** False when the schema is not, to the letter, the one we write: then page 1 is damaged. */
export function hasOurSchema(db: DatabaseSync): boolean {
  const rows = db.prepare("SELECT name, rootpage, sql FROM sqlite_schema ORDER BY rootpage").all();
  return (
    rows.length === tables.length &&
    tables.every((table, i) => rows[i]!["rootpage"] === i + 2 && rows[i]!["sql"] === statements[table])
  );
}

/** In the order of the columns. */
export const columnCount = { chunk: 4, manifest: 3, outbox: 3, quarantine: 4 } as const satisfies Record<
  Table,
  number
>;
