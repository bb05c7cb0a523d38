import { type Bytes, concatBytes } from "../../bytes.ts";
import { ByteReader, ByteWriter } from "./byte-columns.ts";
import { compareItemIds, type PriceBookItem } from "./item.ts";

/**
 * A slice of a price book as columns: the plaintext of one segment. The same items always give the same bytes.
 *
 * `TMPB`, version 1, the number of items, then eleven sections, each with its length in bytes in front. Numbers are
 * LEB128. Text sections are UTF-8 lines, one an item or one a word of a dictionary, joined by line feeds. In this order:
 * ids, ascending; names; departments in use, ascending; each item's department; tax classes in use; each item's; prices;
 * a byte each for unit (0 piece, 1 kg, 2 l) and open price (+4); ages (0: none); GTINs (how many, for each item, then
 * six bytes each, little-endian, ascending within an item); other codes (how many items have any, then for each the
 * distance to its row, then lines of codes joined by blanks).
 */
export interface PriceBookColumns {
  readonly count: number;
  readonly ids: TextColumn;
  readonly names: TextColumn;
  readonly departments: readonly string[];
  readonly departmentOf: Uint16Array;
  readonly taxClasses: readonly string[];
  readonly taxClassOf: Uint16Array;
  readonly pricesMinor: Float64Array;
  /** Unit in the two low bits, as `units` lists them; 4: open price. */
  readonly flags: Uint8Array;
  /** 0: anyone may buy it. */
  readonly ages: Uint8Array;
  /** Where each item's GTINs begin in `gtins`; one more entry than items. */
  readonly gtinStarts: Uint32Array;
  readonly gtins: Float64Array;
  /** Codes that are no GTIN, by row. */
  readonly otherCodes: ReadonlyMap<number, readonly string[]>;
}

/** Lines joined by line feeds; line `i` is `text.slice(starts[i], starts[i + 1] - 1)`. */
export interface TextColumn {
  readonly text: string;
  readonly starts: Uint32Array;
}

export type ColumnsResult =
  | { readonly type: "columns"; readonly columns: PriceBookColumns }
  | { readonly type: "bad-columns"; readonly problem: string };

export const units = ["piece", "kg", "l"] as const;
const openPriceFlag = 4;
const magic = [0x54, 0x4d, 0x50, 0x42, 1] as const;
const gtinPattern = /^\d{14}$/;

/** Throws `RangeError` when the items are not sorted by id, or one cannot be written: whoever made them checks first. */
export function encodeColumns(items: readonly PriceBookItem[]): Bytes {
  for (let i = 1; i < items.length; i++)
    if (compareItemIds(items[i - 1]!.itemId, items[i]!.itemId) >= 0)
      throw new RangeError(`items are not sorted by id: ${items[i]!.itemId}`);
  const departments = dictionaryOf(items.map((item) => item.departmentId));
  const taxClasses = dictionaryOf(items.map((item) => item.taxClassId));
  const gtins = items.map((item) => item.barcodes.filter((code) => gtinPattern.test(code)).sort());
  const others = items.map((item) => item.barcodes.filter((code) => !gtinPattern.test(code)).sort());
  const sections: Bytes[] = [
    lines(items.map((item) => item.itemId)),
    lines(items.map((item) => item.name)),
    lines(departments.words),
    numbers(departments.places),
    lines(taxClasses.words),
    numbers(taxClasses.places),
    numbers(items.map((item) => item.priceMinor)),
    Uint8Array.from(
      items,
      (item) => units.indexOf(item.unit) | (item.openPrice === true ? openPriceFlag : 0),
    ),
    numbers(items.map((item) => item.ageYears ?? 0)),
    gtinSection(gtins),
    otherSection(others),
  ];
  const head = new ByteWriter();
  head.varint(items.length);
  const parts: Bytes[] = [Uint8Array.from(magic), head.bytes()];
  for (const section of sections) {
    const length = new ByteWriter();
    length.varint(section.length);
    parts.push(length.bytes(), section);
  }
  return concatBytes(...parts);
}

/** Never throws on any bytes; items are made one by one with `itemAt`. */
export function decodeColumns(bytes: Bytes): ColumnsResult {
  try {
    return { type: "columns", columns: readColumns(bytes) };
  } catch (error) {
    return { type: "bad-columns", problem: error instanceof Error ? error.message : String(error) };
  }
}

export function itemAt(columns: PriceBookColumns, row: number): PriceBookItem {
  if (!(row >= 0 && row < columns.count)) throw new RangeError(`no row ${row} in ${columns.count} items`);
  const flags = columns.flags[row]!;
  const ageYears = columns.ages[row]!;
  const barcodes: string[] = [];
  for (let i = columns.gtinStarts[row]!; i < columns.gtinStarts[row + 1]!; i++)
    barcodes.push(String(columns.gtins[i]).padStart(14, "0"));
  return {
    itemId: lineAt(columns.ids, row),
    name: lineAt(columns.names, row),
    barcodes: [...barcodes, ...(columns.otherCodes.get(row) ?? [])],
    departmentId: columns.departments[columns.departmentOf[row]!]!,
    unit: units[flags & 3]!,
    priceMinor: columns.pricesMinor[row]!,
    taxClassId: columns.taxClasses[columns.taxClassOf[row]!]!,
    ...(ageYears === 0 ? {} : { ageYears }),
    ...(flags & openPriceFlag ? { openPrice: true } : {}),
  };
}

export function lineAt(column: TextColumn, row: number): string {
  return column.text.slice(column.starts[row], column.starts[row + 1]! - 1);
}

