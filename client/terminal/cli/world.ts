import { randomBytes } from "node:crypto";
import type { Bytes, RandomBytes, TimeMs } from "#schema/bytes.ts";
import { type StretchCost, standardCost } from "#terminal/vault/passphrase-slot.ts";
import { wholeNumber } from "./command.ts";

/** The clock and the randomness of this machine, handed down from here. */
export const now = (): TimeMs => Date.now();
export const random: RandomBytes = (length): Bytes => new Uint8Array(randomBytes(length));

/** For `--argon-mib`: how much memory the stretching of a new passphrase takes, of 256 MiB by default. */
export function costFrom(mebibytes: string | undefined): StretchCost {
  const given = wholeNumber(mebibytes, "--argon-mib", 1, 2048);
  return given === undefined ? standardCost : { ...standardCost, memoryBytes: given * 2 ** 20 };
}
