import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { sqliteFailure } from "./sqlite-failure.ts";

export interface FolderLock {
  release(): void;
}

/**
 * Takes the folder for this process alone; the operating system lets go of it when the process dies, however it dies.
 * Node has no file locks of its own, SQLite has: the file `lock` stays empty. (Nobody else in this process may open and
 * close that file: POSIX would drop the lock.)
 */
export function lockFolder(folder: string): FolderLock | "locked-by-another-process" {
  const db = new DatabaseSync(join(folder, "lock"));
  try {
    db.exec("PRAGMA journal_mode=MEMORY; BEGIN EXCLUSIVE");
    return { release: () => db.close() };
  } catch (error) {
    db.close();
    if (sqliteFailure(error).type === "busy") return "locked-by-another-process";
    throw error;
  }
}
