export type SqliteFailure =
  | { readonly type: "full" }
  | { readonly type: "busy" }
  /** The file's content makes no sense; another reading of it may. */
  | { readonly type: "corrupt"; readonly reason: string }
  /** The disk or the operating system refuses. */
  | { readonly type: "refused"; readonly reason: string };

/** What an error of SQLite means for us; see https://www.sqlite.org/rescode.html. Any other error is a bug: rethrown. */
export function sqliteFailure(error: unknown): SqliteFailure {
  if (!(error instanceof Error) || !("errcode" in error) || typeof error.errcode !== "number") throw error;
  const reason = `${error.message} (${error.errcode})`;
  switch (error.errcode & 0xff) {
    case 13:
      return { type: "full" };
    case 5:
    case 6:
      return { type: "busy" };
    // NOMEM, READONLY, IOERR, CANTOPEN, AUTH
    case 7:
    case 8:
    case 10:
    case 14:
    case 23:
      return { type: "refused", reason };
    default:
      return { type: "corrupt", reason };
  }
}
