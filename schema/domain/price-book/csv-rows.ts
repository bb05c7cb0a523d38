/**
 * CSV after RFC 4180, one row at a time, with the physical line where each row begins. (csv-parse would do, but its
 * types bring all of Node into `schema`, and it can neither stop between rows nor go on after a bad one.)
 */
export type CsvRow =
  | { readonly type: "row"; readonly line: number; readonly fields: readonly string[] }
  | { readonly type: "bad-row"; readonly line: number; readonly reason: string; readonly at: number };

export type Delimiter = "," | ";" | "\t";

const quote = 34;
const lineFeed = 10;
const carriageReturn = 13;

/** The most frequent of comma, semicolon and tab in the first line, outside quotation marks. */
export function detectDelimiter(text: string): Delimiter {
  const counts = { ",": 0, ";": 0, "\t": 0 };
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const char = text[i]!;
    if (char === '"') quoted = !quoted;
    else if (!quoted && (char === "\n" || char === "\r")) break;
    else if (!quoted && (char === "," || char === ";" || char === "\t")) counts[char]++;
  }
  if (counts[";"] > counts[","] && counts[";"] >= counts["\t"]) return ";";
  return counts["\t"] > counts[","] ? "\t" : ",";
}

/** Rows separated by LF, CRLF or CR; empty lines are passed over. A quotation mark inside an unquoted field is itself. */
export function* csvRows(
  text: string,
  delimiter: Delimiter,
): Generator<CsvRow & { readonly end: number }, void> {
  const separator = delimiter.charCodeAt(0);
  let at = text.startsWith("\uFEFF") ? 1 : 0;
  let line = 1;
  while (at < text.length) {
    const rowLine = line;
    const fields: string[] = [];
    let reason: string | undefined;
    for (;;) {
      if (text.charCodeAt(at) === quote) {
        const close = closingQuote(text, at + 1);
        if (close === -1) {
          const reason = "a quotation mark is opened and never closed";
          yield { type: "bad-row", line: rowLine, reason, at, end: text.length };
          return;
        }
        const inner = text.slice(at + 1, close);
        fields.push(inner.includes('"') ? inner.replaceAll('""', '"') : inner);
        line += countLines(inner);
        at = close + 1;
        const next = text.charCodeAt(at);
        if (at < text.length && next !== separator && next !== lineFeed && next !== carriageReturn) {
          reason ??= "there is text after a closing quotation mark";
          at = endOfField(text, at, separator);
        }
      } else {
        const end = endOfField(text, at, separator);
        fields.push(text.slice(at, end));
        at = end;
      }
      if (at >= text.length || text.charCodeAt(at) !== separator) break;
      at++;
    }
    if (text.charCodeAt(at) === carriageReturn && text.charCodeAt(at + 1) === lineFeed) at++;
    at++;
    line++;
    if (reason !== undefined) yield { type: "bad-row", line: rowLine, reason, at, end: at };
    else if (fields.length > 1 || fields[0] !== "") yield { type: "row", line: rowLine, fields, end: at };
  }
}

function endOfField(text: string, from: number, separator: number): number {
  let at = from;
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === separator || code === lineFeed || code === carriageReturn) break;
  }
  return at;
}

/** Where the quoted field that begins here ends; two quotation marks together are one that belongs to it. */
function closingQuote(text: string, from: number): number {
  let at = text.indexOf('"', from);
  while (at !== -1 && text.charCodeAt(at + 1) === quote) at = text.indexOf('"', at + 2);
  return at;
}

function countLines(text: string): number {
  return text.includes("\n") || text.includes("\r") ? text.split(/\r\n|\n|\r/).length - 1 : 0;
}
