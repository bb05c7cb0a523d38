import { type IncomingMessage, STATUS_CODES, createServer } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocketServer } from "ws";
import { Link, type LinkDeps } from "./link.ts";

/** Where tills ask each other for a link. */
export const meshPath = "/v1/mesh";

export interface ListenerOptions extends LinkDeps {
  readonly host: string;
  /** 0: whichever is free. */
  readonly port: number;
  readonly onLink: (link: Link) => void;
  /** Sockets that have not proven anything yet, above which new ones are closed. */
  readonly provingAtOnce?: number;
}

export interface Listener {
  readonly host: string;
  readonly port: number;
  close(): Promise<void>;
}

export type ListenOutcome =
  | { readonly type: "listening"; readonly listener: Listener }
  | { readonly type: "failed"; readonly code: string; readonly detail: string };

const headersMs = 3000;

/** Opens the door to other tills; the sockets that come are proven before `onLink` sees them. */
export function listen(options: ListenerOptions): Promise<ListenOutcome> {
  const { log, limits } = options;
  const provingAtOnce = options.provingAtOnce ?? 32;
  let proving = 0;
  const sockets = new Set<Duplex>();
  const server = createServer(
    {
      headersTimeout: headersMs,
      requestTimeout: headersMs,
      connectionsCheckingInterval: 500,
      maxHeaderSize: 8192,
    },
    (_request, response) => {
      response.writeHead(404, { connection: "close" }).end();
    },
  );
  server.maxConnections = 512;
  const upgrader = new WebSocketServer({
    noServer: true,
    maxPayload: limits.frameBytes,
    perMessageDeflate: false,
    clientTracking: false,
  });

  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", (error: Error) => log.note("socket-error", error.message));
    socket.setNoDelay(true);
  });
  server.on("clientError", (error, socket) => {
    log.note("bad-request", error.message);
    socket.destroy();
  });
  upgrader.on("wsClientError", (error, socket) => {
    log.note("bad-request", error.message);
    socket.destroy();
  });
  server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (request.url !== meshPath) return turnAway(socket, 404);
    if (proving >= provingAtOnce) {
      log.note("handshake-limit", "too many sockets that prove nothing");
      return turnAway(socket, 503);
    }
    try {
      upgrader.handleUpgrade(request, socket, head, (opened) => {
        proving += 1;
        void Link.establish(opened, socket, "acceptor", options).then((outcome) => {
          proving -= 1;
          if (outcome.type === "open") options.onLink(outcome.link);
          return undefined;
        });
      });
    } catch (error) {
      log.note("bad-request", String(error));
      socket.destroy();
    }
  });

  return new Promise((resolve) => {
    server.once("error", (error: NodeJS.ErrnoException) =>
      resolve({ type: "failed", code: error.code ?? "unknown", detail: error.message }),
    );
    server.listen(options.port, options.host, () => {
      server.on("error", (error) => log.note("socket-error", error.message));
      const address = server.address();
      if (address === null || typeof address === "string") throw new Error("a TCP server has an address");
      resolve({
        type: "listening",
        listener: { host: address.address, port: address.port, close },
      });
    });
  });

  function close(): Promise<void> {
    return new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
      // Closed links have 100 ms to say goodbye.
      const cancel = options.timing.after(100, () => {
        for (const socket of sockets) socket.destroy();
      });
      if (sockets.size === 0) cancel();
    });
  }
}

function turnAway(socket: Duplex, status: 404 | 503): void {
  socket.on("error", () => {});
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
