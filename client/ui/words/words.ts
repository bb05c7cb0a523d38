import type { Formats } from "../format/formats.ts";
import type { ScreenError } from "../link/till-link.ts";
import { en } from "./en.ts";
import { he } from "./he.ts";
import type { Language } from "./languages.ts";

/** The shape every catalogue fills: a word missing in one language does not compile. */
export type Words = {
  readonly [Section in keyof typeof en]: {
    readonly [Key in keyof (typeof en)[Section]]: (typeof en)[Section][Key] extends string
      ? string
      : (typeof en)[Section][Key];
  };
};

export interface ErrorFigures {
  /** A parameter as text, kept in its own direction. */
  readonly text: (name: string) => string;
  /** A parameter as it is: to choose words by, never to show. */
  readonly raw: (name: string) => string;
  readonly number: (name: string) => number;
  readonly money: (name: string) => string;
  readonly quantity: (name: string) => string;
  /** A figure to confirm: numbers are minor units of money, or thousandths when it is a quantity; texts as they are. */
  readonly figure: () => string;
}

const catalogues: Record<Language, Words> = { en, he };

export function wordsOf(language: Language): Words {
  return catalogues[language];
}

/** What happened and what to do now, for any failure of a command. */
export function errorText(words: Words, formats: Formats, error: ScreenError): string {
  const say = words.errors[error.code];
  const figures: ErrorFigures = {
    text: (name) => formats.code(error.params[name] ?? "?"),
    raw: (name) => String(error.params[name] ?? ""),
    number: (name) => Number(error.params[name] ?? 0),
    money: (name) => formats.money(Number(error.params[name] ?? 0)),
    quantity: (name) => formats.quantity(Number(error.params[name] ?? 0), "piece"),
    figure: () => {
      const figure = error.params["figure"] ?? "?";
      if (typeof figure === "string") return formats.code(figure);
      return error.params["what"] === "quantity" ? formats.quantity(figure, "piece") : formats.money(figure);
    },
  };
  return say(figures);
}
