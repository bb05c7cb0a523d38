import { splitAim } from "./aim.ts";
import {
  type Gs1Element,
  type Gs1Reading,
  groupSeparator,
  readBracketed,
  readElementString,
} from "./gs1-elements.ts";
import { type Currency, factsOf, type Gs1Facts } from "./gs1-measures.ts";
import { type Gtin14, isInStore, readGtin } from "./gtin.ts";
import {
  compilePattern,
  readVariable,
  type VariableMeasure,
  type VariableMeasureRule,
  type VariablePattern,
} from "./variable-measure.ts";

/** How one store reads its codes; made once from its settings. */
export interface BarcodeRules {
  readonly currency: Currency;
  readonly variable: readonly VariablePattern[];
}

export type ParsedBarcode =
  | {
      readonly type: "gtin";
      readonly gtin14: Gtin14;
      /** The second reading of eight digits that are right both as EAN-8 and as UPC-E. */
      readonly otherGtin14?: Gtin14;
      readonly inStore: boolean;
      readonly original: string;
    }
  | ({ readonly type: "gs1"; readonly elements: readonly Gs1Element[]; readonly original: string } & Gs1Facts)
  | (VariableMeasure & { readonly original: string })
  /** Something typed, or a code that is not GS1's: a PLU, an item id, a receipt's barcode. */
  | { readonly type: "plain"; readonly text: string }
  | {
      readonly type: "bad";
      readonly reason: "empty" | "too-long" | "check-digit" | "measure-digit" | "gs1-syntax";
      readonly code: string;
      /** In words, where there is more to say than the reason. */
      readonly detail?: string;
    };

/** The longest thing a symbol can carry is a QR code of 7,089 digits; what is longer never was a code. */
const longest = 7089;

/**
 * Reads what a scanner or a keyboard gave. Never throws. Without an AIM identifier the text alone decides: the length
 * of digits, brackets, a separator, or a GTIN in front of more elements.
 */
export function parseBarcode(input: string, rules: BarcodeRules): ParsedBarcode {
  if (input.length > longest) return { type: "bad", reason: "too-long", code: input.slice(0, 80) };
  const original = input.trim();
  const aim = splitAim(original);
  const text = aim ? aim.data : original;
  if (text === "") return { type: "bad", reason: "empty", code: original };
  switch (aim?.reading) {
    case "plain":
      return plain(text);
    case "gs1":
      return fromGs1(readElementString(text), rules, original);
    case "itf":
      return text.length === 14 ? fromDigits(text, rules, original) : plain(text);
    case "gtin-with-add-on":
      return fromDigits(text.slice(0, 13), rules, original);
    case "gtin":
    case "gtin-8":
      return fromDigits(text, rules, original);
    default:
      return fromText(text, rules, original);
  }
}

/** Keys to look an item up by, the likeliest first. */
export function lookupKeys(code: ParsedBarcode): readonly string[] {
  switch (code.type) {
    case "gtin":
      return code.otherGtin14 ? [code.gtin14, code.otherGtin14] : [code.gtin14];
    case "gs1":
      return code.gtin14 ? [code.gtin14] : [];
    case "variable":
      return [code.itemKey];
    case "plain":
      return [plainKey(code.text)];
    default:
      return [];
  }
}

/** The key of a code that is no GTIN: as it stands, letters in upper case. */
export function plainKey(text: string): string {
  return text.trim().toUpperCase();
}

export type BarcodeRulesResult =
  | { readonly type: "rules"; readonly rules: BarcodeRules }
  | { readonly type: "bad-pattern"; readonly pattern: string; readonly problem: string };

export function makeBarcodeRules(
  currency: Currency,
  variable: readonly VariableMeasureRule[],
): BarcodeRulesResult {
  const patterns: VariablePattern[] = [];
  for (const rule of variable) {
    const compiled = compilePattern(rule, currency.digits);
    if (compiled.type === "bad-pattern")
      return { type: "bad-pattern", pattern: rule.pattern, problem: compiled.problem };
    patterns.push(compiled.pattern);
  }
  return { type: "rules", rules: { currency, variable: patterns } };
}

function fromText(text: string, rules: BarcodeRules, original: string): ParsedBarcode {
  if (/^\(\d{2,4}\)/.test(text)) return fromGs1(readBracketed(text), rules, original);
  if (text.includes(groupSeparator)) return fromGs1(readElementString(text), rules, original);
  if (/^0[12]\d{14}./.test(text) || /^(?:0[12]\d{14}|00\d{18})$/.test(text)) {
    const reading = readElementString(text);
    // Without a separator or a name of its symbology, a text that does not read as GS1 may be anything.
    if (reading.type === "elements") return fromGs1(reading, rules, original);
  }
  return fromDigits(text, rules, original);
}

function fromGs1(reading: Gs1Reading, rules: BarcodeRules, original: string): ParsedBarcode {
  return reading.type === "bad"
    ? { type: "bad", reason: reading.reason, code: original, detail: reading.detail }
    : { type: "gs1", elements: reading.elements, original, ...factsOf(reading.elements, rules.currency) };
}

function fromDigits(digits: string, rules: BarcodeRules, original: string): ParsedBarcode {
  const gtin = readGtin(digits);
  if (gtin.type === "not-gtin") return plain(digits);
  const variable = readVariable(digits, rules.variable, rules.currency.digits);
  if (variable?.type === "variable") return { ...variable, original };
  if (variable?.type === "bad-measure-digit") return { type: "bad", reason: "measure-digit", code: original };
  if (gtin.type === "bad-check-digit") return { type: "bad", reason: "check-digit", code: original };
  return { ...gtin, inStore: isInStore(gtin.gtin14), original };
}

const plain = (text: string): ParsedBarcode => ({ type: "plain", text });
