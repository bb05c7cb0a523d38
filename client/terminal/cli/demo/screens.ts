import { existsSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Refused } from "../command.ts";

const repository = fileURLToPath(new URL("../../../../", import.meta.url));
const ui = join(repository, "client/ui");
const built = join(ui, "dist");

/** The screens are missing, or older than what they are built from. */
export function screensAreStale(): boolean {
  const page = join(built, "index.html");
  if (!existsSync(page)) return true;
  const builtMs = statSync(page).mtimeMs;
  return [ui, join(repository, "schema/wire")].some((folder) => newestMs(folder) > builtMs);
}

/** Builds them aside and puts them in place at once, so that a till that serves the old ones never sees half. */
export async function buildScreens(): Promise<void> {
  const { build } = await import("vite").catch(() => {
    throw new Refused(
      "The screens are not built, and what builds them is not installed: run `npm ci` first.",
    );
  });
  const aside = join(repository, `node_modules/.cache/screens-${process.pid}`);
  try {
    await build({
      configFile: join(ui, "vite.config.ts"),
      logLevel: "error",
      build: { outDir: aside, emptyOutDir: true },
    });
    const old = `${aside}-old`;
    if (existsSync(built)) renameSync(built, old);
    renameSync(aside, built);
    rmSync(old, { recursive: true, force: true });
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
}

function newestMs(folder: string): number {
  let newest = 0;
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || entry.parentPath.startsWith(built)) continue;
    newest = Math.max(newest, statSync(join(entry.parentPath, entry.name)).mtimeMs);
  }
  return newest;
}
