import { type Browser, chromium } from "playwright-core";
import { findChromium } from "../support/chromium.ts";

/** The system's own Chromium, quiet on the network. Throws with what to do when there is none. */
export async function launchChromium(): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === undefined)
    throw new Error("No Chromium here: install it, or name its path in the environment variable CHROMIUM.");
  return await chromium.launch({
    executablePath,
    args: [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}
