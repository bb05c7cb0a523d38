import type { Server } from "node:http";
import { type WebSocket, WebSocketServer } from "ws";
import { maxRelayMessageBytes } from "#schema/wire/relay.ts";
import { type Session, type SessionDependencies, startSession } from "./session.ts";

export interface SocketDoor {
  /** Tells all, closes all, and waits until they are gone, at most `graceMs`. */
  close(graceMs: number): Promise<void>;
}

const handshakeMs = 10_000;
const heartbeatMs = 20_000;

/** The WebSocket at `/v1/log`. Nothing that comes through it throws out of here. */
export function openSocketDoor(
  server: Server,
  maxConnections: number,
  using: SessionDependencies,
): SocketDoor {
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: maxRelayMessageBytes,
    perMessageDeflate: false,
  });
  const sessions = new Map<WebSocket, Session>();

  server.on("upgrade", (request, socket, head) => {
    socket.on("error", () => socket.destroy());
    const path = (request.url ?? "").split("?")[0];
    if (path !== "/v1/log") socket.end("HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n");
    else if (sessions.size >= maxConnections) {
      using.metrics.refusals.inc({ code: "too-many-connections" });
      socket.end("HTTP/1.1 503 Service Unavailable\r\nRetry-After: 30\r\nConnection: close\r\n\r\n");
    } else sockets.handleUpgrade(request, socket, head, greet);
  });

  function greet(socket: WebSocket): void {
    let alive = true;
    socket.binaryType = "nodebuffer";
    const session = startSession(socket, using);
    sessions.set(socket, session);
    const tooLate = setTimeout(() => {
      if (!session.speaking()) session.stop("refused", "No handshake within ten seconds.");
    }, handshakeMs);
    const heartbeat = setInterval(() => {
      if (!alive) return socket.terminate();
      alive = false;
      socket.ping();
    }, heartbeatMs);
    socket.on("pong", () => (alive = true));
    socket.on("error", () => undefined); // `close` follows; a frame that breaks the protocol is closed by ws itself
    socket.on("message", (data, isBinary) => {
      alive = true;
      if (!isBinary) return session.stop("malformed", "Messages are binary.");
      try {
        session.receive(new Uint8Array(data as Buffer));
      } catch (error) {
        // The disk, most likely: this connection ends with words, the others go on.
        const problem = error instanceof Error ? error.message : String(error);
        session.stop("failed", `The relay could not do this: ${problem}`);
      }
    });
    socket.on("close", () => {
      clearTimeout(tooLate);
      clearInterval(heartbeat);
      sessions.delete(socket);
      session.end();
    });
  }

  return {
    async close(graceMs) {
      const gone = [...sessions].map(([socket, session]) => {
        const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
        session.stop("stopping", "The relay is stopping.");
        return closed;
      });
      const force = setTimeout(() => {
        for (const socket of sessions.keys()) socket.terminate();
      }, graceMs);
      await Promise.all(gone);
      clearTimeout(force);
    },
  };
}
