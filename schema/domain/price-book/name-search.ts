import type { TextColumn } from "./columns.ts";

/**
 * Search in the names of a price book as the cashier types. All names stand in one string, folded and in alphabetical
 * order, so that one scan finds the rows in the order in which they are shown, without an object an item.
 */
export interface NameSearch {
  /** Rows whose names hold every word typed: first those where each begins a word, then the others, each by name. */
  find(typed: string): FoundRows;
}

export interface FoundRows {
  readonly total: number;
  slice(limit: number, offset: number): number[];
}

/** Shorter words must begin a word of the name: anywhere in it they would find nearly everything. */
const anywhereFrom = 3;

const special: Readonly<Record<string, string>> = {
  ß: "ss",
  æ: "ae",
  œ: "oe",
  ø: "o",
  đ: "d",
  ð: "d",
  þ: "th",
  ł: "l",
  ı: "i",
  ς: "σ",
};

/** What separates words: ASCII's signs, those of Latin-1, the Hebrew ones, and the general and CJK punctuation. */
const signs =
  // oxlint-disable-next-line no-control-regex -- control characters separate words too
  /[\0-\u0009\u000B-/:-@[-`{-\u00A9\u00AB-\u00B4\u00B6-\u00B9\u00BB-\u00BF×÷\u0589-\u05CF\u05F3\u05F4\u2000-\u209C\u2190-\u2BFF\u3000-\u3020]+/g;

/**
 * Text as it is compared: lower case, without accents and vowel points, apostrophes gone, other signs as blanks. Line
 * feeds stay.
 */
export function foldText(text: string): string {
  let folded = text;
  if (/[\u0080-\uFFFF]/.test(text))
    folded = text
      .normalize("NFKD")
      .toLowerCase()
      .replaceAll(/\p{M}+/gu, "")
      .replaceAll(/[ßæœøđðþłıς]/g, (char) => special[char]!)
      .replaceAll(/[’ʼ]/g, "");
  return folded.toLowerCase().replaceAll("'", "").replaceAll(signs, " ");
}

/** The words typed, the longest first, as `find` looks for them. */
function wordsOf(typed: string): readonly string[] {
  return foldText(typed.slice(0, 200))
    .split(/\s+/)
    .filter((word) => word !== "")
    .sort((a, b) => b.length - a.length);
}

/** Whether `find` would find this name. */
export function nameHolds(name: string, typed: string): boolean {
  const folded = ` ${foldText(name).trim()}\n`;
  return wordsOf(typed).every((word) => rankOf(folded, word) > 0);
}

export function makeNameSearch(names: TextColumn): NameSearch {
  const count = names.starts.length - 1;
  const folded =
    count === 0
      ? []
      : foldText(names.text)
          .split("\n")
          .map((name) => name.trim());
  const byName = alphabetical(folded);
  // Each name begins with a blank, so that " wo" finds words that begin with "wo".
  const starts = new Uint32Array(count + 1);
  const parts: string[] = [];
  for (let i = 0; i < count; i++) {
    const name = ` ${folded[byName[i]!]!}\n`;
    parts.push(name);
    starts[i + 1] = starts[i]! + name.length;
  }
  const text = parts.join("");
  const first = new Uint32Array(count);
  const second = new Uint32Array(count);

  const find = (typed: string): FoundRows => {
    const words = wordsOf(typed);
    if (words.length === 0) return found(byName, count, second, 0);
    const [driver, ...others] = words;
    const needle = driver!.length < anywhereFrom ? ` ${driver}` : driver!;
    let firsts = 0;
    let seconds = 0;
    let place = 0;
    for (let at = text.indexOf(needle); at !== -1; at = text.indexOf(needle, starts[place])) {
      while (starts[place + 1]! <= at) place++;
      const name = text.slice(starts[place], starts[place + 1]);
      const rank = Math.min(rankOf(name, driver!), ...others.map((word) => rankOf(name, word)));
      if (rank === 2) first[firsts++] = byName[place]!;
      else if (rank === 1) second[seconds++] = byName[place]!;
      place++;
      if (place === count) break;
    }
    return found(first, firsts, second, seconds);
  };
  return { find };
}

/** 2: begins a word of the name; 1: stands somewhere in it; 0: is not in it. */
function rankOf(name: string, word: string): 0 | 1 | 2 {
  if (name.includes(` ${word}`)) return 2;
  return word.length >= anywhereFrom && name.includes(word) ? 1 : 0;
}

/** Takes the rows that are asked for at once: the arrays are used again by the next search. */
function found(first: Uint32Array, firsts: number, second: Uint32Array, seconds: number): FoundRows {
  return {
    total: firsts + seconds,
    slice: (limit, offset) => {
      const rows = [...first.subarray(Math.min(offset, firsts), Math.min(offset + limit, firsts))];
      const from = Math.max(0, offset - firsts);
      rows.push(...second.subarray(Math.min(from, seconds), Math.min(from + limit - rows.length, seconds)));
      return rows;
    },
  };
}

/**
 * Rows by their folded name, then by row. Sorts five characters at a time as numbers, with the row in the low bits:
 * numbers sort far faster than texts.
 */
function alphabetical(folded: readonly string[]): Uint32Array {
  if (folded.length > rowLimit) throw new RangeError(`more than ${rowLimit} items`);
  const order = Uint32Array.from(folded, (_, row) => row);
  sortRun(folded, order, 0, folded.length, 0);
  return order;
}

const rowLimit = 2 ** 21;
/** The digit of all characters beyond ASCII: equal digits then do not mean equal characters. */
const beyond = 38;

function sortRun(folded: readonly string[], order: Uint32Array, from: number, to: number, at: number): void {
  if (to - from < 2) return;
  const keyed = new Float64Array(to - from);
  for (let i = from; i < to; i++) keyed[i - from] = keyAt(folded[order[i]!]!, at) * rowLimit + order[i]!;
  keyed.sort();
  for (let i = from; i < to; i++) order[i] = keyed[i - from]! % rowLimit;
  for (let i = 0; i < keyed.length;) {
    const key = Math.floor(keyed[i]! / rowLimit);
    let end = i + 1;
    while (end < keyed.length && Math.floor(keyed[end]! / rowLimit) === key) end++;
    if (end - i > 1) {
      if (end - i < 12 || hasBeyond(key))
        order
          .subarray(from + i, from + end)
          .sort((a, b) => (folded[a]! < folded[b]! ? -1 : folded[a]! > folded[b]! ? 1 : a - b));
      // A key that ends in nought is the end of the name: all of these are the same.
      else if (key % 64 !== 0) sortRun(folded, order, from + i, from + end, at + 5);
    }
    i = end;
  }
}

/** A number below 2^30 that orders texts as their five characters from here on do; 0 stands for the end. */
function keyAt(text: string, at: number): number {
  let key = 0;
  for (let i = at; i < at + 5; i++) {
    const code = i < text.length ? text.charCodeAt(i) : 0;
    const digit =
      i >= text.length ? 0 : code <= 32 ? 1 : code < 58 ? code - 46 : code < 123 ? code - 85 : beyond;
    key = key * 64 + digit;
  }
  return key;
}

function hasBeyond(key: number): boolean {
  for (let rest = key; rest > 0; rest = Math.floor(rest / 64)) if (rest % 64 === beyond) return true;
  return false;
}
