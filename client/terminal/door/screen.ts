import type { WebSocket } from "ws";
import type { CommandName } from "#schema/wire/commands.ts";
import { screenProtocol, type ToScreen } from "#schema/wire/screen.ts";
import type { CustomerView, ScreenView } from "#schema/wire/views.ts";
import type { SessionToken } from "#terminal/counter/counter-port.ts";
import type { DoorMetrics } from "./metrics.ts";
import { pacedSocket } from "./paced-socket.ts";
import { readFrame } from "./read-frame.ts";
import { type AnyReply, type CommandRunner, refusal, sessionEnded } from "./run-command.ts";
import { type Signal, signalFor } from "./signals.ts";
import { sentView, type SliceTexts } from "./slices.ts";

export type Display = "staff" | "customer";

/** The counter's views at one moment; each is asked for once, however many screens show it. */
export interface Views {
  staff(session: SessionToken | null): ScreenView;
  customer(): CustomerView;
}

export interface Screen {
  readonly display: Display;
  session(): SessionToken | null;
  /** Sends what is new to this screen; while it does not read, later. */
  show(views: Views): void;
  signal(signal: Signal): void;
  /** Ends the socket of a screen that gave no sign of life since the last call; asks for one. */
  beat(): void;
  /** Says why, and ends it. */
  stop(code: number, reason: string): void;
}

export interface ScreenWorld {
  readonly version: string;
  readonly runner: CommandRunner;
  readonly metrics: DoorMetrics;
  readonly texts: SliceTexts;
  readonly hasSession: (token: SessionToken) => boolean;
  readonly views: () => Views;
  /** Told after each command, so that the session's other screens hear it too. */
  readonly onSignal: (signal: Signal, session: SessionToken | null, from: Screen) => void;
}

type Standing =
  | { readonly type: "anonymous" }
  | { readonly type: "session"; readonly token: SessionToken }
  /** Had a session that is over: it is told so until it signs in again. */
  | { readonly type: "ended" };

const maxUnanswered = 32;
const maxBadFrames = 50;

/** One screen at its socket, from `hello` to the end. Nothing that a screen sends throws out of here. */
export function openScreen(socket: WebSocket, display: Display, world: ScreenWorld): Screen {
  const paced = pacedSocket(socket, () => show(world.views()));
  const sent = sentView(world.texts);
  const waiting: (() => void)[] = [];
  let standing: Standing = { type: "anonymous" };
  let unanswered = 0;
  let badFrames = 0;

  const say = (message: Exclude<ToScreen, { type: "view" | "customer" }>): void =>
    paced.send(JSON.stringify(message));

  const show = (views: Views): void => {
    if (socket.readyState !== socket.OPEN) return;
    if (paced.isBehind()) {
      world.metrics.coalesced.inc();
      return;
    }
    if (display === "customer") {
      const whole = world.texts.of(views.customer());
      if (sent.take({ whole: views.customer() }) !== null) paced.send(`{"type":"customer","view":${whole}}`);
      return;
    }
    if (standing.type === "session" && !world.hasSession(standing.token)) standing = { type: "ended" };
    const changed = sent.take(views.staff(tokenOf(standing)));
    if (changed !== null) paced.send(`{"type":"view","view":${changed}}`);
  };

  const signal = (kind: Signal): void => {
    if (display === "staff" && !paced.isBehind()) say({ type: "signal", signal: kind });
  };

  const stop = (code: number, reason: string): void => socket.close(code, reason.slice(0, 120));

  const command = async (id: number, name: CommandName, input: unknown): Promise<void> => {
    const session = tokenOf(standing);
    const reply =
      standing.type === "ended" && name !== "signIn"
        ? sessionEnded()
        : await world.runner.run(name, input, { session, onProgress: percentSteps(id) });
    if (reply.ok && name === "signIn") standing = { type: "session", token: tokenIn(reply) };
    if (reply.ok && name === "lock") standing = { type: "anonymous" };
    // The picture first: whoever waits for the reply finds what the command did already drawn.
    show(world.views());
    const kind = signalFor(name, reply);
    if (kind) {
      signal(kind);
      world.onSignal(kind, session, screen);
    }
    say({ type: "reply", id, result: reply });
  };

  const percentSteps = (id: number) => {
    let last = "";
    return (done: number, what: string): void => {
      const percent = Math.floor(Math.min(1, Math.max(0, done)) * 1000) / 10;
      const step = `${Math.floor(percent)} ${what}`;
      if (step === last || paced.isBehind()) return;
      last = step;
      say({ type: "progress", id, done: Math.floor(percent) / 100, what });
    };
  };

  const enter = (run: () => Promise<void>): void => {
    if (unanswered >= maxUnanswered) {
      waiting.push(() => enter(run));
      return;
    }
    unanswered += 1;
    if (unanswered >= maxUnanswered) paced.hold();
    void run()
      .catch((error: unknown) => {
        world.runner.internal(error, "a screen");
        stop(1011, "a fault of the till; its log has it");
      })
      .finally(() => {
        unanswered -= 1;
        waiting.shift()?.();
        if (unanswered < maxUnanswered && waiting.length === 0) paced.release();
      });
  };

  const refuse = (id: number, reply: AnyReply): void => {
    badFrames += 1;
    world.metrics.refused.inc({ reason: "frame" });
    if (badFrames > maxBadFrames) return stop(1008, "too many frames that are none of a screen");
    say({ type: "reply", id, result: reply });
  };

  const receive = (data: Buffer, isBinary: boolean): void => {
    paced.touch();
    if (socket.readyState !== socket.OPEN) return;
    const frame = readFrame(data, isBinary);
    switch (frame.type) {
      case "close":
        world.metrics.refused.inc({ reason: "frame" });
        return stop(frame.code, frame.reason);
      case "bad":
        return refuse(frame.id, frame.reply);
      case "resume":
        if (display === "customer") return stop(1008, "the customer's display holds no session");
        standing = world.hasSession(frame.token)
          ? { type: "session", token: frame.token }
          : { type: "ended" };
        return show(world.views());
      case "command":
        if (display === "customer")
          return refuse(
            frame.id,
            refusal("not-allowed", "The customer's display gives no commands.", { permission: frame.name }),
          );
        return enter(() => command(frame.id, frame.name, frame.input));
    }
  };

  const screen: Screen = {
    display,
    session: () => tokenOf(standing),
    show,
    signal,
    stop,
    beat() {
      if (!paced.wasAlive()) return socket.terminate();
      socket.ping();
    },
  };

  socket.on("message", (data, isBinary) => {
    try {
      receive(data as Buffer, isBinary);
    } catch (error) {
      world.runner.internal(error, "a screen's frame");
      stop(1011, "a fault of the till; its log has it");
    }
  });
  socket.on("pong", () => paced.touch());
  socket.on("error", () => undefined); // `close` follows; ws has answered a broken frame already
  say({ type: "hello", protocol: screenProtocol, version: world.version });
  show(world.views());
  return screen;
}

function tokenOf(standing: Standing): SessionToken | null {
  return standing.type === "session" ? standing.token : null;
}

function tokenIn(reply: AnyReply & { readonly ok: true }): SessionToken {
  const value = reply.value as { readonly token: SessionToken };
  return value.token;
}
