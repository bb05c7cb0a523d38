import type { RandomBytes } from "#schema/bytes.ts";

const consonants = "bdfghjklmnprstvz";
const vowels = "aiou";

/**
 * Six words of five letters that can be said and typed, 16 random bits each: 96 in all. (Proquints, arXiv:0901.4016.)
 */
export function newPassphrase(random: RandomBytes, words = 6): string {
  return Array.from({ length: words }, () => {
    const [high, low] = random(2) as unknown as [number, number];
    const bits = high * 256 + low;
    return (
      consonants[bits >> 12]! +
      vowels[(bits >> 10) & 3]! +
      consonants[(bits >> 6) & 15]! +
      vowels[(bits >> 4) & 3]! +
      consonants[bits & 15]!
    );
  }).join(" ");
}

/** Why a passphrase that a person chose is too weak to guard a store; undefined when it will do. */
export function passphraseProblem(passphrase: string): string | undefined {
  if (passphrase.trim() !== passphrase) return "begins or ends with a space";
  if (passphrase.length < 16) return "has fewer than 16 characters: take six words or more";
  if (new Set(passphrase).size < 6) return "repeats too few characters";
  return undefined;
}
