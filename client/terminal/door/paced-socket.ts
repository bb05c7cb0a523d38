import type { WebSocket } from "ws";

/** Beyond this many unsent bytes a screen gets no more views until it has read. */
const highWaterBytes = 256 * 1024;

/** Why a socket is not read from for a while: its screen does not read, or has too many commands unanswered. */
type Hold = "behind" | "busy";

export interface PacedSocket {
  /** Nothing happens on a socket that is closing. */
  send(text: string): void;
  /** The screen does not read: what can be left out should be. */
  isBehind(): boolean;
  hold(): void;
  release(): void;
  /** Something was read or written since the last call. */
  wasAlive(): boolean;
  touch(): void;
}

/**
 * A screen's socket that never buffers without bound: while the screen is behind, its own frames are left in the
 * kernel, so it cannot ask for more. `onDrained` is called when it has caught up.
 */
export function pacedSocket(socket: WebSocket, onDrained: () => void): PacedSocket {
  const holds = new Set<Hold>();
  let alive = true;

  const add = (hold: Hold): void => {
    if (holds.size === 0) socket.pause();
    holds.add(hold);
  };
  const remove = (hold: Hold): void => {
    if (holds.delete(hold) && holds.size === 0) socket.resume();
  };
  const written = (error?: Error | null): void => {
    if (error) return;
    alive = true;
    if (!holds.has("behind") || socket.bufferedAmount > highWaterBytes / 4) return;
    remove("behind");
    onDrained();
  };

  return {
    send(text) {
      if (socket.readyState !== socket.OPEN) return;
      socket.send(text, written);
      if (socket.bufferedAmount > highWaterBytes) add("behind");
    },
    isBehind: () => holds.has("behind"),
    hold: () => add("busy"),
    release: () => remove("busy"),
    touch: () => (alive = true),
    wasAlive() {
      const was = alive;
      alive = false;
      return was;
    },
  };
}
