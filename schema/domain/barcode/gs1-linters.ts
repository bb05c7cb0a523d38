import { checkDigit } from "./check-digit.ts";

/** Character set 82, in the order that gives each character its value (GS1 General Specifications, 7.11 and 7.9.5). */
const set82 = `!"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz`;

export const charsets = {
  N: /^\d*$/,
  X: /^[!"%&'()*+,\-./0-9:;<=>?A-Z_a-z]*$/,
  Y: /^[#\-/0-9A-Z]*$/,
  Z: /^[A-Za-z0-9\-_=]*$/,
} as const;

/** What is wrong with a component's text, in words that follow "the value"; undefined when nothing is. */
type Linter = (value: string) => string | undefined;

const day = (value: string, dayZero: boolean): string | undefined => {
  const month = Number(value.slice(-4, -2));
  const date = Number(value.slice(-2));
  if (month < 1 || month > 12) return "has no month from 01 to 12";
  if (date === 0) return dayZero ? undefined : "has no day";
  // The century is not in six digits: 29 February is right in any year divisible by four, 2000 among them.
  const year = Number(value.slice(0, -4));
  const leap = year % 4 === 0 && (value.length === 6 || year % 100 !== 0 || year % 400 === 0);
  const days = month === 2 ? (leap ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31;
  return date > days ? "has a day that its month does not have" : undefined;
};
const upTo =
  (limit: number, what: string): Linter =>
  (value) =>
    Number(value) < limit ? undefined : `is not ${what}`;
const matches =
  (pattern: RegExp, problem: string): Linter =>
  (value) =>
    pattern.test(value) ? undefined : problem;

/**
 * The dictionary's linters that need nothing but the value. Lists that change (countries, currencies, packages, media,
 * company prefixes) and coupons are not judged here: an unknown linter accepts.
 */
const linters: Readonly<Record<string, Linter>> = {
  csum: (value) =>
    checkDigit(value.slice(0, -1)) === value.charCodeAt(value.length - 1) - 48
      ? undefined
      : "has a wrong check digit",
  csumalpha: (value) =>
    value.length > 2 && checkPair(value.slice(0, -2)) === value.slice(-2)
      ? undefined
      : "has a wrong check character pair",
  yymmd0: (value) => day(value, true),
  yymmdd: (value) => day(value, false),
  yyyymmdd: (value) => day(value, false),
  hhmi: (value) =>
    Number(value.slice(0, 2)) < 24 && Number(value.slice(2)) < 60 ? undefined : "is not a time of day",
  hh: upTo(24, "an hour"),
  mi: upTo(60, "a minute"),
  ss: upTo(60, "a second"),
  yesno: matches(/^[01]$/, "is neither 0 nor 1"),
  zero: matches(/^0*$/, "is not zero"),
  nonzero: matches(/[1-9]/, "is zero"),
  nozeroprefix: matches(/^(?:0|[1-9]\d*)$/, "begins with a zero"),
  hyphen: matches(/^-*$/, "is not a minus sign"),
  winding: matches(/^[019]$/, "is no winding direction (0, 1 or 9)"),
  iso5218: matches(/^[0129]$/, "is none of 0, 1, 2 and 9"),
  hasnondigit: matches(/[^0-9]/, "consists of digits only"),
  pcenc: matches(/^(?:[^%]|%[0-9A-Fa-f]{2})*$/, "has a % without two hex digits"),
  importeridx: matches(/^[-0-9A-Z_a-z]$/, "is no importer index"),
  posinseqslash: (value) => {
    const match = /^(\d+)\/(\d+)$/.exec(value);
    return match && Number(match[1]) >= 1 && Number(match[1]) <= Number(match[2])
      ? undefined
      : "is not a position in a sequence such as 1/3";
  },
  pieceoftotal: (value) => {
    const half = value.length / 2;
    const [piece, total] = [Number(value.slice(0, half)), Number(value.slice(half))];
    return piece >= 1 && piece <= total ? undefined : "is not a piece number of a total";
  },
  latitude: upTo(1_800_000_001, "a latitude"),
  longitude: upTo(3_600_000_001, "a longitude"),
  iban: (value) => {
    const turned = value.slice(4) + value.slice(0, 4);
    let rest = 0;
    for (const char of turned) {
      const digit = Number.parseInt(char, 36);
      if (Number.isNaN(digit)) return "is not an IBAN";
      rest = (rest * (digit > 9 ? 100 : 10) + digit) % 97;
    }
    return rest === 1 ? undefined : "is not an IBAN";
  },
};

export function lint(name: string, value: string): string | undefined {
  return Object.hasOwn(linters, name) ? linters[name]!(value) : undefined;
}

/** The check character pair of a Global Model Number (GS1 General Specifications, 7.9.5). */
function checkPair(value: string): string {
  const primes = [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83];
  const alphabet = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
  let sum = 0;
  for (let i = 0; i < value.length; i++)
    sum += set82.indexOf(value[i]!) * (primes[value.length - 1 - i] ?? 0);
  const rest = sum % 1021;
  return alphabet[rest >> 5]! + alphabet[rest & 31]!;
}
