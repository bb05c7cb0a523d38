/**
 * What keyed digits mean as money. Without a point they fill from the right, as on a cash register: `499` is 4.99;
 * with one they are whole units: `5.` is 5.00. Null when they are no amount.
 */
export function parseMoneyEntry(text: string, currencyDigits: number): number | null {
  const match = /^(\d{0,11})(?:[.,](\d*))?$/.exec(text.trim());
  if (!match || text.trim() === "" || /^[.,]$/.test(text.trim())) return null;
  const [, whole = "", fraction] = match;
  if (fraction === undefined) return Number(whole);
  if (fraction.length > currencyDigits) return null;
  return Number(`${whole === "" ? "0" : whole}${fraction.padEnd(currencyDigits, "0")}`);
}

/** Thousandths of a unit from `3`, `0.45` or `1,5`; null when it is no quantity. */
export function parseQuantityEntry(text: string): number | null {
  const match = /^(\d{0,6})(?:[.,](\d{0,3}))?$/.exec(text.trim());
  if (!match) return null;
  const [, whole = "", fraction = ""] = match;
  if (whole === "" && fraction === "") return null;
  return Number(whole === "" ? "0" : whole) * 1000 + Number(fraction.padEnd(3, "0"));
}

/** Hundredths of a percent from `10` or `12.5`; null below 0.01 or above 100. */
export function parsePercentEntry(text: string): number | null {
  const match = /^(\d{1,3})(?:[.,](\d{0,2}))?$/.exec(text.trim());
  if (!match) return null;
  const [, whole = "0", fraction = ""] = match;
  const basisPoints = Number(whole) * 100 + Number(fraction.padEnd(2, "0"));
  return basisPoints >= 1 && basisPoints <= 10_000 ? basisPoints : null;
}
