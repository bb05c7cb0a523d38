import { randomBytes } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { CounterPort } from "#terminal/counter/counter-port.ts";
import { type DoorLog, quietly } from "./door-log.ts";
import { createHttpDoor } from "./http-door.ts";
import { doorMetrics } from "./metrics.ts";
import { commandRunner } from "./run-command.ts";
import { openScreenDoor } from "./screen-door.ts";

export interface DoorOptions {
  readonly counter: CounterPort;
  /** 0 takes a free one. */
  readonly port: number;
  /** The built screens; null: the API alone. */
  readonly uiDir: string | null;
  readonly version: string;
  /** For `/healthz`, beside `ok` and `version`; `ok: false` in it answers 503. */
  readonly health: () => object;
  /** More lines for `/metrics`, in Prometheus' text format. */
  readonly metrics?: () => string | Promise<string>;
  readonly log: DoorLog;
  /** How often a screen must give a sign of life. */
  readonly heartbeatMs?: number;
}

export interface Door {
  /** `http://127.0.0.1:port`. */
  readonly url: string;
  /** Every screen is told; the port is free when it resolves. */
  close(): Promise<void>;
}

const closeGraceMs = 1_000;

/**
 * Opens the till's door to its own machine: the screens' socket, the local API and the screens' files, on 127.0.0.1
 * and, where the machine has it, ::1. Rejects when the port is taken.
 */
export async function startDoor(options: DoorOptions): Promise<Door> {
  const { counter, version } = options;
  const log = quietly(options.log);
  let port = options.port;
  const metrics = doorMetrics(() => door.screens());
  const runner = commandRunner({
    counter,
    log,
    metrics,
    nowMs: () => performance.now(),
    newId: () => randomBytes(6).toString("hex"),
  });
  const door = openScreenDoor({
    counter,
    runner,
    metrics,
    log,
    version,
    port: () => port,
    heartbeatMs: options.heartbeatMs ?? 15_000,
  });
  const app = createHttpDoor({
    counter,
    runner,
    metrics,
    version,
    uiDir: options.uiDir,
    port: () => port,
    health: options.health,
    moreMetrics: options.metrics ?? (() => ""),
    onSignal: (signal, session) => door.signal(signal, session),
  });
  const newServer = (): Server => {
    const server = createServer({ requestTimeout: 120_000, headersTimeout: 10_000 }, app);
    server.maxConnections = 512;
    door.serve(server);
    return server;
  };

  const servers = [newServer()];
  try {
    await listen(servers[0]!, port, "127.0.0.1");
  } catch (error) {
    await door.close(0);
    throw error;
  }
  port = (servers[0]!.address() as AddressInfo).port;
  const second = newServer();
  try {
    await listen(second, port, "::1");
    servers.push(second);
  } catch (error) {
    log("info", "The door is not open on ::1", { reason: String(error) });
  }
  return {
    url: `http://127.0.0.1:${port}`,
    async close() {
      const closed = servers.map((server) => new Promise<void>((resolve) => server.close(() => resolve())));
      await door.close(closeGraceMs);
      for (const server of servers) server.closeAllConnections();
      await Promise.all(closed);
    },
  };
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      server.on("error", () => undefined);
      resolve();
    });
  });
}
