import { DatabaseSync } from "node:sqlite";
import { createSchema, hasOurSchema, isNew } from "./sqlite-schema.ts";

/** What SQLite itself did not object to, and we do. */
export class DamagedDatabaseError extends Error {}

/**
 * Opens or makes the file. One connection has it for itself (so there is no shared-memory file), the log is written back
 * only when told to. `secure_delete=FAST` overwrites what is deleted wherever that costs no page of its own (what is
 * left on free pages is sealed), and `auto_vacuum` is off: together a quarter of the bytes of a sale, measured.
 */
export function connect(file: string, pageSize: number): DatabaseSync {
  const db = new DatabaseSync(file);
  try {
    // First of all the exclusive lock: what reads the file before it makes a shared-memory file, which a full disk refuses.
    db.exec(`PRAGMA locking_mode=EXCLUSIVE; PRAGMA page_size=${pageSize}; PRAGMA auto_vacuum=NONE;
      PRAGMA journal_mode=WAL; PRAGMA wal_autocheckpoint=0; PRAGMA synchronous=NORMAL; PRAGMA secure_delete=FAST;
      PRAGMA temp_store=MEMORY; PRAGMA cell_size_check=ON; PRAGMA trusted_schema=OFF;`);
    if (isNew(db)) createSchema(db);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** Throws when the file's structure is not whole; reads every page once. */
export function checkStructure(db: DatabaseSync): void {
  if (!hasOurSchema(db)) throw new DamagedDatabaseError("its schema is not ours");
  const found = Object.values(db.prepare("PRAGMA quick_check(1)").get() ?? {})[0];
  if (found !== "ok") throw new DamagedDatabaseError(String(found));
}
