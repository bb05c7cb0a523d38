import { readGtin } from "../barcode/gtin.ts";
import { plainKey } from "../barcode/parse-barcode.ts";
import { csvRows, detectDelimiter, type Delimiter } from "./csv-rows.ts";
import { compareItemIds, type PriceBookItem } from "./item.ts";

/**
 * A price book from CSV. The first row names the columns, in any order; names are read without regard to case, and
 * blanks in them as underscores.
 *
 * | column       | needed | what                                                                                  |
 * |--------------|--------|---------------------------------------------------------------------------------------|
 * | `item_id`    | yes    | 1 to 40 characters, no blanks; each once                                              |
 * | `name`       | yes    | 1 to 120 characters                                                                   |
 * | `price`      | yes    | in the store's currency: `1.99`, or `1,99` unless commas separate; `open`: asked for  |
 * | `department` | yes    | id or name of a department of the store                                               |
 * | `barcode`    | no     | any number, separated by blanks or `|`; EAN, UPC and GTIN with their check digits     |
 * | `unit`       | no     | `piece` (the default), `kg` or `l`                                                    |
 * | `tax_class`  | no     | id of a tax class; without it the department's                                        |
 * | `age`        | no     | years the buyer must have                                                             |
 * | `stock`      | no     | quantity on hand, at most three decimals                                              |
 */
export interface ImportOptions {
  readonly currency: { readonly code: string; readonly digits: number };
  readonly departments: readonly {
    readonly id: string;
    readonly name: string;
    readonly taxClassId: string;
  }[];
  readonly taxClassIds: readonly string[];
}

export interface PriceBookImport {
  /** The good rows, sorted by item id. Whoever publishes decides whether a file with bad rows may be used. */
  readonly items: readonly PriceBookItem[];
  /** For the good rows that name one. */
  readonly stock: readonly { readonly itemId: string; readonly quantityMilli: number }[];
  /** In the order of the file. `line` is the physical line where the row begins, the first being 1. */
  readonly bad: readonly { readonly line: number; readonly reason: string }[];
  /** Rows of data, good and bad. */
  readonly rows: number;
  /** Columns of the file that mean nothing here. */
  readonly ignoredColumns: readonly string[];
}

const required = ["item_id", "name", "price", "department"] as const;
const optional = ["barcode", "unit", "tax_class", "age", "stock"] as const;
type Column = (typeof required)[number] | (typeof optional)[number];

/** How many rows are read between two yields. */
const slice = 1000;

/** Yields the share of the file read so far, 0 to 1, so that a caller can breathe; returns the outcome. */
export function* importPriceBook(text: string, options: ImportOptions): Generator<number, PriceBookImport> {
  const delimiter = detectDelimiter(text);
  const rows = csvRows(text, delimiter);
  const first = rows.next();
  if (first.done) return rejected(1, "the file is empty");
  if (first.value.type === "bad-row") return rejected(first.value.line, first.value.reason);
  const header = readHeader(first.value.fields);
  if ("problem" in header) return rejected(first.value.line, header.problem);

  const reader = rowReader(options, delimiter);
  const bad: { line: number; reason: string }[] = [];
  const items: PriceBookItem[] = [];
  const stock: { itemId: string; quantityMilli: number }[] = [];
  const itemLines = new Map<string, number>();
  const barcodeLines = new Map<string, number>();
  let count = 0;
  for (const row of rows) {
    if (++count % slice === 0) yield Math.min(1, row.end / text.length);
    if (row.type === "bad-row") {
      bad.push({ line: row.line, reason: row.reason });
      continue;
    }
    if (row.fields.length !== header.width) {
      const reason = `the row has ${row.fields.length} fields, the first row has ${header.width}`;
      bad.push({ line: row.line, reason });
      continue;
    }
    const field = (column: Column): string => row.fields[header.places[column] ?? -1]?.trim() ?? "";
    const read = reader(field);
    const problems = [...read.problems];
    const twice = itemLines.get(read.item.itemId);
    if (twice !== undefined) problems.push(`item_id "${read.item.itemId}" is already on line ${twice}`);
    for (const key of read.item.barcodes) {
      const other = barcodeLines.get(key);
      if (other !== undefined) problems.push(`barcode ${key} is already on line ${other}`);
    }
    // Even a bad row keeps its id and barcodes: what repeats them is wrong whether or not it is mended.
    if (read.item.itemId !== "" && twice === undefined) itemLines.set(read.item.itemId, row.line);
    for (const key of read.item.barcodes) if (!barcodeLines.has(key)) barcodeLines.set(key, row.line);
    if (problems.length > 0) bad.push({ line: row.line, reason: problems.join("; ") });
    else {
      items.push(read.item);
      if (read.stockMilli !== undefined)
        stock.push({ itemId: read.item.itemId, quantityMilli: read.stockMilli });
    }
  }
  items.sort((a, b) => compareItemIds(a.itemId, b.itemId));
  return { items, stock, bad, rows: count, ignoredColumns: header.ignored };
}

