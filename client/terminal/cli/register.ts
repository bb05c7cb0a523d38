import { join } from "node:path";
import { toHex } from "#schema/bytes.ts";
import { rootKey } from "#terminal/setup/company.ts";
import { relayUrlSchema } from "#terminal/setup/store-file.ts";
import { type Command, Refused, readOptions, required } from "./command.ts";
import { companyFrom } from "./company-file.ts";
import { readText } from "./secrets.ts";

const help = `
Usage: tillmesh register --company FILE --relay URL --operator-token-file FILE

Tells a relay that the store may use it: its id and the public half of its root key, nothing else. Again: harmless.

  --company FILE               the company file
  --relay URL                  http(s)://host:port
  --operator-token-file FILE   the relay's operator token, DIR/operator-token in its data folder
  --passphrase-file FILE       of the company file; else TILLMESH_PASSPHRASE, else it asks
`;

export const command: Command = { help, run };

async function run(args: readonly string[]): Promise<number> {
  const values = readOptions(args, {
    company: { type: "string" },
    relay: { type: "string" },
    "operator-token-file": { type: "string" },
    "passphrase-file": { type: "string" },
  });
  const relay = relayUrlSchema.safeParse(required(values.relay, "--relay URL: which relay"));
  if (!relay.success || relay.data === null)
    throw new Refused(`--relay: ${values.relay} is not an address.`, 2);
  const tokenFile = required(values["operator-token-file"], "--operator-token-file FILE");
  const token = readText(tokenFile, "--operator-token-file").trim();
  const { company } = await companyFrom(values.company, values["passphrase-file"]);
  const { registerStore } = await import("#relay/relay/register.ts");
  const result = await registerStore(relay.data, token, {
    store: company.store,
    root: toHex(rootKey(company).publicKey),
  });
  switch (result.type) {
    case "registered":
      console.log(`${company.name} may use the relay at ${relay.data}.`);
      return 0;
    case "unreachable":
      throw new Refused(`No relay answers at ${relay.data}: ${result.message}.`);
    case "refused":
      throw new Refused(`The relay refused (${result.status}): ${result.message}`);
  }
}

/** Where a relay keeps the token. */
export function operatorTokenFile(relayDataDir: string): string {
  return join(relayDataDir, "operator-token");
}
