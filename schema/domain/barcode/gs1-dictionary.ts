import { gs1DictionaryText } from "./gs1-dictionary-text.ts";

/**
 * The table of GS1 application identifiers, read from the GS1 Barcode Syntax Dictionary's own text, so that a new
 * release of the dictionary is a new text and no new code.
 */
export interface Gs1Entry {
  readonly ai: string;
  readonly title: string;
  /** Of pre-defined length: no separator needed after it. */
  readonly predefined: boolean;
  readonly components: readonly Gs1Component[];
  /** AIs that must not stand beside this one; `n` in them stands for any digit. */
  readonly excludes: readonly string[];
}

export interface Gs1Component {
  /** N: digits. X: GS1 character set 82. Y: set 39. Z: base64url. */
  readonly charset: "N" | "X" | "Y" | "Z";
  readonly min: number;
  readonly max: number;
  readonly optional: boolean;
  readonly linters: readonly string[];
}

let table: ReadonlyMap<string, Gs1Entry> | undefined;
let aiLengths: ReadonlyMap<string, number>;

/** The entry of an application identifier of two to four digits; undefined when GS1 has not assigned it. */
export function gs1Entry(ai: string): Gs1Entry | undefined {
  return gs1Table().get(ai);
}

/** How many digits an identifier beginning with these two has: the first two decide. Undefined: none is assigned. */
export function aiLength(firstTwo: string): number | undefined {
  gs1Table();
  return aiLengths.get(firstTwo);
}

export function gs1Table(): ReadonlyMap<string, Gs1Entry> {
  if (!table) {
    table = parseGs1Dictionary(gs1DictionaryText);
    aiLengths = new Map([...table.keys()].map((ai) => [ai.slice(0, 2), ai.length]));
  }
  return table;
}

/** Throws on a line that does not follow the dictionary's own description of its syntax: such a text is a bug. */
export function parseGs1Dictionary(text: string): ReadonlyMap<string, Gs1Entry> {
  const entries = new Map<string, Gs1Entry>();
  for (const line of text.split("\n")) {
    if (line.trim() === "" || line.startsWith("#")) continue;
    const match =
      /^(\d{2,4})(?:-(\d{2,4}))?\s+(?:([*!?"$%&'()+,\-./:;<=>@[\\\]^_`{|}~]+)\s+)?([^#]*?)\s*(?:#\s*(.*))?$/.exec(
        line,
      );
    if (!match) throw new Error(`not a dictionary entry: ${line}`);
    const [, first, last = first!, flags = "", specification, title = ""] = match;
    const words = specification!.split(/\s+/);
    const components = words.filter((word) => /^\[?[NXYZ]/.test(word)).map(parseComponent);
    if (components.length === 0) throw new Error(`an entry without a specification: ${line}`);
    const excludes = words.flatMap((word) => (word.startsWith("ex=") ? word.slice(3).split(",") : []));
    for (let n = Number(first); n <= Number(last); n++) {
      const ai = String(n).padStart(first!.length, "0");
      entries.set(ai, { ai, title, predefined: flags.includes("*"), components, excludes });
    }
  }
  return entries;
}

function parseComponent(word: string): Gs1Component {
  const match = /^(\[)?([NXYZ])(\.\.)?(\d+)\]?((?:,[a-z0-9]+)*)$/.exec(word);
  if (!match) throw new Error(`not a component of a dictionary entry: ${word}`);
  const [, bracket, charset, dots, length, linters] = match;
  return {
    charset: charset as Gs1Component["charset"],
    min: dots ? 1 : Number(length),
    max: Number(length),
    optional: bracket !== undefined,
    linters: linters === "" ? [] : linters!.slice(1).split(","),
  };
}
