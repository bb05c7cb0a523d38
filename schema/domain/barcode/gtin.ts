import type { Brand } from "../../bytes.ts";
import { checkDigit, endsInCheckDigit } from "./check-digit.ts";

/** A GTIN of any kind as 14 decimal digits with leading zeros: the key by which goods are found. */
export type Gtin14 = Brand<string, "Gtin14">;

export type GtinReading =
  | {
      readonly type: "gtin";
      readonly gtin14: Gtin14;
      /** Eight digits may be right both as EAN-8 and as UPC-E: this is the second reading, to try when the first is unknown. */
      readonly otherGtin14?: Gtin14;
    }
  | { readonly type: "bad-check-digit" }
  /** Not the length of a GTIN, or not digits. */
  | { readonly type: "not-gtin" };

/** Reads EAN-8, UPC-E (8 digits), UPC-A, EAN-13 and GTIN-14 by their length. */
export function readGtin(digits: string): GtinReading {
  if (!/^(?:\d{8}|\d{12,14})$/.test(digits)) return { type: "not-gtin" };
  const upcA = digits.length === 8 ? expandUpcE(digits) : undefined;
  if (endsInCheckDigit(digits)) {
    const gtin14 = padGtin(digits);
    return upcA ? { type: "gtin", gtin14, otherGtin14: padGtin(upcA) } : { type: "gtin", gtin14 };
  }
  return upcA ? { type: "gtin", gtin14: padGtin(upcA) } : { type: "bad-check-digit" };
}

/** Digits whose check digit is known to be right. */
export function padGtin(digits: string): Gtin14 {
  return digits.padStart(14, "0") as Gtin14;
}

/**
 * UPC-E to UPC-A: eight digits with number system (0 or 1) and check digit, or six, for number system 0. Undefined
 * when it is none or the check digit (that of the UPC-A) is wrong. GS1 General Specifications, 5.2.2.4.2.
 */
export function expandUpcE(code: string): string | undefined {
  const match = /^(?:([01])(\d{6})(\d)|(\d{6}))$/.exec(code);
  if (!match) return undefined;
  const system = match[1] ?? "0";
  const six = match[2] ?? match[4]!;
  const last = six.charCodeAt(5) - 48;
  const body =
    last <= 2
      ? `${six.slice(0, 2)}${last}0000${six.slice(2, 5)}`
      : last === 3
        ? `${six.slice(0, 3)}00000${six.slice(3, 5)}`
        : last === 4
          ? `${six.slice(0, 4)}00000${six[4]}`
          : `${six.slice(0, 5)}0000${last}`;
  const check = checkDigit(system + body);
  if (match[3] !== undefined && Number(match[3]) !== check) return undefined;
  return `${system}${body}${check}`;
}

/**
 * Numbers that mean something in one store or company only: EAN-13 and UPC-A beginning with 02, 04 or 20 to 29, and
 * GTIN-8 beginning with 0 or 2. GS1 General Specifications, 1.4.5.
 */
export function isInStore(gtin14: Gtin14): boolean {
  return /^(?:00[24]|02)/.test(gtin14) || /^000000[02]/.test(gtin14);
}
