import { resolve } from "node:path";
import { foundStore } from "#terminal/setup/found-store.ts";
import { passphraseProblem } from "#terminal/setup/passphrase.ts";
import { type StoreFile, parseStoreFile } from "#terminal/setup/store-file.ts";
import { type Command, Refused, readOptions, wholeNumber } from "./command.ts";
import { askAtTerminal } from "./asking.ts";
import { askForStore } from "./ask-store.ts";
import { explainFileError, passphraseFrom, readJson } from "./secrets.ts";
import { costFrom, now, random } from "./world.ts";

const help = `
Usage: tillmesh init [--file FILE] [options]

Makes a company and its store: a company file, which the owner keeps, and a pack for each till. Without --file it asks.

  --file FILE               the store, JSON: {settings, staff, tills, relay}
  --out DIR                 where to write; this folder by default
  --tills N                 how many tills; overrides the file
  --relay URL               the relay's address, or none; overrides the file
  --passphrase-file FILE    for the company file; else TILLMESH_PASSPHRASE, else it asks
  --json                    one line of JSON for programs, the packs' passphrases in it
  --argon-mib N             memory for Argon2id, 256 by default
`;

export const command: Command = { help, run };

async function run(args: readonly string[]): Promise<number> {
  const values = readOptions(args, {
    file: { type: "string" },
    out: { type: "string" },
    tills: { type: "string" },
    relay: { type: "string" },
    "passphrase-file": { type: "string" },
    json: { type: "boolean" },
    "argon-mib": { type: "string" },
  });
  const cost = costFrom(values["argon-mib"]);
  const tills = wholeNumber(values.tills, "--tills", 1, 200);
  const overrides = {
    ...(tills === undefined ? {} : { tills }),
    ...(values.relay === undefined ? {} : { relay: values.relay }),
  };
  const folder = resolve(values.out ?? ".");
  const file = values.file === undefined ? await asked(overrides) : read(values.file, overrides);
  const passphrase = await passphraseFrom({
    what: "the new company file (six words or more)",
    file: values["passphrase-file"],
    fileOption: "--passphrase-file",
    variable: "TILLMESH_PASSPHRASE",
    twice: true,
  });
  const weak = passphraseProblem(passphrase);
  if (weak) throw new Refused(`This passphrase ${weak}. It guards the whole company.`);
  const founded = await foundStore({ file, folder, passphrase, cost, time: now(), random }).catch(
    (error: unknown) => {
      throw new Refused(`The store was not made: ${explainFileError(error, folder)}`);
    },
  );
  if (founded.type === "exists") throw new Refused(`${founded.path} is there already. Nothing was changed.`);
  const { company, companyFile, packs } = founded;
  if (values.json) {
    console.log(JSON.stringify({ store: company.store, name: company.name, company: companyFile, packs }));
    return 0;
  }
  console.log(`${company.name} is made.

  ${companyFile}
    The company file. Keep it and its passphrase off the tills, in two places: with them you enrol tills; without them
    nobody can.
${packs.map((pack) => `\n  ${pack.path}\n    The pack of ${pack.label}. Its passphrase, shown only here: ${pack.passphrase}\n`).join("")}
On each till: tillmesh till --data DIR --join PACK
Then destroy the pack: whoever has it and its passphrase is that till.`);
  return 0;
}

function read(path: string, overrides: object): StoreFile {
  const value = readJson(path, "--file");
  const merged = typeof value === "object" && value !== null && !Array.isArray(value);
  const parsed = parseStoreFile(merged ? { ...value, ...overrides } : value);
  if (parsed.ok) return parsed.file;
  const problems = parsed.problems.map((one) => `  ${one.path || "the whole"}: ${one.message}`);
  throw new Refused(`--file: ${path} cannot become a store. Nothing was made.\n${problems.join("\n")}`);
}

async function asked(overrides: object): Promise<StoreFile> {
  if (!process.stdin.isTTY)
    throw new Refused("There is no terminal to ask at: describe the store with --file FILE.", 2);
  const asking = askAtTerminal();
  try {
    return await askForStore(asking, overrides);
  } finally {
    asking.close();
  }
}
