import {
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import type { DatabaseSync, SQLInputValue } from "node:sqlite";
import { connect } from "./sqlite-connection.ts";
import { sqliteFailure } from "./sqlite-failure.ts";
import { type Table, columnCount, hasOurSchema, tables } from "./sqlite-schema.ts";

/** So many row numbers between the last readable row from below and from above are tried one by one. */
const gapLimit = 200_000;

/**
 * Carries every row that can still be read from a damaged file over into a new one, which takes its place; the damaged
 * one stays beside it. What was lost shows in the manifests. A power cut at any point leaves the damaged file, or the new.
 */
export function salvage(file: string, pageSize: number): void {
  const fresh = `${file}.new`;
  const working = `${file}.salvage`;
  for (const path of [fresh, working]) removeDatabase(path);
  copyFileSync(file, working);
  if (existsSync(`${file}-wal`)) copyFileSync(`${file}-wal`, `${working}-wal`);
  const to = connect(fresh, pageSize);
  const from = openDamaged(working, pageSize);
  if (from) {
    to.exec("BEGIN");
    for (const table of tables) copyRows(from, to, table);
    to.exec("COMMIT");
    from.close();
  }
  to.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  to.close();
  syncFile(fresh);
  removeDatabase(working);
  let aside = 1;
  while (existsSync(`${file}.damaged-${aside}`)) aside += 1;
  renameSync(file, `${file}.damaged-${aside}`);
  rmSync(`${file}-wal`, { force: true });
  finishSalvage(file);
}

/** Puts the new file in place if a salvage was cut short after it was complete. */
export function finishSalvage(file: string): void {
  if (existsSync(file) || !existsSync(`${file}.new`)) return;
  renameSync(`${file}.new`, file);
  syncFile(dirname(file));
}

function openDamaged(working: string, pageSize: number): DatabaseSync | undefined {
  return tryOpen(working, pageSize) ?? (replaceFirstPage(working, pageSize), tryOpen(working, pageSize));
}

function tryOpen(working: string, pageSize: number): DatabaseSync | undefined {
  let db: DatabaseSync | undefined;
  try {
    db = connect(working, pageSize);
    if (hasOurSchema(db)) return db;
  } catch (error) {
    sqliteFailure(error);
  }
  db?.close();
  return undefined;
}

/** Page 1 holds the file's header and our schema, and both are always the same but for the length of the file. */
function replaceFirstPage(working: string, pageSize: number): void {
  const template = `${working}.template`;
  removeDatabase(template);
  const db = connect(template, pageSize);
  db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  db.close();
  const page = Buffer.alloc(pageSize);
  const source = openSync(template, "r");
  readSync(source, page, 0, pageSize, 0);
  closeSync(source);
  removeDatabase(template);
  // See https://www.sqlite.org/fileformat.html, 1.3: size in pages, first free page, number of free pages.
  page.writeUInt32BE(Math.floor(statSync(working).size / pageSize), 28);
  page.writeUInt32BE(0, 32);
  page.writeUInt32BE(0, 36);
  const target = openSync(working, "r+");
  writeSync(target, page, 0, pageSize, 0);
  closeSync(target);
}

function copyRows(from: DatabaseSync, to: DatabaseSync, table: Table): void {
  const slots = Array.from({ length: columnCount[table] }, () => "?").join(",");
  const insert = to.prepare(`INSERT OR IGNORE INTO ${table} VALUES (${slots})`);
  const keep = (row: object) => insert.run(...(Object.values(row) as SQLInputValue[]));
  const walk = (order: "ASC" | "DESC"): number | undefined => {
    let last: number | undefined;
    try {
      for (const row of from.prepare(`SELECT * FROM ${table} ORDER BY id ${order}`).iterate()) {
        keep(row);
        last = row["id"] as number;
      }
      return undefined;
    } catch (error) {
      sqliteFailure(error);
      return last ?? (order === "ASC" ? 0 : -1);
    }
  };
  const low = walk("ASC");
  if (low === undefined) return;
  const high = walk("DESC") ?? low;
  const one = from.prepare(`SELECT * FROM ${table} WHERE id=?`);
  const end = high < 0 ? low + gapLimit : Math.min(high, low + gapLimit);
  for (let id = low + 1; id < end; id++) {
    try {
      const row = one.get(id);
      if (row) keep(row);
    } catch (error) {
      sqliteFailure(error);
    }
  }
}

function removeDatabase(path: string): void {
  for (const suffix of ["", "-wal", "-journal"]) rmSync(`${path}${suffix}`, { force: true });
}

function syncFile(path: string): void {
  const file = openSync(path, "r");
  fsyncSync(file);
  closeSync(file);
}