/** All at once, for those who need not breathe. */
export function importPriceBookNow(text: string, options: ImportOptions): PriceBookImport {
  const steps = importPriceBook(text, options);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

function rejected(line: number, reason: string): PriceBookImport {
  return { items: [], stock: [], bad: [{ line, reason }], rows: 0, ignoredColumns: [] };
}

type Header =
  | {
      readonly places: Readonly<Partial<Record<Column, number>>>;
      readonly width: number;
      readonly ignored: readonly string[];
    }
  | { readonly problem: string };

function readHeader(fields: readonly string[]): Header {
  const places: Partial<Record<Column, number>> = {};
  const ignored: string[] = [];
  for (const [place, title] of fields.entries()) {
    const name = title.trim().toLowerCase().replaceAll(/\s+/g, "_");
    const column = [...required, ...optional].find((known) => known === name);
    if (!column) ignored.push(title.trim());
    else if (places[column] !== undefined) return { problem: `column ${column} is there twice` };
    else places[column] = place;
  }
  const missing = required.filter((column) => places[column] === undefined);
  if (missing.length > 0)
    return { problem: `the first row must name the columns; missing: ${missing.join(", ")}` };
  return { places, width: fields.length, ignored };
}

interface RowRead {
  readonly item: PriceBookItem;
  readonly stockMilli: number | undefined;
  readonly problems: readonly string[];
}

function rowReader(
  options: ImportOptions,
  delimiter: Delimiter,
): (field: (column: Column) => string) => RowRead {
  const departments = new Map<string, { readonly id: string; readonly taxClassId: string }>();
  for (const department of options.departments) departments.set(department.name.toLowerCase(), department);
  for (const department of options.departments) departments.set(department.id.toLowerCase(), department);
  const taxClassIds = new Set(options.taxClassIds);

  return (field) => {
    const problems: string[] = [];
    const itemId = field("item_id");
    problems.push(...judgeText("item_id", itemId, 40));
    if (/\s/.test(itemId)) problems.push(`item_id "${itemId}" has blanks in it`);
    const name = field("name");
    problems.push(...judgeText("name", name, 120));

    const open = field("price").toLowerCase() === "open";
    const price = open ? 0 : readPrice(field("price"), options.currency, delimiter);
    if (typeof price === "string") problems.push(price);

    const department = departments.get(field("department").toLowerCase());
    if (!department)
      problems.push(
        field("department") === ""
          ? "department is empty"
          : `department "${field("department")}" is not one of this store's`,
      );
    const taxClassId = field("tax_class") === "" ? (department?.taxClassId ?? "") : field("tax_class");
    if (department && !taxClassIds.has(taxClassId))
      problems.push(`tax_class "${taxClassId}" is not one of this store's`);

    const unit = readUnit(field("unit"));
    if (!unit) problems.push(`unit "${field("unit")}" is none of piece, kg and l`);

    const age = field("age");
    if (age !== "" && !/^(?:[1-9]|[1-9]\d)$/.test(age))
      problems.push(`age "${age}" is not a number of years`);

    const barcodes: string[] = [];
    for (const code of field("barcode").split(/[\s|]+/)) {
      if (code === "") continue;
      const key = barcodeKey(code);
      if (key.type === "bad") problems.push(key.reason);
      else if (!barcodes.includes(key.key)) barcodes.push(key.key);
    }

    const stock = field("stock") === "" ? undefined : readDecimal(field("stock"), 3, delimiter, true);
    if (stock !== undefined && typeof stock !== "number")
      problems.push(`stock "${field("stock")}" is not a quantity with at most three decimals`);

    return {
      item: {
        itemId,
        name,
        barcodes,
        departmentId: department?.id ?? "",
        unit: unit ?? "piece",
        priceMinor: typeof price === "number" ? price : 0,
        taxClassId,
        ...(age === "" ? {} : { ageYears: Number(age) }),
        ...(open ? { openPrice: true } : {}),
      },
      stockMilli: typeof stock === "number" ? stock : undefined,
      problems,
    };
  };
}

/** The key under which an item is stored for a code in a file; the code's own check digit must be right. */
export function barcodeKey(
  code: string,
): { readonly type: "key"; readonly key: string } | { readonly type: "bad"; readonly reason: string } {
  if (/^\d(?:[.,]\d+)?E\+\d+$/i.test(code))
    return {
      type: "bad",
      reason: `barcode ${code} was shortened by a spreadsheet; format the column as text`,
    };
  if (code.length > 80)
    return { type: "bad", reason: `barcode ${code.slice(0, 20)}… is longer than 80 characters` };
  const gtin = readGtin(code);
  if (gtin.type === "gtin") return { type: "key", key: gtin.gtin14 };
  if (gtin.type === "bad-check-digit")
    return { type: "bad", reason: `barcode ${code} has a wrong check digit` };
  return hasControls(code)
    ? { type: "bad", reason: "barcode has characters that cannot be printed" }
    : { type: "key", key: plainKey(code) };
}

function judgeText(column: string, text: string, longest: number): string[] {
  if (text === "") return [`${column} is empty`];
  if (text.length > longest) return [`${column} is longer than ${longest} characters`];
  if (text.includes("\uFFFD")) return [`${column} has unreadable characters; save the file as UTF-8`];
  return hasControls(text) ? [`${column} has line breaks or characters that cannot be printed`] : [];
}

function hasControls(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 32 || (code >= 127 && code < 160) || code === 0x2028 || code === 0x2029) return true;
  }
  return /\p{Surrogate}/u.test(text);
}

