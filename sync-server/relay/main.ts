import { readFileSync } from "node:fs";
import { relayConfigSchema } from "./config.ts";
import { startRelay } from "./start.ts";

/** `node sync-server/relay/main.ts CONFIG.json`: one relay, until a signal. Prints one JSON line when it is ready. */
const path = process.argv[2];
if (path === undefined) {
  console.error("Say which configuration file: node sync-server/relay/main.ts relay.json");
  process.exit(2);
}
try {
  const relay = await startRelay(relayConfigSchema.parse(JSON.parse(readFileSync(path, "utf8"))));
  console.log(JSON.stringify({ type: "ready", url: relay.url }));
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.once(signal, () => void relay.close().then(() => process.exit(0)));
} catch (error) {
  console.error(`The relay did not start: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
}
