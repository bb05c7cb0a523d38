/**
 * The three characters `]cm` that a scanner may send before the data to say which symbology it read (ISO/IEC 15424).
 * What they tell decides how the rest is read.
 */
export type AimReading = "gtin" | "gtin-8" | "gtin-with-add-on" | "gs1" | "itf" | "plain";

const kinds: Readonly<Record<string, AimReading>> = {
  "]E0": "gtin",
  "]E3": "gtin-with-add-on",
  "]E4": "gtin-8",
  "]C1": "gs1",
  "]e0": "gs1",
  "]e1": "gs1",
  "]e2": "gs1",
  "]d2": "gs1",
  "]Q3": "gs1",
  "]J1": "gs1",
  "]I0": "itf",
  "]I1": "itf",
};

/** Splits the identifier from the data; undefined when there is none. Other symbologies carry plain text. */
export function splitAim(text: string): { readonly reading: AimReading; readonly data: string } | undefined {
  if (!/^\][A-Za-z][0-9A-Za-z]/.test(text)) return undefined;
  return { reading: kinds[text.slice(0, 3)] ?? "plain", data: text.slice(3) };
}
