import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { Screen, type ScreenOptions } from "./cashier.ts";
import { launchChromium } from "./chromium.ts";
import { Demo } from "./demo.ts";

/** The shop and the browser that all browser tests share. */
export class Stage {
  readonly demo: Demo;
  readonly #browser: Browser;
  readonly #screens = new Set<Screen>();

  private constructor(demo: Demo, browser: Browser) {
    this.demo = demo;
    this.#browser = browser;
  }

  static async open(): Promise<Stage> {
    const browser = await launchChromium();
    try {
      return new Stage(await Demo.start(), browser);
    } catch (error) {
      await browser.close();
      throw error;
    }
  }

  /** A screen at till `n`; closed after the test. */
  async at(n: number, options?: ScreenOptions): Promise<Screen> {
    const screen = await Screen.open(this.#browser, this.demo.door(n), options);
    this.#screens.add(screen);
    return screen;
  }

  /** Pictures of all screens as they are, for who must find out why a test failed. */
  async keepPictures(of: string): Promise<void> {
    for (const [at, screen] of [...this.#screens].entries()) {
      const path = join(
        tmpdir(),
        `tillmesh-failed-${process.pid}-${of.replaceAll(/\W+/g, "-")}-${at + 1}.png`,
      );
      await screen.page.screenshot({ path });
      console.log(`What the screen showed: ${path}`);
    }
  }

  async closeScreens(): Promise<void> {
    await Promise.all([...this.#screens].map((screen) => screen.close()));
    this.#screens.clear();
  }

  async close(): Promise<void> {
    await this.#browser.close();
    await this.demo.stop();
  }
}
