import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Identity, readIdentity } from "#terminal/setup/identity.ts";
import { explainJoin, explainVaultRefusal, join } from "#terminal/setup/join.ts";
import { type TillConfig, tillConfigSchema } from "#terminal/till-config.ts";
import { openVault } from "#terminal/vault/open-vault.ts";
import type { Vault } from "#terminal/vault/vault.ts";
import { type Command, Refused, readOptions, required } from "./command.ts";
import { errorPlace, logEvent, logLine, logMistakes } from "./json-log.ts";
import { spareMemory } from "./spare-memory.ts";
import { givenPassphrase, passphraseFrom, readBytes, readJson } from "./secrets.ts";
import { endWithin, stopWithStdin, untilStopped } from "./stopping.ts";
import { costFrom, now, random } from "./world.ts";

const help = `
Usage: tillmesh till --data DIR [options]

Runs one till until it is stopped. When it is ready it prints one line of JSON.

  --data DIR                  its data folder, encrypted; made by the first --join
  --join PACK                 become the till of this pack, once; later it is not needed
  --config FILE               its configuration, JSON: door, lan, relay, language
  --passphrase-file FILE      the passphrase of its vault; else TILLMESH_PASSPHRASE, else it asks
  --pack-passphrase-file FILE the passphrase of the pack; else TILLMESH_PACK_PASSPHRASE, else the vault's
  --stop-with-stdin           stop when standard input ends, as under a program that started it
  --argon-mib N               memory for Argon2id when the vault is made, 256 by default
`;

const options = {
  data: { type: "string" },
  join: { type: "string" },
  config: { type: "string" },
  "passphrase-file": { type: "string" },
  "pack-passphrase-file": { type: "string" },
  "stop-with-stdin": { type: "boolean" },
  "argon-mib": { type: "string" },
} as const;

export const command: Command = { help, run };

async function run(args: readonly string[]): Promise<number> {
  const values = readOptions(args, options);
  const dataDir = required(values.data, "--data DIR: where this till keeps its data");
  const config = readConfig(values.config);
  logMistakes();
  const stopped = untilStopped();
  if (values["stop-with-stdin"]) stopWithStdin();
  const { vault, identity } = await unlock(dataDir, values);
  const till = await start(vault, identity, config).catch(async (error: unknown) => {
    await vault.close();
    logEvent({ event: "till-failed", ...errorPlace(error) });
    throw new Refused(explainStart(error, config));
  });
  const { device } = identity.key;
  const { host, port } = till.lan.address;
  spareMemory();
  process.stdout.write(
    `${JSON.stringify({ ready: true, door: till.door.url, lan: `${host}:${port}`, device, label: identity.label })}\n`,
  );
  logEvent({ event: "till-stopping", why: await stopped });
  endWithin(10_000);
  await till.close();
  logEvent({ event: "till-stopped" });
  return 0;
}

async function start(vault: Vault, identity: Identity, config: TillConfig) {
  const { startTill } = await import("#terminal/start-till.ts");
  const screens = fileURLToPath(new URL("../../ui/dist/", import.meta.url));
  const uiDir = existsSync(screens) ? screens : null;
  return startTill({ vault, identity, config, uiDir, system: now, random, log: logLine });
}

async function unlock(
  dataDir: string,
  values: ReturnType<typeof readOptions<typeof options>>,
): Promise<{ readonly vault: Vault; readonly identity: Identity }> {
  const pack = values.join === undefined ? undefined : readBytes(values.join, "--join");
  const passphrase = await passphraseFrom({
    what: "this till's vault",
    file: values["passphrase-file"],
    fileOption: "--passphrase-file",
    variable: "TILLMESH_PASSPHRASE",
    twice: pack !== undefined,
  });
  if (pack) {
    const source = {
      what: "the pack",
      file: values["pack-passphrase-file"],
      fileOption: "--pack-passphrase-file",
      variable: "TILLMESH_PACK_PASSPHRASE",
    };
    const packPassphrase =
      givenPassphrase(source) ?? (process.stdin.isTTY ? await passphraseFrom(source) : passphrase);
    const joined = await join({
      folder: dataDir,
      pack: new Uint8Array(pack),
      packPassphrase,
      vaultPassphrase: passphrase,
      cost: costFrom(values["argon-mib"]),
      random,
    });
    if (joined.type !== "joined") throw new Refused(explainJoin(joined));
    return joined;
  }
  const opened = await openVault(dataDir, { unlock: { passphrase }, random });
  if (opened.type !== "opened") throw new Refused(explainVaultRefusal(opened));
  const identity = await readIdentity(opened.vault);
  if (identity) return { vault: opened.vault, identity };
  await opened.vault.close();
  throw new Refused("This data folder holds a vault but no till yet. Finish joining: `--join PACK`.");
}

function readConfig(path: string | undefined): TillConfig {
  const parsed = tillConfigSchema.safeParse(path === undefined ? {} : readJson(path, "--config"));
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(
    (issue) => `  ${issue.path.join(".") || "the whole"}: ${issue.message}`,
  );
  throw new Refused(`--config: ${path} is not a till's configuration:\n${problems.join("\n")}`);
}

function explainStart(error: unknown, config: TillConfig): string {
  const message = error instanceof Error ? error.message : String(error);
  if (/EADDRINUSE/.test(message))
    return `A port is taken (door ${config.door.port}, lan ${config.lan.port}): another program listens there. Say others in the configuration file.`;
  return `The till did not start: ${message}`;
}
