import type { Duplex } from "node:stream";
import { WebSocket } from "ws";
import { Link, type LinkDeps, type LinkOutcome } from "./link.ts";
import { meshPath } from "./listener.ts";

/** `address`: `host:port`. Never rejects: whatever happens to the socket is in the outcome. */
export function dialTill(address: string, deps: LinkDeps, signal: AbortSignal): Promise<LinkOutcome> {
  return new Promise((resolve) => {
    let socket: WebSocket;
    try {
      socket = new WebSocket(`ws://${address}${meshPath}`, {
        handshakeTimeout: deps.limits.provingMs,
        maxPayload: deps.limits.frameBytes,
        perMessageDeflate: false,
        followRedirects: false,
      });
    } catch (error) {
      resolve({ type: "failed", detail: String(error) });
      return;
    }
    let raw: Duplex | undefined;
    const fail = (detail: string) => {
      signal.removeEventListener("abort", stop);
      socket.terminate();
      resolve({ type: "failed", detail });
    };
    const stop = () => fail("stopped");
    const onError = (error: Error) => fail(error.message);
    const onClose = () => fail("closed");
    socket.on("error", onError);
    socket.on("close", onClose);
    socket.on("upgrade", (response) => {
      raw = response.socket;
      response.socket.setNoDelay(true);
    });
    socket.on("open", () => {
      // `establish` adds its own listeners first, so no error goes unheard.
      const outcome = Link.establish(socket, raw, "dialler", deps);
      socket.off("error", onError);
      socket.off("close", onClose);
      void outcome.then((value) => {
        signal.removeEventListener("abort", stop);
        resolve(value);
        return undefined;
      });
    });
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop);
  });
}
