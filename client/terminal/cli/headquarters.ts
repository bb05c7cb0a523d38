import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { toHex } from "#schema/bytes.ts";
import { firstEpochKeys } from "#schema/documents/bundle.ts";
import { signingKeyFromSeed } from "#schema/trust/crypto.ts";
import { writeSafely } from "#terminal/setup/found-store.ts";
import { type Pack, openPack } from "#terminal/setup/pack.ts";
import { explainFileRefusal } from "#terminal/setup/sealed-file.ts";
import { type Command, Refused, readOptions, required, wholeNumber } from "./command.ts";
import { logEvent, logMistakes } from "./json-log.ts";
import { passphraseFrom, readBytes, readText } from "./secrets.ts";
import { endWithin, stopWithStdin, untilStopped } from "./stopping.ts";
import { random } from "./world.ts";

const help = `
Usage: tillmesh headquarters --data DIR --pack PACK [options]

Follows a store through its relay and answers with figures, until it is stopped. It keeps nothing of the shop on disk.
When it is ready it prints one line of JSON. Programs that ask must show the token in DIR/access-token.

  --data DIR               where the access token lies; made on the first start
  --pack PACK              a reader's pack, from \`tillmesh enrol --reader\`
  --relay URL              another relay than the pack names
  --port N                 where it answers; a free one by default
  --passphrase-file FILE   of the pack; else TILLMESH_PASSPHRASE, else it asks
  --stop-with-stdin        stop when standard input ends, as under a program that started it
`;

export const command: Command = { help, run };

async function run(args: readonly string[]): Promise<number> {
  const values = readOptions(args, {
    data: { type: "string" },
    pack: { type: "string" },
    relay: { type: "string" },
    port: { type: "string" },
    "passphrase-file": { type: "string" },
    "stop-with-stdin": { type: "boolean" },
  });
  const dataDir = required(values.data, "--data DIR: where the access token lies");
  const port = wholeNumber(values.port, "--port", 0, 65_535) ?? 0;
  const packFile = required(values.pack, "--pack PACK: a reader's pack");
  logMistakes();
  const stopped = untilStopped();
  if (values["stop-with-stdin"]) stopWithStdin();
  const pack = await readerPack(packFile, values["passphrase-file"]);
  const relayUrl = values.relay ?? pack.relay;
  if (relayUrl === null) throw new Refused("The pack names no relay. Say which with --relay URL.", 2);
  const tokenFile = join(dataDir, "access-token");
  const token = accessToken(dataDir, tokenFile);
  const { startHeadquarters } = await import("#relay/headquarters/start.ts");
  const key = signingKeyFromSeed(pack.seed);
  const credential = { type: "enrolment", signed: pack.enrolment } as const;
  const self = { store: pack.store, key, credential };
  const keys = firstEpochKeys(pack.epochKey);
  const headquarters = await startHeadquarters({ relayUrl, stores: [{ self, keys }], port, token }).catch(
    (error: unknown) => {
      throw new Refused(
        `Headquarters did not start: ${error instanceof Error ? error.message : String(error)}`,
      );
    },
  );
  console.log(JSON.stringify({ ready: true, url: headquarters.url, store: pack.store, tokenFile }));
  logEvent({ event: "headquarters-stopping", why: await stopped });
  endWithin(10_000);
  await headquarters.close();
  return 0;
}

async function readerPack(path: string, passphraseFile: string | undefined): Promise<Pack> {
  const bytes = new Uint8Array(readBytes(path, "--pack"));
  const passphrase = await passphraseFrom({
    what: "the reader's pack",
    file: passphraseFile,
    fileOption: "--passphrase-file",
    variable: "TILLMESH_PASSPHRASE",
  });
  const opened = await openPack(bytes, "reader", passphrase);
  if (opened.type !== "opened") throw new Refused(explainFileRefusal(path, opened));
  return opened.pack;
}

function accessToken(dataDir: string, file: string): string {
  if (!existsSync(file)) {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    writeSafely(file, new TextEncoder().encode(`${toHex(random(24))}\n`));
  }
  return readText(file, "--data").trim();
}
