import { randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { Bytes } from "#schema/bytes.ts";
import { cryptoReady, newSymmetricKey } from "#schema/trust/crypto.ts";
import { judgeByRoot } from "#schema/trust/handshake.ts";
import { createCommitter } from "./committer.ts";
import { type RelayConfig, relayConfigSchema } from "./config.ts";
import { createHttpDoor } from "./http-door.ts";
import { openBlindLog } from "./log.ts";
import { createMetrics } from "./metrics.ts";
import { openRegistry } from "./registry.ts";
import { createRooms } from "./rooms.ts";
import { operatorToken, relayKey } from "./secrets.ts";
import { openSegments } from "./segments.ts";
import { createSegmentRoutes } from "./segment-routes.ts";
import { openSocketDoor } from "./socket-door.ts";
import { createTokens } from "./tokens.ts";

export interface Relay {
  /** `http://host:port`; the log is at `/v1/log` of the same port. */
  readonly url: string;
  readonly operatorToken: string;
  readonly publicKey: Bytes;
  /** What is being written is finished, everybody is told, and the port is free when it resolves. */
  close(): Promise<void>;
}

/** Rejects when the port is taken, the data folder cannot be written, or what lies in it is damaged. */
export async function startRelay(
  settings: { readonly dataDir: string } & Partial<RelayConfig>,
): Promise<Relay> {
  const config = relayConfigSchema.parse(settings);
  await cryptoReady;
  const random = (length: number): Bytes => new Uint8Array(randomBytes(length));
  mkdirSync(config.dataDir, { recursive: true, mode: 0o700 });
  const key = relayKey(config.keyFile ?? join(config.dataDir, "relay-key"), random);
  const token = operatorToken(config.dataDir, config.operatorToken, random);
  const registry = openRegistry(config.dataDir, config.quota);
  for (const store of config.stores) registry.register(store);
  const log = openBlindLog(join(config.dataDir, "log"), random);
  const segments = await openSegments(join(config.dataDir, "segments"));
  const rooms = createRooms(() => performance.now());
  const tokens = createTokens(newSymmetricKey(random), () => performance.now());
  const metrics = createMetrics({
    stores: () => registry.stores().length,
    connections: () => rooms.connections(),
  });
  const committer = createCommitter(log, config.commitWindowMs);
  const routes = createSegmentRoutes({
    segments,
    registry,
    tokens,
    metrics,
    maxBytes: config.maxSegmentBytes,
  });
  const server = createServer(
    createHttpDoor({ log, registry, metrics, operatorToken: token, segments: routes }),
  );
  const judge = ({ id, root }: { id: Parameters<typeof judgeByRoot>[0]; root: Bytes }) =>
    judgeByRoot(id, root);
  const session = { log, committer, registry, rooms, tokens, metrics, key, judge, random };
  const door = openSocketDoor(server, config.maxConnections, { ...session, nowMs: () => performance.now() });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(config.port, config.host, () => resolve());
  });
  server.on("error", () => undefined); // a connection that could not be taken in is its own affair
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${config.host.includes(":") ? `[${config.host}]` : config.host}:${port}`,
    operatorToken: token,
    publicKey: key.publicKey,
    async close() {
      committer.flush();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      await door.close(2_000);
      server.closeAllConnections();
      await closed;
      committer.flush();
      log.close();
    },
  };
}
