/** Bytes and their text forms; what every other room of the schema stands on. */

declare const brand: unique symbol;
export type Brand<T, Name extends string> = T & { readonly [brand]: Name };

export type Bytes = Uint8Array;

/** An Ed25519 public key as 64 lower-case hex digits: who a till is. */
export type DeviceId = Brand<string, "DeviceId">;
/** 32 lower-case hex digits: which store. */
export type StoreId = Brand<string, "StoreId">;
/** BLAKE2b-256 of some bytes, as 64 lower-case hex digits. */
export type HashHex = Brand<string, "HashHex">;
/** Milliseconds since 1970-01-01T00:00Z. */
export type TimeMs = number;

/** Where randomness comes from; `schema` never makes its own. */
export type RandomBytes = (length: number) => Bytes;

const hexDigits = "0123456789abcdef";

export function toHex(bytes: Bytes): string {
  let text = "";
  for (const byte of bytes) text += hexDigits[byte >> 4]! + hexDigits[byte & 15]!;
  return text;
}

/** Throws `RangeError` when the text is not an even number of lower-case hex digits. */
export function fromHex(text: string): Bytes {
  if (text.length % 2 !== 0 || !/^[0-9a-f]*$/.test(text))
    throw new RangeError(`not hex: ${text.slice(0, 80)}`);
  const bytes = new Uint8Array(text.length / 2);
  for (let i = 0; i < bytes.length; i++) bytes[i] = Number.parseInt(text.slice(2 * i, 2 * i + 2), 16);
  return bytes;
}

export function concatBytes(...parts: readonly Bytes[]): Bytes {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export function equalBytes(a: Bytes, b: Bytes): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
