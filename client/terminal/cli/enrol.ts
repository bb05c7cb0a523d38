import { existsSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { issueReaderPack, issueTillPack, sealCompany } from "#terminal/setup/company.ts";
import { packFileName, writeSafely } from "#terminal/setup/found-store.ts";
import { sealPack } from "#terminal/setup/pack.ts";
import { newPassphrase } from "#terminal/setup/passphrase.ts";
import { type Command, Refused, readOptions, required } from "./command.ts";
import { companyFrom } from "./company-file.ts";
import { explainFileError } from "./secrets.ts";
import { costFrom, now, random } from "./world.ts";

const help = `
Usage: tillmesh enrol --company FILE --label NAME [options]

Makes the pack of one more till: \`tillmesh till --join PACK\` uses it, once. The pack is sealed under a passphrase of its
own, which is shown here and written nowhere.

  --company FILE            the company file; it remembers the enrolment
  --label NAME              what people will call the till
  --reader                  not a till but a reader, such as headquarters
  --neighbour HOST:PORT     a till to try first, whatever discovery finds; may be repeated
  --out PACK                where to write it; by default in \`packs\` beside the company file
  --passphrase-file FILE    of the company file; else TILLMESH_PASSPHRASE, else it asks
  --json                    one line of JSON for programs
  --argon-mib N             memory for Argon2id, 256 by default
`;

export const command: Command = { help, run };

async function run(args: readonly string[]): Promise<number> {
  const values = readOptions(args, {
    company: { type: "string" },
    label: { type: "string" },
    reader: { type: "boolean" },
    neighbour: { type: "string", multiple: true },
    out: { type: "string" },
    "passphrase-file": { type: "string" },
    json: { type: "boolean" },
    "argon-mib": { type: "string" },
  });
  const label = required(values.label?.trim(), "--label NAME: what people will call it");
  if (label.length > 60) throw new Refused("--label: at most 60 characters.", 2);
  const cost = costFrom(values["argon-mib"]);
  const { company, path, passphrase } = await companyFrom(values.company, values["passphrase-file"]);
  const issue = values.reader ? issueReaderPack : issueTillPack;
  const issued = issue(company, { label, neighbours: values.neighbour ?? [], time: now(), random });
  const out = values.out ?? join(dirname(path), "packs", packFileName(label, issued.pack.series));
  if (existsSync(out)) throw new Refused(`${out} is there already. Say another place with --out.`);
  const own = newPassphrase(random);
  const pack = await sealPack(issued.pack, { passphrase: own, cost, random });
  try {
    mkdirSync(dirname(out), { recursive: true, mode: 0o700 });
    writeSafely(path, await sealCompany(issued.company, { passphrase, cost, random }));
    writeSafely(out, pack);
  } catch (error) {
    throw new Refused(`The pack was not made: ${explainFileError(error, out)}`);
  }
  const { series } = issued.pack;
  if (values.json) console.log(JSON.stringify({ label, series, pack: out, passphrase: own }));
  else
    console.log(
      `${out} is the pack of ${label} (receipt series ${series}).\nIts passphrase, shown only here: ${own}`,
    );
  return 0;
}
