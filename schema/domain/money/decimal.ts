type DecimalProblem =
  | { readonly type: "not-a-number"; readonly text: string }
  | { readonly type: "too-many-digits"; readonly text: string; readonly digits: number }
  | { readonly type: "too-large"; readonly text: string };

export type DecimalResult =
  | { readonly ok: true; readonly value: number }
  | { readonly ok: false; readonly problem: DecimalProblem };

/**
 * Reads plain decimal text ("12.50", "-3", ".5") as an integer count of 10^-digits: `parseDecimal("12.5", 2)` is 1250.
 * A point, no grouping, no exponent, no locale. Digits that the unit does not have are refused unless they are zeros.
 */
export function parseDecimal(text: string, digits: number): DecimalResult {
  const match = /^([+-]?)(\d*)(?:\.(\d*))?$/.exec(text.trim());
  const wholePart = match?.[2] ?? "";
  const decimals = match?.[3] ?? "";
  if (!match || wholePart + decimals === "")
    return { ok: false, problem: { type: "not-a-number", text: text.slice(0, 80) } };
  if (/[1-9]/.test(decimals.slice(digits)))
    return { ok: false, problem: { type: "too-many-digits", text: text.slice(0, 80), digits } };
  const value = Number(wholePart + decimals.slice(0, digits).padEnd(digits, "0"));
  if (!Number.isSafeInteger(value))
    return { ok: false, problem: { type: "too-large", text: text.slice(0, 80) } };
  return { ok: true, value: match[1] === "-" && value !== 0 ? -value : value };
}

/** The inverse: `formatDecimal(1250, 2)` is "12.50". Always all digits, always a point. */
export function formatDecimal(value: number, digits: number): string {
  const text = String(Math.abs(value)).padStart(digits + 1, "0");
  const sign = value < 0 ? "-" : "";
  return digits === 0 ? sign + text : `${sign}${text.slice(0, -digits)}.${text.slice(-digits)}`;
}

/** A quantity in thousandths without needless zeros: 1000 is "1", 1250 is "1.25". */
export function formatMilli(valueMilli: number): string {
  return formatDecimal(valueMilli, 3).replace(/\.?0+$/, "");
}

/** A rate in millionths as percent without needless zeros: 55000 is "5.5", 99750 is "9.975". */
export function formatPercentPpm(ratePpm: number): string {
  return formatDecimal(ratePpm, 4).replace(/\.?0+$/, "");
}
