import { lineAt, type PriceBookColumns, type TextColumn } from "./columns.ts";
import { compareItemIds } from "./item.ts";

/** One set of columns from a price book's segments in their order; throws `RangeError` when that order is not by id. */
export function joinColumns(segments: readonly PriceBookColumns[]): PriceBookColumns {
  const parts = segments.filter((segment) => segment.count > 0);
  for (let i = 1; i < parts.length; i++) {
    const last = lineAt(parts[i - 1]!.ids, parts[i - 1]!.count - 1);
    if (compareItemIds(last, lineAt(parts[i]!.ids, 0)) >= 0)
      throw new RangeError("segments are not in order");
  }
  const count = parts.reduce((sum, part) => sum + part.count, 0);
  const departments = joinDictionaries(parts, (part) => part.departments);
  const taxClasses = joinDictionaries(parts, (part) => part.taxClasses);
  const joined = {
    departmentOf: new Uint16Array(count),
    taxClassOf: new Uint16Array(count),
    pricesMinor: new Float64Array(count),
    flags: new Uint8Array(count),
    ages: new Uint8Array(count),
    gtinStarts: new Uint32Array(count + 1),
    gtins: new Float64Array(parts.reduce((sum, part) => sum + part.gtins.length, 0)),
  };
  const otherCodes = new Map<number, readonly string[]>();
  let row = 0;
  let gtin = 0;
  for (const [p, part] of parts.entries()) {
    joined.pricesMinor.set(part.pricesMinor, row);
    joined.flags.set(part.flags, row);
    joined.ages.set(part.ages, row);
    joined.gtins.set(part.gtins, gtin);
    for (let i = 0; i < part.count; i++) {
      joined.departmentOf[row + i] = departments.places[p]![part.departmentOf[i]!]!;
      joined.taxClassOf[row + i] = taxClasses.places[p]![part.taxClassOf[i]!]!;
      joined.gtinStarts[row + i + 1] = gtin + part.gtinStarts[i + 1]!;
    }
    for (const [own, codes] of part.otherCodes) otherCodes.set(row + own, codes);
    row += part.count;
    gtin += part.gtins.length;
  }
  return {
    ...joined,
    count,
    ids: joinTexts(parts.map((part) => part.ids)),
    names: joinTexts(parts.map((part) => part.names)),
    departments: departments.words,
    taxClasses: taxClasses.words,
    otherCodes,
  };
}

function joinTexts(columns: readonly TextColumn[]): TextColumn {
  const starts = new Uint32Array(columns.reduce((sum, column) => sum + column.starts.length - 1, 0) + 1);
  let row = 0;
  let at = 0;
  for (const column of columns) {
    for (let i = 0; i < column.starts.length; i++) starts[row + i] = at + column.starts[i]!;
    row += column.starts.length - 1;
    at += column.text.length + 1;
  }
  return { text: columns.map((column) => column.text).join("\n"), starts };
}

function joinDictionaries(
  parts: readonly PriceBookColumns[],
  wordsOf: (part: PriceBookColumns) => readonly string[],
): { readonly words: readonly string[]; readonly places: readonly (readonly number[])[] } {
  const placeOf = new Map<string, number>();
  const places = parts.map((part) =>
    wordsOf(part).map((word) => {
      const place = placeOf.get(word) ?? placeOf.size;
      placeOf.set(word, place);
      return place;
    }),
  );
  if (placeOf.size > 65_535) throw new RangeError("too many different values for one column");
  return { words: [...placeOf.keys()], places };
}
