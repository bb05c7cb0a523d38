import type { LinkSocket, LinkWorld } from "./till-link.ts";

/** The socket, the clock and the timer of a browser's window. */
export function browserWorld(target: Window): LinkWorld {
  return {
    open: (url) => {
      const socket = new WebSocket(url);
      const open: LinkSocket = {
        send: (text) => socket.send(text),
        close: () => socket.close(),
        onopen: null,
        onmessage: null,
        onclose: null,
      };
      socket.addEventListener("open", () => open.onopen?.());
      socket.addEventListener("message", (event) => open.onmessage?.({ data: event.data }));
      socket.addEventListener("close", () => open.onclose?.());
      return open;
    },
    nowMs: () => Date.now(),
    after: (delayMs, run) => void target.setTimeout(run, delayMs),
  };
}
