import { parseQuantityEntry } from "../format/parse-entry.ts";

/** What the cashier keys: digits, and the quantity that the next item takes. */
export interface Entry {
  readonly text: string;
  readonly quantityMilli: number | null;
}

export const emptyEntry: Entry = { text: "", quantityMilli: null };

/** The entry after one key: a digit, a point, `00`, `*`, `Backspace` or `Escape`. Others change nothing. */
export function typeEntry(entry: Entry, key: string): Entry {
  if (/^\d{1,2}$/.test(key)) return entry.text.length >= 48 ? entry : { ...entry, text: entry.text + key };
  if (key === "." || key === ",")
    return entry.text.includes(".") ? entry : { ...entry, text: `${entry.text}.` };
  if (key === "*") {
    const quantityMilli = parseQuantityEntry(entry.text);
    return quantityMilli === null ? entry : { text: "", quantityMilli };
  }
  if (key === "Backspace") {
    return entry.text === "" ? emptyEntry : { ...entry, text: entry.text.slice(0, -1) };
  }
  return key === "Escape" ? emptyEntry : entry;
}
