import { changePassphrase } from "#terminal/vault/open-vault.ts";
import { random } from "./read-records.ts";

/** Gives a vault the slot that a store has: the same passphrase, stretched at the standard cost. */
const { folder, passphrase } = JSON.parse(process.argv[2]!) as { folder: string; passphrase: string };
const changed = await changePassphrase(folder, { current: passphrase, next: passphrase, random });
if (changed.type !== "changed") throw new Error(changed.type);
console.log("{}");
