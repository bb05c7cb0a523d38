import { aiLength, type Gs1Component, type Gs1Entry, gs1Entry } from "./gs1-dictionary.ts";
import { charsets, lint } from "./gs1-linters.ts";

/** One application identifier with its value, as it stands in the code. */
export interface Gs1Element {
  readonly ai: string;
  readonly title: string;
  readonly value: string;
}

export type Gs1Reading =
  | { readonly type: "elements"; readonly elements: readonly Gs1Element[] }
  | {
      readonly type: "bad";
      /** `check-digit`: everything else about the element is right. */
      readonly reason: "gs1-syntax" | "check-digit";
      /** Which element, and what is wrong with it, in words. */
      readonly detail: string;
    };

/** The separator (FNC1) as scanners transmit it. */
export const groupSeparator = "\u001D";

/** Reads an element string as a scanner transmits it: identifiers and values run together, FNC1 as GS. */
export function readElementString(text: string): Gs1Reading {
  const elements: Gs1Element[] = [];
  let at = text.startsWith(groupSeparator) ? 1 : 0;
  if (at === text.length) return bad("the code is empty");
  while (at < text.length) {
    const length = aiLength(text.slice(at, at + 2));
    const entry = length === undefined ? undefined : gs1Entry(text.slice(at, at + length));
    if (!entry) return bad(`no application identifier begins with ${quote(text.slice(at, at + 4))}`);
    at += entry.ai.length;
    const separator = text.indexOf(groupSeparator, at);
    const limit = separator === -1 ? text.length : separator;
    const end = entry.predefined ? Math.min(limit, at + fixedLength(entry)) : limit;
    const problem = addElement(elements, entry, text.slice(at, end));
    if (problem) return problem;
    // A separator after a pre-defined length is not needed, but it does no harm.
    at = text[end] === groupSeparator ? end + 1 : end;
  }
  return judgePairs(elements);
}

/** Reads the human form, `(01)09501101530003(10)AB-123`; a `\(` in a value is a bracket that belongs to it. */
export function readBracketed(text: string): Gs1Reading {
  const elements: Gs1Element[] = [];
  const pattern = /\((\d{2,4})\)((?:\\\(|[^(])*)/y;
  while (pattern.lastIndex < text.length) {
    const from = pattern.lastIndex;
    const match = pattern.exec(text);
    if (!match) return bad(`no application identifier in brackets at ${quote(text.slice(from, from + 8))}`);
    const entry = gs1Entry(match[1]!);
    if (!entry) return bad(`(${match[1]}) is not an application identifier`);
    const problem = addElement(elements, entry, match[2]!.replaceAll("\\(", "("));
    if (problem) return problem;
  }
  return elements.length === 0 ? bad("the code is empty") : judgePairs(elements);
}

/** The text a scanner would transmit for these elements: separators only where the dictionary asks for one. */
export function writeElementString(elements: readonly Pick<Gs1Element, "ai" | "value">[]): string {
  return elements
    .map(({ ai, value }, i) => {
      const separated = i < elements.length - 1 && gs1Entry(ai)?.predefined !== true;
      return ai + value + (separated ? groupSeparator : "");
    })
    .join("");
}

export function writeBracketed(elements: readonly Pick<Gs1Element, "ai" | "value">[]): string {
  return elements.map(({ ai, value }) => `(${ai})${value.replaceAll("(", "\\(")}`).join("");
}

function addElement(elements: Gs1Element[], entry: Gs1Entry, value: string): Gs1Reading | undefined {
  const wrong = judgeValue(entry, value);
  if (wrong)
    return { type: "bad", ...wrong, detail: `(${entry.ai}) ${entry.title}: the value ${wrong.detail}` };
  const before = elements.find((element) => element.ai === entry.ai);
  if (before && before.value !== value)
    return bad(`(${entry.ai}) ${entry.title}: given twice with different values`);
  if (!before) elements.push({ ai: entry.ai, title: entry.title, value });
  return undefined;
}

interface Wrong {
  readonly reason: "gs1-syntax" | "check-digit";
  readonly detail: string;
}

function judgeValue(entry: Gs1Entry, value: string): Wrong | undefined {
  let at = 0;
  let checkDigitWrong: Wrong | undefined;
  for (const component of entry.components) {
    if (component.optional && at === value.length) break;
    const part = value.slice(at, at + component.max);
    at += part.length;
    const wrong = judgeComponent(component, part);
    if (wrong?.reason === "gs1-syntax") return wrong;
    checkDigitWrong ??= wrong;
  }
  if (at < value.length) return { reason: "gs1-syntax", detail: `is too long: ${at} characters at most` };
  return checkDigitWrong;
}

function judgeComponent(component: Gs1Component, part: string): Wrong | undefined {
  if (part.length < component.min)
    return { reason: "gs1-syntax", detail: `is too short: ${part.length} of ${component.min} characters` };
  if (!charsets[component.charset].test(part))
    return {
      reason: "gs1-syntax",
      detail:
        component.charset === "N" ? "has something else than digits" : "has characters GS1 does not allow",
    };
  for (const name of component.linters) {
    const detail = lint(name, part);
    if (detail) return { reason: name === "csum" ? "check-digit" : "gs1-syntax", detail };
  }
  return undefined;
}

/**
 * Pairs that must not stand together. What must stand beside an element (`req` in the dictionary) may be on another
 * label of the same piece, so one code alone is not refused for lack of it.
 */
function judgePairs(elements: readonly Gs1Element[]): Gs1Reading {
  for (const { ai, title } of elements)
    for (const pattern of gs1Entry(ai)!.excludes) {
      const other = elements.find((element) => element.ai !== ai && matchesAi(pattern, element.ai));
      if (other) return bad(`(${ai}) ${title} must not stand beside (${other.ai}) ${other.title}`);
    }
  return { type: "elements", elements };
}

function matchesAi(pattern: string, ai: string): boolean {
  if (pattern.length !== ai.length) return false;
  for (let i = 0; i < ai.length; i++) if (pattern[i] !== "n" && pattern[i] !== ai[i]) return false;
  return true;
}

const fixedLength = (entry: Gs1Entry): number => entry.components.reduce((sum, part) => sum + part.max, 0);
const bad = (detail: string): Gs1Reading => ({ type: "bad", reason: "gs1-syntax", detail });
const quote = (text: string): string => JSON.stringify(text);
