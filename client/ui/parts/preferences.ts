import { type Language, languages } from "../words/languages.ts";

export type Theme = "system" | "light" | "dark";

/** How this screen is drawn. Nothing of the shop: these two words are all that the browser keeps. */
export interface Preferences {
  readonly language: Language;
  readonly theme: Theme;
}

const key = "tillmesh-screen";

/** From the address (`?lang=he`, `?theme=dark`), else what was chosen here before, else the browser's own. */
export function readPreferences(search: string, kept: string | null, browser: string): Preferences {
  const query = new URLSearchParams(search);
  const [language, theme] = (kept ?? "").split(" ");
  return {
    language:
      asLanguage(query.get("lang")) ?? asLanguage(language) ?? (browser.startsWith("he") ? "he" : "en"),
    theme: asTheme(query.get("theme")) ?? asTheme(theme) ?? "system",
  };
}

export function keepPreferences(storage: Storage, preferences: Preferences): void {
  storage.setItem(key, `${preferences.language} ${preferences.theme}`);
}

export function keptPreferences(storage: Storage): string | null {
  return storage.getItem(key);
}

/** Turns the page to the language's direction and to the theme. */
export function applyPreferences(root: HTMLElement, preferences: Preferences): void {
  root.lang = preferences.language;
  root.dir = languages[preferences.language].direction;
  if (preferences.theme === "system") delete root.dataset["theme"];
  else root.dataset["theme"] = preferences.theme;
}

function asLanguage(text: string | null | undefined): Language | null {
  return text === "en" || text === "he" ? text : null;
}

function asTheme(text: string | null | undefined): Theme | null {
  return text === "system" || text === "light" || text === "dark" ? text : null;
}
