import type { CommandInput, CommandName } from "#schema/wire/commands.ts";
import type { CommandError, FromScreen, ResultOf, ToScreen } from "#schema/wire/screen.ts";
import { applyMessage, emptyPicture, type Picture } from "./picture.ts";

/** A reply of the till, or `connection-lost`: the socket closed before the till answered. */
export type Outcome<Name extends CommandName> =
  | { readonly ok: true; readonly value: ResultOf<Name> }
  | { readonly ok: false; readonly error: ScreenError };

export type ScreenError = Omit<CommandError, "code"> & {
  readonly code: CommandError["code"] | "connection-lost";
};

/** What the link needs from the world; the twin in the tests has its own. */
export interface LinkWorld {
  /** Opens a socket; tells what becomes of it, never before this call has returned. */
  readonly open: (url: string, heard: SocketEvents) => LinkSocket;
  readonly nowMs: () => number;
  readonly after: (delayMs: number, run: () => void) => void;
}

export interface LinkSocket {
  send: (text: string) => void;
  close: () => void;
}

export interface SocketEvents {
  readonly opened: () => void;
  readonly message: (data: unknown) => void;
  readonly closed: () => void;
}

export interface TillLink {
  readonly picture: () => Picture;
  /** Called after each change of the picture; returns how to stop. */
  readonly subscribe: (changed: () => void) => () => void;
  readonly command: <Name extends CommandName>(
    name: Name,
    input: CommandInput<Name>,
    begun?: (id: number) => void,
  ) => Promise<Outcome<Name>>;
  readonly close: () => void;
}

const firstRetryMs = 200;
const longestRetryMs = 3_000;

interface Pending {
  readonly id: number;
  readonly text: string;
  /** Carries a `requestId`: it is sent again after a lost socket, and the till does it once. */
  readonly safeToRepeat: boolean;
  readonly settle: (outcome: Outcome<CommandName>) => void;
}

/**
 * One socket from a screen to its till, opened again whenever it closes. Commands that name their attempt with a
 * `requestId` outlive a lost socket; the others answer `connection-lost`. The session goes on by its token, which is
 * held in memory alone.
 */
export function openTillLink(url: string, world: LinkWorld): TillLink {
  let picture: Picture = { ...emptyPicture, connection: { state: "connecting", sinceMs: world.nowMs() } };
  const listeners = new Set<() => void>();
  const pending = new Map<number, Pending>();
  let socket: LinkSocket | null = null;
  let nextId = 1;
  let token: string | null = null;
  let retryMs = firstRetryMs;
  let closed = false;

  const show = (next: Picture): void => {
    if (next === picture) return;
    picture = next;
    for (const changed of listeners) changed();
  };

  const connect = (): void => {
    if (closed) return;
    const attempt = world.open(url, {
      opened: () => {
        socket = attempt;
        retryMs = firstRetryMs;
        if (token !== null) attempt.send(JSON.stringify({ type: "resume", token } satisfies FromScreen));
        for (const waiting of pending.values()) attempt.send(waiting.text);
      },
      message: (data) => {
        const message = parse(data);
        if (message === null) return;
        // A socket that only opens is no till yet: it counts once something is heard.
        if (picture.connection.state !== "open") {
          show({ ...picture, connection: { state: "open", sinceMs: world.nowMs() } });
        }
        if (message.type === "reply") settle(message.id, message.result);
        show(applyMessage(picture, message));
      },
      closed: () => {
        if (socket === attempt) socket = null;
        for (const waiting of pending.values()) {
          if (!waiting.safeToRepeat) settle(waiting.id, lost);
        }
        if (picture.connection.state !== "lost") {
          show({ ...picture, progress: null, connection: { state: "lost", sinceMs: world.nowMs() } });
        }
        world.after(retryMs, connect);
        retryMs = Math.min(retryMs * 2, longestRetryMs);
      },
    });
  };

  const settle = (id: number, outcome: Outcome<CommandName>): void => {
    const waiting = pending.get(id);
    pending.delete(id);
    waiting?.settle(outcome);
  };

  connect();
  return {
    picture: () => picture,
    subscribe: (changed) => {
      listeners.add(changed);
      return () => listeners.delete(changed);
    },
    command: (name, input, begun) =>
      new Promise((resolve) => {
        const id = nextId++;
        const text = JSON.stringify({ type: "command", id, name, input } satisfies FromScreen);
        const safeToRepeat = "requestId" in input && input.requestId !== undefined;
        if (socket === null && !safeToRepeat) return resolve(lost);
        pending.set(id, {
          id,
          text,
          safeToRepeat,
          settle: (outcome) => {
            if (name === "signIn" && outcome.ok)
              token = (outcome.value as unknown as ResultOf<"signIn">).token;
            if (name === "lock" && outcome.ok) token = null;
            resolve(outcome as Outcome<typeof name>);
          },
        });
        begun?.(id);
        socket?.send(text);
      }),
    close: () => {
      closed = true;
      socket?.close();
    },
  };
}

const lost = { ok: false, error: { code: "connection-lost", params: {}, message: "no till" } } as const;

/** The till is this screen's own process and typed by the same files; only what is no message at all is dropped. */
function parse(data: unknown): ToScreen | null {
  if (typeof data !== "string") return null;
  const value: unknown = JSON.parse(data);
  return typeof value === "object" && value !== null && "type" in value ? (value as ToScreen) : null;
}
