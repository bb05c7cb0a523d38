import type { Bytes } from "../bytes.ts";
import {
  type HandshakeState,
  type HandshakeStep,
  type LinkJudge,
  type LinkSelf,
  dial,
  receive as receiveHandshake,
} from "../trust/handshake.ts";
import {
  type Entry,
  type FromRelay,
  type OutgoingEntry,
  type ToRelay,
  encodeToRelay,
  parseFromRelay,
  relayProtocol,
} from "./relay.ts";

type Message<Type extends FromRelay["type"]> = Extract<FromRelay, { readonly type: Type }>;
type AnswerType = "ack" | "entries" | "coverage" | "token";

export type Answer<Type extends AnswerType> =
  | Message<Type>
  | Message<"error">
  /** The connection ended first: whether the relay did it is not known. */
  | { readonly type: "closed" };

/** What the conversation tells its owner, each as it comes and in the order of the wire. */
export interface RelayListener {
  readonly send: (frame: Bytes) => void;
  /** The handshake is done: requests may be made from now on. */
  readonly onWelcome: (welcome: Message<"welcome">) => void;
  readonly onPush: (after: number, entries: readonly Entry[]) => void;
  readonly onBehind: (end: number) => void;
  /** The conversation is over for this reason; the owner closes the socket and calls `end`. */
  readonly onRefused: (problem: string, error: Message<"error"> | undefined) => void;
}

/** The near side of one connection to the relay, without the socket: frames in, frames out. */
export interface RelayConversation {
  receive(frame: Bytes): void;
  /** The socket is gone: every open request is answered `closed`. */
  end(): void;
  /** `answered` is called in the order of the wire, between the pushes that came before and after. */
  append(entries: readonly OutgoingEntry[], answered: (answer: Answer<"ack">) => void): void;
  read(after: number, maxBytes: number): Promise<Answer<"entries">>;
  covered(names: readonly Bytes[]): Promise<Answer<"coverage">>;
  token(): Promise<Answer<"token">>;
}

type State =
  | { readonly type: "shaking-hands"; readonly handshake: HandshakeState }
  | { readonly type: "proven" }
  | { readonly type: "talking" }
  | { readonly type: "ended" };

type Pending = {
  [Type in AnswerType]: {
    readonly expected: Type;
    readonly answered: (answer: Answer<Type>) => void;
  };
}[AnswerType];

/** Sends the first message of the handshake at once. `judge` says which relay is trusted. `nonce`: 32 random bytes. */
export function startRelayConversation(
  self: LinkSelf,
  judge: LinkJudge,
  nonce: Bytes,
  listener: RelayListener,
): RelayConversation {
  const pending = new Map<number, Pending>();
  let nextId = 1;
  let state: State = { type: "ended" };
  follow(dial(self, nonce));

  function follow({ send, next }: HandshakeStep): void {
    for (const frame of send) listener.send(frame);
    if (next.type === "waiting") state = { type: "shaking-hands", handshake: next.state };
    else if (next.type === "proven") state = { type: "proven" };
    else refuse(`The relay's side of the handshake does not hold: ${next.refusal.type}.`, undefined);
  }

  function refuse(problem: string, error: Message<"error"> | undefined): void {
    end();
    listener.onRefused(problem, error);
  }

  function end(): void {
    state = { type: "ended" };
    const open = [...pending.values()];
    pending.clear();
    for (const { answered } of open) answered({ type: "closed" });
  }

  function receive(frame: Bytes): void {
    if (state.type === "ended") return;
    const parsed = parseFromRelay(frame);
    const message = parsed.type === "message" ? parsed.message : undefined;
    if (state.type === "shaking-hands" && message?.type !== "error")
      return follow(receiveHandshake(state.handshake, frame, judge));
    if (!message) return refuse("The relay sent what is not of this protocol.", undefined);
    hear(message);
  }

  function hear(message: FromRelay): void {
    switch (message.type) {
      case "welcome":
        if (state.type !== "proven") return refuse("The relay said welcome twice.", undefined);
        if (message.v !== relayProtocol) return refuse(`The relay speaks version ${message.v}.`, undefined);
        state = { type: "talking" };
        return listener.onWelcome(message);
      case "push":
        return listener.onPush(message.after, message.entries);
      case "behind":
        return listener.onBehind(message.end);
      case "error":
        return message.id === undefined ? refuse(message.message, message) : answer(message.id, message);
      default:
        return answer(message.id, message);
    }
  }

  function answer(id: number, message: Message<AnswerType | "error">): void {
    const request = pending.get(id);
    if (!request) return refuse("The relay answered what was not asked.", undefined);
    pending.delete(id);
    if (message.type === "error") request.answered(message);
    else if (!deliver(request, message))
      refuse("The relay answered something else than was asked.", undefined);
  }

  function ask(request: Pending, make: (id: number) => ToRelay): void {
    if (state.type !== "talking") return request.answered({ type: "closed" });
    const id = nextId++;
    pending.set(id, request);
    listener.send(encodeToRelay(make(id)));
  }

  return {
    receive,
    end,
    append(entries, answered) {
      ask({ expected: "ack", answered }, (id) => ({ type: "append", id, entries: [...entries] }));
    },
    read: (after, maxBytes) =>
      new Promise((answered) => {
        ask({ expected: "entries", answered }, (id) => ({ type: "read", id, after, maxBytes }));
      }),
    covered: (names) =>
      new Promise((answered) => {
        ask({ expected: "coverage", answered }, (id) => ({ type: "covered", id, names: [...names] }));
      }),
    token: () =>
      new Promise((answered) => {
        ask({ expected: "token", answered }, (id) => ({ type: "token", id }));
      }),
  };
}

/** False when the answer is not of the kind that was asked for. */
function deliver(request: Pending, message: Message<AnswerType>): boolean {
  if (request.expected === "ack" && message.type === "ack") request.answered(message);
  else if (request.expected === "entries" && message.type === "entries") request.answered(message);
  else if (request.expected === "coverage" && message.type === "coverage") request.answered(message);
  else if (request.expected === "token" && message.type === "token") request.answered(message);
  else return false;
  return true;
}
