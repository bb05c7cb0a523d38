import { type Canonical, decodeTrusted, encodeCanonical } from "../canonical.ts";
import type { Bytes } from "../bytes.ts";

/**
 * Values that change as a whole stand in a document as one opaque scalar: Automerge would otherwise keep every
 * character of a string, and every field of an object, as an operation of its own.
 */
export function toValue(value: Canonical): Bytes {
  return encodeCanonical(value);
}

/** The value, or undefined where there is none or it is not one: a reader never falls over what another till wrote. */
export function fromValue(bytes: unknown): Canonical | undefined {
  if (!(bytes instanceof Uint8Array)) return undefined;
  try {
    return decodeTrusted(bytes);
  } catch {
    return undefined;
  }
}

/** `fromValue` for maps. */
export function mapFromValue(bytes: unknown): { readonly [key: string]: Canonical } | undefined {
  const value = fromValue(bytes);
  return value !== null &&
    typeof value === "object" &&
    !Array.isArray(value) &&
    !(value instanceof Uint8Array)
    ? (value as { readonly [key: string]: Canonical })
    : undefined;
}