function readUnit(text: string): PriceBookItem["unit"] | undefined {
  const unit = text.toLowerCase();
  return unit === "" || unit === "piece" ? "piece" : unit === "kg" || unit === "l" ? unit : undefined;
}

function readPrice(text: string, currency: ImportOptions["currency"], delimiter: Delimiter): number | string {
  if (text === "") return "price is empty";
  const read = readDecimal(text, currency.digits, delimiter, false);
  if (read === "too-precise")
    return `price "${text}" has more decimals than ${currency.code} has (${currency.digits})`;
  if (read === "not-a-number" || read < 0) return `price "${text}" is not an amount of money`;
  return read > 1e12 ? `price "${text}" is too large` : read;
}

function readDecimal(
  text: string,
  decimals: number,
  delimiter: Delimiter,
  mayBeNegative: boolean,
): number | "too-precise" | "not-a-number" {
  const match = (delimiter === "," ? /^(-?)(\d{1,13})(?:\.(\d*))?$/ : /^(-?)(\d{1,13})(?:[.,](\d*))?$/).exec(
    text,
  );
  if (!match || (match[1] === "-" && !mayBeNegative)) return "not-a-number";
  const fraction = (match[3] ?? "").replace(/0+$/, "");
  if (fraction.length > decimals) return "too-precise";
  const value = Number(match[2]! + fraction.padEnd(decimals, "0"));
  if (!Number.isSafeInteger(value)) return "not-a-number";
  return match[1] === "-" && value !== 0 ? -value : value;
}
