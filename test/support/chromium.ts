import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

const usual = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/usr/bin/google-chrome-stable",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/** The browser that the tests use: `CHROMIUM` in the environment, or where systems usually have one. */
export function findChromium(): string | undefined {
  return [process.env.CHROMIUM, ...usual].find(
    (path) => path !== undefined && path !== "" && existsSync(path),
  );
}

/** Installs Debian's Chromium where that is possible; otherwise ends the program with one line that says what to do. */
export function installChromium(): void {
  if (process.getuid?.() === 0 && existsSync("/usr/bin/apt-get")) {
    process.stdout.write("installing Chromium for the browser tests (apt-get install chromium)\n");
    spawnSync("apt-get", ["update", "-qq"], { stdio: "inherit" });
    spawnSync("apt-get", ["install", "-y", "-qq", "chromium"], { stdio: ["ignore", "ignore", "inherit"] });
  }
  if (findChromium() !== undefined) return;
  process.stderr.write(
    "The browser tests need Chromium: install it, or name its path in the environment variable CHROMIUM.\n",
  );
  process.exit(1);
}
