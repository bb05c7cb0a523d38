import type { IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";
import { type WebSocket, WebSocketServer } from "ws";
import type { CounterPort, SessionToken } from "#terminal/counter/counter-port.ts";
import type { DoorLog } from "./door-log.ts";
import { judgeCaller } from "./loopback.ts";
import type { DoorMetrics } from "./metrics.ts";
import { maxImportBytes } from "./read-frame.ts";
import type { CommandRunner } from "./run-command.ts";
import { type Display, openScreen, type Screen, type Views } from "./screen.ts";
import type { Signal } from "./signals.ts";
import { sliceTexts } from "./slices.ts";

export interface ScreenDoor {
  /** Takes the upgrades of one more server. */
  serve(server: Server): void;
  screens(): { readonly staff: number; readonly customer: number };
  /** To the screens of a session that another door's command was given in. */
  signal(signal: Signal, session: SessionToken): void;
  /** Tells all, closes all; the sockets that do not answer are cut after `graceMs`. */
  close(graceMs: number): Promise<void>;
}

const maxScreens = 128;
/** JSON may write one character of a price book as several. */
const escapingRoom = 4 * 1024 * 1024;

/** The WebSocket at `/screen`, and `/screen?display=customer`. */
export function openScreenDoor(using: {
  readonly counter: CounterPort;
  readonly runner: CommandRunner;
  readonly metrics: DoorMetrics;
  readonly log: DoorLog;
  readonly version: string;
  readonly port: () => number;
  readonly heartbeatMs: number;
}): ScreenDoor {
  const { counter, runner, metrics, log } = using;
  const screens = new Map<WebSocket, Screen>();
  const texts = sliceTexts();
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: maxImportBytes + escapingRoom,
    perMessageDeflate: false,
  });
  let planned = false;
  let closing = false;

  const showAll = (): void => {
    planned = false;
    const views = viewsOf(counter);
    for (const screen of screens.values()) {
      try {
        screen.show(views);
      } catch (error) {
        runner.internal(error, "a view");
      }
    }
  };
  const unsubscribe = counter.onChange(() => {
    if (planned) return;
    planned = true;
    setImmediate(showAll);
  });
  const heartbeat = setInterval(() => {
    for (const screen of screens.values()) screen.beat();
  }, using.heartbeatMs);

  const onSignal = (signal: Signal, session: SessionToken | null, from?: Screen): void => {
    for (const screen of screens.values()) {
      if (screen !== from && session !== null && screen.session() === session) screen.signal(signal);
    }
  };

  const greet = (socket: WebSocket, display: Display): void => {
    socket.on("close", () => screens.delete(socket));
    const world = {
      version: using.version,
      runner,
      metrics,
      texts,
      hasSession: (token: SessionToken) => counter.hasSession(token),
      views: () => viewsOf(counter),
      onSignal,
    };
    try {
      screens.set(socket, openScreen(socket, display, world));
    } catch (error) {
      runner.internal(error, "a screen's beginning");
      socket.close(1011, "a fault of the till; its log has it");
    }
  };

  const upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    socket.on("error", () => socket.destroy());
    const refuse = (status: string, reason: string, words: string): void => {
      metrics.refused.inc({ reason });
      log("warn", `A screen was not let in: ${words}`);
      const body = `${words}\n`;
      socket.end(
        `HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Type: text/plain; charset=utf-8\r\n` +
          `X-Content-Type-Options: nosniff\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
      );
    };
    const verdict = judgeCaller(request.headers, using.port());
    if (verdict) return refuse("403 Forbidden", "caller", `${verdict.header} ${verdict.problem}.`);
    const [path, query] = (request.url ?? "").split("?", 2);
    if (path !== "/screen") return refuse("404 Not Found", "address", "The socket for screens is /screen.");
    const display = displayOf(query);
    if (!display) {
      return refuse("400 Bad Request", "address", "A screen is /screen, or /screen?display=customer.");
    }
    if (closing) return refuse("503 Service Unavailable", "stopping", "The till is stopping.");
    if (screens.size >= maxScreens) {
      return refuse("503 Service Unavailable", "screens", `No more than ${maxScreens} screens at a time.`);
    }
    sockets.handleUpgrade(request, socket, head, (opened) => greet(opened, display));
  };

  return {
    serve: (server) => server.on("upgrade", upgrade),
    screens() {
      const staff = [...screens.values()].filter(({ display }) => display === "staff").length;
      return { staff, customer: screens.size - staff };
    },
    signal: onSignal,
    async close(graceMs) {
      closing = true;
      unsubscribe();
      clearInterval(heartbeat);
      const gone = [...screens].map(([socket, screen]) => {
        const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
        screen.stop(1001, "the till is stopping");
        return closed;
      });
      const cut = setTimeout(() => {
        for (const socket of screens.keys()) socket.terminate();
      }, graceMs);
      await Promise.all(gone);
      clearTimeout(cut);
    },
  };
}

function displayOf(query: string | undefined): Display | null {
  const asked = new URLSearchParams(query).getAll("display");
  if (asked.length === 0) return "staff";
  return asked.length === 1 && asked[0] === "customer" ? "customer" : null;
}

function viewsOf(counter: CounterPort): Views {
  const staff = new Map<SessionToken | null, ReturnType<CounterPort["view"]>>();
  let customer: ReturnType<CounterPort["customerView"]> | undefined;
  return {
    staff(session) {
      let view = staff.get(session);
      if (!view) staff.set(session, (view = counter.view(session)));
      return view;
    },
    customer: () => (customer ??= counter.customerView()),
  };
}
