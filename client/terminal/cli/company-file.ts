import { type Company, openCompany } from "#terminal/setup/company.ts";
import { explainFileRefusal } from "#terminal/setup/sealed-file.ts";
import { Refused, required } from "./command.ts";
import { passphraseFrom, readBytes } from "./secrets.ts";

/** Opens the company file that a command names; throws `Refused` with the reason when it does not open. */
export async function companyFrom(
  path: string | undefined,
  passphraseFile: string | undefined,
): Promise<{ readonly company: Company; readonly path: string; readonly passphrase: string }> {
  const file = required(path, "--company FILE: the company file that `tillmesh init` wrote");
  const bytes = new Uint8Array(readBytes(file, "--company"));
  const passphrase = await passphraseFrom({
    what: "the company file",
    file: passphraseFile,
    fileOption: "--passphrase-file",
    variable: "TILLMESH_PASSPHRASE",
  });
  const opened = await openCompany(bytes, passphrase);
  if (opened.type !== "opened") throw new Refused(explainFileRefusal(file, opened));
  return { company: opened.company, path: file, passphrase };
}
