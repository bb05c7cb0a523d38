#!/usr/bin/env node
// The one file that an old Node must be able to read: it finds a Node that runs the rest as it is.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import module, { createRequire } from "node:module";
import { dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

const needed = 24;

if (Number(process.versions.node.split(".")[0]) >= needed) {
  // Halves the start: what was compiled once is kept. Where the folder cannot be written, it goes on without.
  module.enableCompileCache(
    join(dirname(fileURLToPath(import.meta.url)), "../../../node_modules/.cache/compiled"),
  );
  await import("./main.ts");
} else runWith(installedNode());

/** The binary of the npm package `node`, which is installed beside Tillmesh. */
function installedNode() {
  try {
    const manifest = createRequire(import.meta.url).resolve("node/package.json");
    const binary = join(dirname(manifest), "bin", process.platform === "win32" ? "node.exe" : "node");
    return existsSync(binary) ? binary : undefined;
  } catch {
    return undefined;
  }
}

/** @param {string | undefined} binary */
function runWith(binary) {
  if (binary === undefined) {
    console.error(
      `Tillmesh needs Node ${needed} or newer; this is ${process.versions.node}. Run \`npm ci\` in its folder, which brings one along, or install Node ${needed}.`,
    );
    process.exit(1);
  }
  // The channel tells the other process when this one dies, however it dies.
  const child = spawn(binary, process.argv.slice(1), { stdio: ["inherit", "inherit", "inherit", "ipc"] });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"])
    process.on(signal, () => child.kill(/** @type {NodeJS.Signals} */ (signal)));
  child.on("error", (error) => {
    console.error(`Node ${needed} does not start: ${error.message}`);
    process.exit(1);
  });
  child.on("exit", (code, signal) => process.exit(code ?? (signal ? 1 : 0)));
}
