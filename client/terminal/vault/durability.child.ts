/**
 * The till of `durability.test.ts`, to be killed: commits for ever, and says on its standard output what has been
 * acknowledged. Arguments: folder, vault key in hex.
 */
import { randomBytes } from "node:crypto";
import { writeSync } from "node:fs";
import { fromHex } from "#schema/bytes.ts";
import { openVault } from "./open-vault.ts";
import type { VaultKey, VaultWrite } from "./vault.ts";

const [folder, key, start] = process.argv.slice(2);
const opened = await openVault(folder!, {
  unlock: { vaultKey: fromHex(key!) as VaultKey },
  random: randomBytes,
  idleMs: 5,
  idleWalBytes: 16 * 1024,
  maxWalBytes: 64 * 1024,
});
if (opened.type !== "opened") throw new Error(opened.type);
const { vault } = opened;

const number = (n: number) => Uint8Array.of(n >> 24, n >> 16, n >> 8, n);

/** Record n: a sale in the journal, its number overwritten in place, its intent gone, a compaction every twenty. */
function record(n: number): VaultWrite[] {
  const data = new Uint8Array(700).fill(n & 255);
  data.set(number(n));
  const writes: VaultWrite[] = [
    { op: "put", key: ["journal", String(n)], data },
    { op: "put", key: ["position"], data: number(n) },
    { op: "remove", key: ["intent", String(n - 1)] },
    { op: "put", key: ["intent", String(n)], data: number(n) },
  ];
  if (n % 20 === 0)
    writes.push(
      { op: "removeRange", prefix: ["floor"] },
      { op: "put", key: ["floor", "snapshot"], data: number(n) },
    );
  return writes;
}

for (let n = Number(start); ; n += 2) {
  // Not awaited: what is not durable shares the next transaction or not, as it happens.
  const lines = [1, 2, 3].map((line) =>
    vault.commit([{ op: "put", key: ["floor", "line", `${n}.${line}`], data: number(n) }], {
      durable: false,
    }),
  );
  const both = [n, n + 1].map((each) => vault.commit(record(each), { durable: true }));
  await Promise.all([...lines, ...both]);
  writeSync(1, `${n + 1}\n`);
}
