import { decode, encode, rfc8949EncodeOptions } from "cborg";
import { type Bytes, equalBytes } from "./bytes.ts";

/**
 * The one way Tillmesh turns a value into bytes that are signed or hashed: deterministic CBOR (RFC 8949, 4.2.1).
 * The same value always gives the same bytes. Integers, text, bytes, arrays, maps with text keys, true, false and
 * null only: no floats, no undefined.
 */
export type Canonical =
  | number
  | string
  | boolean
  | null
  | Bytes
  | readonly Canonical[]
  | { readonly [key: string]: Canonical };

/** Throws `RangeError` on what has no canonical form (a fraction, `undefined`). Keys whose value is undefined: refused. */
export function encodeCanonical(value: Canonical): Bytes {
  return encode(value, {
    ...rfc8949EncodeOptions,
    typeEncoders: {
      ...rfc8949EncodeOptions.typeEncoders,
      number: (n: number) => {
        if (!Number.isSafeInteger(n)) throw new RangeError(`not a safe integer: ${n}`);
        return null;
      },
      undefined: () => {
        throw new RangeError("undefined has no canonical form");
      },
    },
  });
}

/** The inverse; throws `RangeError` on anything that `encodeCanonical` would not have written byte for byte. */
export function decodeCanonical(bytes: Bytes): Canonical {
  const value = decodeTrusted(bytes);
  if (!equalBytes(encodeCanonical(value), bytes))
    throw new RangeError("not canonical CBOR: another encoding of the same value");
  return value;
}

/** The inverse for bytes whose canonical form was checked when they first came in; three times as fast. */
export function decodeTrusted(bytes: Bytes): Canonical {
  try {
    return decode(bytes, {
      strict: true,
      allowIndefinite: false,
      allowUndefined: false,
      allowInfinity: false,
      allowNaN: false,
      allowBigInt: false,
      rejectDuplicateMapKeys: true,
    }) as Canonical;
  } catch (error) {
    throw new RangeError(`not canonical CBOR: ${error instanceof Error ? error.message : String(error)}`);
  }
}
