import { checkDigit, endsInCheckDigit, priceVerifier } from "./check-digit.ts";
import { type Gtin14, padGtin } from "./gtin.ts";

/**
 * In-store numbers that carry a price or a weight, as each store or country lays them out.
 *
 * A pattern describes an EAN-13 or UPC-A digit by digit: a digit stands for itself; `.`, `X` or `R` is a digit of the
 * item's reference; `{NNNDD}` is the measure with its digits before (N) and after (D) the point; `V` verifies the
 * measure; a `C` at the end, or nothing, is the check digit. Other prefixes may be given in front with `|`, blanks
 * are ignored, and a run of `P` is a price with as many decimals as the currency, a run of `W` a weight in grams:
 *
 *     23.....{NNNDD}         Odoo's notation: price
 *     21.....{NNDDD}         weight, kilograms with three decimals
 *     20|28 XXX RR V PPPP C  the United Kingdom's: price with its verifier
 */
export interface VariableMeasureRule {
  readonly pattern: string;
  readonly measure: "price" | "weight";
}

export interface VariableMeasure {
  readonly type: "variable";
  /** The item's own number: the code with zeros for the measure and its verifier, and a check digit to match. */
  readonly itemKey: Gtin14;
  readonly priceMinor?: number;
  readonly weightGrams?: number;
}

export type VariableReading =
  | VariableMeasure
  | { readonly type: "bad-check-digit" }
  /** The verifier digit contradicts the measure. */
  | { readonly type: "bad-measure-digit" };

/** A pattern made ready; `readVariable` takes it. */
export interface VariablePattern {
  readonly prefixes: readonly string[];
  /** One character for each digit of the code but the check digit: a digit, or one of `.`, `V`, `M`. */
  readonly layout: string;
  readonly decimals: number;
  readonly measure: "price" | "weight";
}

export type CompiledPattern =
  | { readonly type: "pattern"; readonly pattern: VariablePattern }
  | { readonly type: "bad-pattern"; readonly problem: string };

export function compilePattern(rule: VariableMeasureRule, currencyDigits: number): CompiledPattern {
  const text = rule.pattern.replaceAll(/\s+/g, "").replace(/C$/, "");
  const match = /^(\d+(?:\|\d+)*)([\d.XR]*)(V?)([\d.XR]*)(?:\{(N*)(D*)\}|(P+)|(W+))(V?)$/.exec(text);
  if (!match) return badPattern("is not written as a pattern of a variable-measure code");
  const [, alternatives, items, verifier, moreItems, whole, fraction, price, weight, lateVerifier] = match;
  const prefixes = alternatives!.split("|");
  const digits = (whole ?? "") + (fraction ?? "") + (price ?? "") + (weight ?? "");
  const rest = `${items}${verifier}${moreItems}${"M".repeat(digits.length)}${lateVerifier}`;
  const length = prefixes[0]!.length + rest.length;
  if (prefixes.some((prefix) => prefix.length !== prefixes[0]!.length))
    return badPattern("has prefixes of different lengths");
  if (length !== 12 && length !== 11)
    return badPattern(`describes ${length} digits before the check digit; an EAN-13 has 12, a UPC-A 11`);
  if (digits.length === 0) return badPattern("has no digit for the measure");
  if (verifier && lateVerifier) return badPattern("has two verifier digits");
  if ((verifier || lateVerifier) && digits.length !== 4 && digits.length !== 5)
    return badPattern("has a verifier digit, which exists for measures of four or five digits");
  if ((price && rule.measure === "weight") || (weight && rule.measure === "price"))
    return badPattern("has P for a weight or W for a price");
  const decimals = price ? Math.min(currencyDigits, price.length) : weight ? 3 : fraction!.length;
  if (rule.measure === "price" ? decimals > currencyDigits : decimals > 3)
    return badPattern("has more digits after the point than the currency, or than grams");
  const layout = "0".repeat(prefixes[0]!.length) + rest.replaceAll(/[XR]/g, ".");
  return { type: "pattern", pattern: { prefixes, layout, decimals, measure: rule.measure } };
}

/** Reads 12 or 13 digits by the first pattern that fits; undefined when none does. */
export function readVariable(
  digits: string,
  patterns: readonly VariablePattern[],
  currencyDigits: number,
): VariableReading | undefined {
  for (const pattern of patterns) {
    const code = fit(digits, pattern.layout.length + 1);
    if (code === undefined || !matches(code, pattern)) continue;
    if (!endsInCheckDigit(code)) return { type: "bad-check-digit" };
    return readFields(code, pattern, currencyDigits);
  }
  return undefined;
}

function readFields(code: string, pattern: VariablePattern, currencyDigits: number): VariableReading {
  let measure = "";
  let verifier: string | undefined;
  let item = "";
  for (let i = 0; i < pattern.layout.length; i++) {
    const kind = pattern.layout[i];
    if (kind === "M") measure += code[i];
    else if (kind === "V") verifier = code[i];
    item += kind === "M" || kind === "V" ? "0" : code[i];
  }
  if (verifier !== undefined && priceVerifier(measure) !== Number(verifier))
    return { type: "bad-measure-digit" };
  const itemKey = padGtin(item + checkDigit(item));
  const value = Number(measure);
  return pattern.measure === "price"
    ? { type: "variable", itemKey, priceMinor: value * 10 ** (currencyDigits - pattern.decimals) }
    : { type: "variable", itemKey, weightGrams: value * 10 ** (3 - pattern.decimals) };
}

function matches(code: string, { prefixes, layout }: VariablePattern): boolean {
  const from = prefixes[0]!.length;
  if (!prefixes.some((prefix) => code.startsWith(prefix))) return false;
  for (let i = from; i < layout.length; i++) {
    const kind = layout.charCodeAt(i);
    if (kind >= 48 && kind <= 57 && code.charCodeAt(i) !== kind) return false;
  }
  return true;
}

/** A UPC-A may arrive with the zero that makes it an EAN-13, or an EAN-13 that begins with zero without it. */
function fit(digits: string, length: number): string | undefined {
  if (digits.length === length) return digits;
  if (digits.length === 13 && length === 12 && digits.startsWith("0")) return digits.slice(1);
  return digits.length === 12 && length === 13 ? `0${digits}` : undefined;
}

const badPattern = (problem: string): CompiledPattern => ({ type: "bad-pattern", problem });