function readColumns(bytes: Bytes): PriceBookColumns {
  const reader = new ByteReader(bytes);
  for (const byte of magic) if (reader.byte() !== byte) throw new RangeError("not a price book of version 1");
  const count = reader.varint();
  // An item takes two bytes in its text sections alone; so a short file cannot ask for a great deal of memory.
  if (count > bytes.length) throw new RangeError(`${count} items in ${bytes.length} bytes`);
  const section = (): ByteReader => new ByteReader(reader.take(reader.varint()));
  const ids = textColumn(section(), count);
  for (let row = 1; row < count; row++)
    if (compareItemIds(lineAt(ids, row - 1), lineAt(ids, row)) >= 0)
      throw new RangeError("ids are not ascending");
  const names = textColumn(section(), count);
  const departments = dictionaryWords(section());
  const departmentOf = Uint16Array.from(section().varints(count, departments.length));
  const taxClasses = dictionaryWords(section());
  const taxClassOf = Uint16Array.from(section().varints(count, taxClasses.length));
  const pricesMinor = section().varints(count, Number.MAX_SAFE_INTEGER);
  const flagBytes = section();
  const flags = flagBytes.take(count).slice();
  flagBytes.end();
  if (flags.some((flag) => (flag & 3) === 3 || flag > 7)) throw new RangeError("an unknown unit");
  const ages = Uint8Array.from(section().varints(count, 256));
  const { gtinStarts, gtins } = readGtins(section(), count);
  const otherCodes = readOthers(section(), count);
  reader.end();
  return {
    count,
    ids,
    names,
    departments,
    departmentOf,
    taxClasses,
    taxClassOf,
    pricesMinor,
    flags,
    ages,
    gtinStarts,
    gtins,
    otherCodes,
  };
}

function dictionaryOf(values: readonly string[]): { words: readonly string[]; places: readonly number[] } {
  const words = [...new Set(values)].sort(compareItemIds);
  if (words.length > 65_535) throw new RangeError("too many different values for one column");
  const places = new Map(words.map((word, place) => [word, place]));
  return { words, places: values.map((value) => places.get(value)!) };
}

function dictionaryWords(section: ByteReader): readonly string[] {
  const text = section.rest();
  const words = text === "" ? [] : text.split("\n");
  if (words.length > 65_535) throw new RangeError("a dictionary is too long");
  for (let i = 1; i < words.length; i++)
    if (compareItemIds(words[i - 1]!, words[i]!) >= 0) throw new RangeError("a dictionary is not ascending");
  return words;
}

function lines(values: readonly string[]): Bytes {
  for (const value of values)
    if (value === "" || value.includes("\n") || /\p{Surrogate}/u.test(value))
      throw new RangeError(`not a line of text: ${JSON.stringify(value)}`);
  return new TextEncoder().encode(values.join("\n"));
}

function numbers(values: readonly number[]): Bytes {
  const writer = new ByteWriter();
  for (const value of values) writer.varint(value);
  return writer.bytes();
}

function textColumn(section: ByteReader, count: number): TextColumn {
  const text = section.rest();
  const starts = new Uint32Array(count + 1);
  let at = 0;
  for (let row = 0; row < count; row++) {
    const end = row === count - 1 ? text.length : text.indexOf("\n", at);
    if (end <= at) throw new RangeError("a text column has too few lines, or an empty one");
    at = end + 1;
    starts[row + 1] = at;
  }
  if (text.indexOf("\n", starts[Math.max(0, count - 1)]) !== -1 || (count === 0 && text !== ""))
    throw new RangeError("a text column has too many lines");
  return { text, starts };
}

function gtinSection(gtins: readonly (readonly string[])[]): Bytes {
  const writer = new ByteWriter();
  for (const own of gtins) writer.varint(own.length);
  for (const own of gtins) for (const gtin of own) writer.uint48(Number(gtin));
  return writer.bytes();
}

function readGtins(section: ByteReader, count: number): { gtinStarts: Uint32Array; gtins: Float64Array } {
  const gtinStarts = new Uint32Array(count + 1);
  for (let row = 0; row < count; row++) gtinStarts[row + 1] = gtinStarts[row]! + section.varint();
  if (gtinStarts[count]! * 6 !== section.left())
    throw new RangeError("the GTINs are not as many as announced");
  const gtins = new Float64Array(gtinStarts[count]!);
  for (let i = 0; i < gtins.length; i++) {
    gtins[i] = section.uint48();
    if (gtins[i]! >= 1e14) throw new RangeError("a GTIN has more than 14 digits");
  }
  return { gtinStarts, gtins };
}

function otherSection(others: readonly (readonly string[])[]): Bytes {
  const rows = [...others.keys()].filter((row) => others[row]!.length > 0);
  for (const row of rows)
    for (const code of others[row]!)
      if (code === "" || /\s/.test(code)) throw new RangeError(`not a barcode: ${JSON.stringify(code)}`);
  const places = numbers([rows.length, ...rows.map((row, i) => row - (rows[i - 1] ?? 0))]);
  return concatBytes(places, lines(rows.map((row) => others[row]!.join(" "))));
}

function readOthers(section: ByteReader, count: number): ReadonlyMap<number, readonly string[]> {
  const places = section.varints(section.varint(), count, true);
  const text = section.rest();
  const codes = text === "" ? [] : text.split("\n");
  if (codes.length !== places.length) throw new RangeError("the codes are not as many as announced");
  const byRow = new Map<number, readonly string[]>();
  let row = 0;
  for (const [i, distance] of places.entries()) {
    row += distance;
    if (row >= count || byRow.has(row)) throw new RangeError("a code belongs to no item");
    byRow.set(row, codes[i]!.split(" "));
  }
  return byRow;
}
