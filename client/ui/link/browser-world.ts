import type { LinkWorld } from "./till-link.ts";

/** The socket, the clock and the timer of a browser's window. */
export function browserWorld(target: Window): LinkWorld {
  return {
    open: (url, heard) => {
      const socket = new WebSocket(url);
      socket.addEventListener("open", () => heard.opened());
      socket.addEventListener("message", (event) => heard.message(event.data));
      socket.addEventListener("close", () => heard.closed());
      return { send: (text) => socket.send(text), close: () => socket.close() };
    },
    nowMs: () => Date.now(),
    after: (delayMs, run) => void target.setTimeout(run, delayMs),
  };
}
