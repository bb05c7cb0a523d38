import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Bytes, type RandomBytes, fromHex, toHex } from "#schema/bytes.ts";
import { type SigningKey, signingKeyFromSeed } from "#schema/trust/crypto.ts";
import { writeDurably } from "./durable-file.ts";

/** The operator's token: as configured, or from `dataDir/operator-token`, made at the first start, readable by its owner. */
export function operatorToken(dataDir: string, configured: string | undefined, random: RandomBytes): string {
  return configured ?? keptText(join(dataDir, "operator-token"), () => toHex(random(32)));
}

/** The relay's own key: a seed in hex, made at the first start. Throws when the file is damaged. */
export function relayKey(path: string, random: RandomBytes): SigningKey {
  const seed: Bytes = fromHex(keptText(path, () => toHex(random(32))));
  if (seed.length !== 32) throw new Error(`${path} is damaged: not 32 bytes of hex`);
  return signingKeyFromSeed(seed);
}

function keptText(path: string, make: () => string): string {
  if (!existsSync(path)) writeDurably(path, new TextEncoder().encode(`${make()}\n`), 0o600);
  const text = readFileSync(path, "utf8").trim();
  if (text === "") throw new Error(`${path} is empty`);
  return text;
}
