export type SqliteFailure =
  | { readonly type: "full" }
  | { readonly type: "busy" }
  | { readonly type: "broken"; readonly reason: string };

/** What an error of SQLite means for us; see https://www.sqlite.org/rescode.html. Any other error is a bug: rethrown. */
export function sqliteFailure(error: unknown): SqliteFailure {
  if (!(error instanceof Error) || !("errcode" in error) || typeof error.errcode !== "number") throw error;
  const primary = error.errcode & 0xff;
  if (primary === 13) return { type: "full" };
  if (primary === 5) return { type: "busy" };
  return { type: "broken", reason: `${error.message} (${error.errcode})` };
}
