import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findChromium, installChromium } from "./support/chromium.ts";

/**
 * `npm test`: everything. The checks of `npm run check`, the built screens, then every test; ends with one plain line.
 * What it hands on the command line goes to vitest, which then runs alone: `npm test -- test/process`.
 */
interface Step {
  readonly name: string;
  readonly command: readonly string[];
}

const steps: readonly Step[] = [
  { name: "format", command: ["oxfmt", "--check", "."] },
  { name: "lint", command: ["oxlint", "--type-aware", "--deny-warnings"] },
  { name: "types", command: ["tsc", "-b"] },
  { name: "unused", command: ["knip"] },
  {
    name: "screens",
    command: ["vite", "build", "client/ui", "--config", "client/ui/vite.config.ts", "--logLevel", "warn"],
  },
];

const chosen = process.argv.slice(2);
let passed = 0;
let failed = 0;
let skipped = 0;

if (findChromium() === undefined) installChromium();
for (const step of chosen.length > 0 ? steps.slice(-1) : steps) {
  const right = run(step.command) === 0;
  process.stdout.write(`${right ? "ok" : "FAILED"}: ${step.name}\n`);
  if (right) passed++;
  else failed++;
}

const folder = mkdtempSync(join(tmpdir(), "tillmesh-test-"));
// One after the other: what is quick fills both cores, what is slow has them to itself.
const runs =
  chosen.length > 0
    ? [chosen]
    : [
        ["--project", "unit"],
        ["--project", "system"],
      ];
for (const [at, rest] of runs.entries()) count(join(folder, `${at}.json`), rest);
rmSync(folder, { recursive: true, force: true });

process.stdout.write(`${passed} passed, ${failed} failed, ${skipped} skipped\n`);
process.exitCode = failed > 0 ? 1 : 0;

function count(report: string, rest: readonly string[]): void {
  const status = run([
    ...["vitest", "run", "--config", "test/vitest.config.ts", "--reporter=default", "--reporter=json"],
    ...[`--outputFile.json=${report}`, ...rest],
  ]);
  if (!existsSync(report)) {
    failed += 1;
    return;
  }
  const result = JSON.parse(readFileSync(report, "utf8")) as Record<string, number>;
  passed += result.numPassedTests ?? 0;
  failed += result.numFailedTests ?? 0;
  skipped += (result.numPendingTests ?? 0) + (result.numTodoTests ?? 0);
  // A file that does not even load, or an error outside any test, fails the run without a failed test.
  if (status !== 0 && !result.numFailedTests) failed += 1;
}

function run([command, ...args]: readonly string[]): number {
  const { status: code } = spawnSync(join("node_modules", ".bin", command!), args, { stdio: "inherit" });
  return code ?? 1;
}
