/** GS1 mod-10 check digits (GS1 General Specifications, 7.9.1) and the price verifier digits (7.9.2 to 7.9.4). */

/** The check digit, 0 to 9, of a string of decimal digits that does not have one yet. */
export function checkDigit(digits: string): number {
  let sum = 0;
  for (let i = digits.length - 1, weight = 3; i >= 0; i--, weight = 4 - weight)
    sum += (digits.charCodeAt(i) - 48) * weight;
  return (10 - (sum % 10)) % 10;
}

/** Whether the last of these decimal digits is the check digit of the others. */
export function endsInCheckDigit(digits: string): boolean {
  return digits.length > 1 && checkDigit(digits.slice(0, -1)) === digits.charCodeAt(digits.length - 1) - 48;
}

export function withCheckDigit(digits: string): string {
  return digits + checkDigit(digits);
}

const twoMinus = [0, 2, 4, 6, 8, 9, 1, 3, 5, 7];
const three = [0, 3, 6, 9, 2, 5, 8, 1, 4, 7];
const fivePlus = [0, 5, 1, 6, 2, 7, 3, 8, 4, 9];
const fiveMinus = [0, 5, 9, 4, 8, 3, 7, 2, 6, 1];

/**
 * The verifier digit of a price (or weight) field of four or five digits, as labels of variable-measure goods carry
 * it in some countries; undefined for any other length, for which no rule exists.
 */
export function priceVerifier(digits: string): number | undefined {
  const weights =
    digits.length === 4
      ? [twoMinus, twoMinus, three, fiveMinus]
      : digits.length === 5
        ? [fivePlus, twoMinus, fiveMinus, fivePlus, twoMinus]
        : undefined;
  if (!weights || !/^\d+$/.test(digits)) return undefined;
  const sum = weights.reduce((total, weight, i) => total + weight[digits.charCodeAt(i) - 48]!, 0);
  return digits.length === 4 ? (sum * 3) % 10 : fiveMinus.indexOf((10 - (sum % 10)) % 10);
}
