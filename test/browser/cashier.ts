import type { Browser, BrowserContext, Locator, Page } from "playwright-core";
import type { Language } from "#ui/words/languages.ts";
import { type Words, wordsOf } from "#ui/words/words.ts";
import { euro } from "./goods.ts";

export const longestWaitMs = 60_000;

export const sizes = {
  small: { width: 1024, height: 768 },
  wide: { width: 1366, height: 768 },
  tablet: { width: 1280, height: 800 },
} as const;

export interface ScreenOptions {
  readonly size?: { readonly width: number; readonly height: number };
  readonly touch?: boolean;
  readonly language?: Language;
  readonly theme?: "light" | "dark";
  /** `/` unless said. */
  readonly path?: string;
}

export const people = {
  anna: { name: "Anna Byrne", pin: "1111" },
  omar: { name: "Omar Haddad", pin: "2222" },
  maria: { name: "Maria Lindqvist", pin: "9999" },
} as const;
export type Person = (typeof people)[keyof typeof people];

/** A screen of a till, worked as a person works it: by its names, its keys and its scanner. */
export class Screen {
  readonly page: Page;
  readonly words: Words;
  readonly #context: BrowserContext;

  private constructor(page: Page, context: BrowserContext, words: Words) {
    this.page = page;
    this.#context = context;
    this.words = words;
  }

  static async open(browser: Browser, door: string, options: ScreenOptions = {}): Promise<Screen> {
    const { size = sizes.small, touch = false, language = "en", theme = "light", path = "/" } = options;
    const context = await browser.newContext({ viewport: size, hasTouch: touch, reducedMotion: "reduce" });
    context.setDefaultTimeout(longestWaitMs);
    const page = await context.newPage();
    await page.goto(`${door}${path}?lang=${language}&theme=${theme}`);
    return new Screen(page, context, wordsOf(language));
  }

  async close(): Promise<void> {
    await this.#context.close();
  }

  button(name: string | RegExp): Locator {
    return this.page.getByRole("button", { name, exact: typeof name === "string" });
  }

  get total(): Locator {
    return this.page.locator(".total-figure");
  }

  /** The place where the till speaks. */
  get lastLine(): Locator {
    return this.page.locator(".last");
  }

  /** The named keys, one after the other; like a cashier, not before the till has answered the key before. */
  async press(...keys: readonly string[]): Promise<void> {
    for (const key of keys) {
      await this.page.locator('[aria-busy="true"]').waitFor({ state: "detached" });
      await this.page.keyboard.press(key);
    }
  }

  /** As a hand types: slower than any scanner. */
  async typeByHand(text: string): Promise<void> {
    await this.page.keyboard.type(text, { delay: 70 });
  }

  /** As a keyboard-wedge scanner types: all keys at once, then Enter. */
  async scan(code: string): Promise<void> {
    const session = await this.#context.newCDPSession(this.page);
    const keys = Array.from(code, (text) => ({ key: text, text }));
    await Promise.all(
      [...keys, { key: "Enter", text: "\r" }].flatMap(({ key, text }) => [
        session.send("Input.dispatchKeyEvent", { type: "keyDown", key, text }),
        session.send("Input.dispatchKeyEvent", { type: "keyUp", key }),
      ]),
    );
    await session.detach();
  }

  /** Signs in with the keyboard alone, and opens the shift where none is. */
  async signIn(person: Person): Promise<void> {
    const tile = this.page.getByRole("button", { name: person.name });
    await tile.waitFor();
    await tile.focus();
    await this.press("Enter");
    await this.typeByHand(person.pin);
    await this.press("Enter");
    if ((await this.begun()) === "selling") return;
    await this.typeByHand("100");
    await this.press("Enter");
    await this.ready();
  }

  /** After a sign-in: no shift is open, or the till sells and its cart is empty; one that was left here is voided. */
  async begun(): Promise<"no shift" | "selling"> {
    const noShift = this.page.getByRole("heading", { name: this.words.shift.openTitle });
    const left = this.page.getByRole("listbox", { name: this.words.sale.lines });
    const empty = this.page.getByText(this.words.sale.scanFirst);
    await noShift.or(left).or(empty).first().waitFor();
    if (await noShift.isVisible()) return "no shift";
    if (await left.isVisible()) {
      await this.press("F10");
      await this.button(this.words.menu.voidCart).click();
      await this.button(this.words.menu.voidNow).click();
    }
    await empty.waitFor();
    return "selling";
  }

  /** Nothing is in the cart. */
  async ready(): Promise<void> {
    await this.page.getByText(this.words.sale.scanFirst).waitFor();
  }

  async totalIs(minor: number): Promise<void> {
    await this.total.filter({ hasText: euro(minor) }).waitFor();
  }

  async scanned(goods: { readonly barcode: string; readonly name: string }): Promise<void> {
    await this.scan(goods.barcode);
    await this.lastLine.filter({ hasText: goods.name }).waitFor();
  }

  /** The number of the receipt just finished, when the screen says so. */
  async paid(): Promise<string> {
    const mark = this.page.locator(".done-mark");
    await mark.waitFor();
    return /[0-9A-F]{4}-\d+-\d+/.exec((await mark.textContent()) ?? "")?.[0] ?? "";
  }

  /** The large figure of a finished sale: change, or what was given back. */
  async changeIs(minor: number): Promise<void> {
    await this.page
      .locator(".done-figure")
      .filter({ hasText: euro(minor) })
      .waitFor();
  }
}
