import type { Bytes } from "../bytes.ts";
import { type Canonical, decodeCanonical, encodeCanonical } from "../canonical.ts";

/** The plaintext of a stock segment: canonical CBOR `{item: thousandths}`. */
export function encodeBalances(balances: ReadonlyMap<string, number>): Bytes {
  return encodeCanonical(Object.fromEntries(balances));
}

/** Undefined for anything else. */
export function decodeBalances(bytes: Bytes): ReadonlyMap<string, number> | undefined {
  let value: Canonical;
  try {
    value = decodeCanonical(bytes);
  } catch {
    return undefined;
  }
  if (value === null || typeof value !== "object" || Array.isArray(value) || value instanceof Uint8Array)
    return undefined;
  const entries = Object.entries(value);
  return entries.every((entry): entry is [string, number] => typeof entry[1] === "number")
    ? new Map(entries)
    : undefined;
}
