import type { CommandError, ErrorCode } from "#schema/wire/screen.ts";

/** What a use case answers: what it did, or why it did nothing. */
export type Outcome<T> = { readonly ok: true; readonly value: T } | Refusal;

export interface Refusal {
  readonly ok: false;
  readonly error: CommandError;
}

export const done: Outcome<null> = { ok: true, value: null };

export function answer<T>(value: T): Outcome<T> {
  return { ok: true, value };
}

/** `message` is plain English, for programs and logs; screens have their own words for the code. */
export function refuse(code: ErrorCode, message: string, params: CommandError["params"] = {}): Refusal {
  return { ok: false, error: { code, params, message } };
}
