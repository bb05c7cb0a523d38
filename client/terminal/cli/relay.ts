import { Refused, type Command, readOptions, required, wholeNumber } from "./command.ts";
import { logEvent, logMistakes } from "./json-log.ts";
import { readJson } from "./secrets.ts";
import { endWithin, stopWithStdin, untilStopped } from "./stopping.ts";

const help = `
Usage: tillmesh relay --data DIR [options]

Runs a relay until it is stopped. When it is ready it prints one line of JSON. The token that registers stores lies in
DIR/operator-token; \`tillmesh register\` uses it.

  --data DIR          where it keeps the logs of its stores
  --config FILE       its configuration, JSON: host, port, quota, …
  --host HOST         where it listens, 127.0.0.1 by default; overrides the file
  --port N            4180 by default, 0 for a free one; overrides the file
  --stop-with-stdin   stop when standard input ends, as under a program that started it
`;

export const command: Command = { help, run };

async function run(args: readonly string[]): Promise<number> {
  const values = readOptions(args, {
    data: { type: "string" },
    config: { type: "string" },
    host: { type: "string" },
    port: { type: "string" },
    "stop-with-stdin": { type: "boolean" },
  });
  const dataDir = required(values.data, "--data DIR: where the relay keeps its logs");
  const port = wholeNumber(values.port, "--port", 0, 65_535);
  const file = values.config === undefined ? {} : readJson(values.config, "--config");
  const { relayConfigSchema } = await import("#relay/relay/config.ts");
  const config = relayConfigSchema.safeParse({
    ...(typeof file === "object" ? file : { config: file }),
    dataDir,
    ...(values.host === undefined ? {} : { host: values.host }),
    ...(port === undefined ? {} : { port }),
  });
  if (!config.success) {
    const problems = config.error.issues.map(
      (issue) => `  ${issue.path.join(".") || "the whole"}: ${issue.message}`,
    );
    throw new Refused(`This is not a relay's configuration:\n${problems.join("\n")}`);
  }
  logMistakes();
  const stopped = untilStopped();
  if (values["stop-with-stdin"]) stopWithStdin();
  const { startRelay } = await import("#relay/relay/start.ts");
  const relay = await startRelay(config.data).catch((error: unknown) => {
    throw new Refused(`The relay did not start: ${error instanceof Error ? error.message : String(error)}`);
  });
  process.stdout.write(`${JSON.stringify({ ready: true, url: relay.url })}\n`);
  logEvent({ event: "relay-stopping", why: await stopped });
  endWithin(10_000);
  await relay.close();
  return 0;
}
