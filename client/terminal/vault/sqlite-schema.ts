import type { DatabaseSync } from "node:sqlite";

/**
 * No index on disk: rows are found by number, and the vault keeps the map from paths to numbers in memory, so that an
 * append touches the last page of `chunk` and one page of `manifest`. Columns stand in the order in which opening needs
 * them: the long one last.
 */
export function createSchema(db: DatabaseSync): void {
  db.exec(`
    CREATE TABLE IF NOT EXISTS chunk (id INTEGER PRIMARY KEY, path BLOB, nonce BLOB, box BLOB);
    CREATE TABLE IF NOT EXISTS manifest (id INTEGER PRIMARY KEY, mark BLOB, sealed BLOB);
    CREATE TABLE IF NOT EXISTS outbox (seq INTEGER PRIMARY KEY, name, bytes BLOB);
    CREATE TABLE IF NOT EXISTS quarantine (id INTEGER PRIMARY KEY, path BLOB, nonce BLOB, box BLOB);
  `);
}
