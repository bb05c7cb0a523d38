import type { AutomergeUrl } from "@automerge/automerge-repo";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type NestedDay, openRepo } from "./nested-sales.ts";

const { folder, sales } = JSON.parse(process.argv[2]!) as { folder: string; sales: number };
const url = readFileSync(join(folder, "url.txt"), "utf8") as AutomergeUrl;
const began = performance.now();
const repo = openRepo(folder);
const handle = await repo.find<NestedDay>(url);
const found = Object.keys(handle.doc().sales).length;
const loadMs = performance.now() - began;
if (found !== sales) throw new Error(`${found} sales, not ${sales}`);
await repo.shutdown();
console.log(JSON.stringify({ loadMs }));
process.exit(0);
