/** Exact fractions for what lies between two roundings. The denominator is always above zero; not always reduced. */
export interface Rational {
  readonly num: bigint;
  readonly den: bigint;
}

/**
 * What happens between two steps. `half-up`: to the nearest, a half away from zero (-0.5 becomes -1), as in commerce.
 * `half-even`: a half to the even step. `up`: away from zero. `down`: towards zero. All treat -x as the mirror of x,
 * so that a refund is the sale with its sign turned.
 */
export type RoundingRule = "half-up" | "half-even" | "up" | "down";

export const zero: Rational = { num: 0n, den: 1n };

/** `value` must be a safe integer. */
export function whole(value: number): Rational {
  return { num: BigInt(value), den: 1n };
}

/** Throws `RangeError` when `den` is zero. */
export function fraction(num: number | bigint, den: number | bigint): Rational {
  const below = BigInt(den);
  if (below === 0n) throw new RangeError("a fraction over zero");
  return below < 0n ? { num: -BigInt(num), den: -below } : { num: BigInt(num), den: below };
}

export function add(a: Rational, b: Rational): Rational {
  return a.den === b.den
    ? { num: a.num + b.num, den: a.den }
    : { num: a.num * b.den + b.num * a.den, den: a.den * b.den };
}

export function subtract(a: Rational, b: Rational): Rational {
  return add(a, { num: -b.num, den: b.den });
}

export function multiply(a: Rational, b: Rational): Rational {
  return { num: a.num * b.num, den: a.den * b.den };
}

/** Throws `RangeError` when `b` is zero. */
export function divide(a: Rational, b: Rational): Rational {
  return fraction(a.num * b.den, a.den * b.num);
}

/** Below zero when a < b, zero when equal, above zero when a > b. */
export function compare(a: Rational, b: Rational): number {
  const difference = a.num * b.den - b.num * a.den;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** Lowest terms: keeps long sums small. */
export function reduce(value: Rational): Rational {
  let a = value.num < 0n ? -value.num : value.num;
  let b = value.den;
  while (b !== 0n) [a, b] = [b, a % b];
  return a <= 1n ? value : { num: value.num / a, den: value.den / a };
}

/** The nearest multiple of `step` (above zero) by the rule. */
export function roundToStep(value: Rational, step: number, rule: RoundingRule): bigint {
  const negative = value.num < 0n;
  const num = negative ? -value.num : value.num;
  const den = value.den * BigInt(step);
  const steps = num / den;
  const rest = num % den;
  const up =
    rest !== 0n &&
    (rule === "up" ||
      (rule === "half-up" && 2n * rest >= den) ||
      (rule === "half-even" && (2n * rest > den || (2n * rest === den && steps % 2n === 1n))));
  const rounded = (up ? steps + 1n : steps) * BigInt(step);
  return negative ? -rounded : rounded;
}

/** An integer by the rule. Beyond 2^53 the result is no safe integer: whoever shows or records it checks. */
export function round(value: Rational, rule: RoundingRule = "half-up"): number {
  return Number(roundToStep(value, 1, rule));
}
