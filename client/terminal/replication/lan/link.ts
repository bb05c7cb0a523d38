import type { Duplex } from "node:stream";
import { type RawData, WebSocket } from "ws";
import type { DeviceId } from "#schema/bytes.ts";
import type { LinkPeer, LinkRefusal, LinkSide } from "#schema/trust/handshake.ts";
import type { LinkIdentity, LinkProof } from "./link-identity.ts";
import type { LinkLog } from "./link-log.ts";
import type { Timing } from "./timing.ts";

export interface LinkLimits {
  /** Largest frame; a whole document must fit. */
  readonly frameBytes: number;
  /** Bytes a socket may send before it has proven who it is. */
  readonly provingBytes: number;
  /** From the open socket to both proofs. */
  readonly provingMs: number;
  readonly keepaliveMs: number;
  /** Without a byte for so long, the socket is taken for dead. */
  readonly silentMs: number;
  /** Unsent bytes at which a peer that does not read is given up. */
  readonly bufferedBytes: number;
  /** A peer that sends more than `burst` messages at once, or this many a second, is refused. */
  readonly messagesPerSecond: number;
  readonly burst: number;
}

export const defaultLinkLimits: LinkLimits = {
  frameBytes: 64 * 1024 * 1024,
  provingBytes: 128 * 1024,
  provingMs: 3000,
  keepaliveMs: 1500,
  silentMs: 6000,
  bufferedBytes: 128 * 1024 * 1024,
  messagesPerSecond: 5000,
  burst: 50_000,
};

export interface LinkDeps {
  readonly identity: LinkIdentity;
  readonly timing: Timing;
  readonly log: LinkLog;
  readonly limits: LinkLimits;
}

/** Why an end closed a link; the numbers go over the wire. */
const closeCodes = {
  spare: 4000,
  duplicate: 4001,
  refused: 4002,
  misbehaved: 4003,
  stopping: 4004,
  overloaded: 4005,
  /** The acceptor is the dialler. */
  self: 4006,
} as const;
export type CloseReason = keyof typeof closeCodes;

export type LinkEnd =
  | { readonly type: "here"; readonly reason: CloseReason }
  /** `code`: of the WebSocket's close; 1006 when the socket just ended. */
  | { readonly type: "there"; readonly code: number };

export type LinkOutcome =
  | { readonly type: "open"; readonly link: Link }
  | { readonly type: "refused"; readonly refusal: LinkRefusal }
  | { readonly type: "failed"; readonly detail: string };

export interface LinkHandler {
  /** One whole frame; not yet decoded. */
  frame(bytes: Uint8Array): void;
  /** Once, at whichever end it closed. */
  ended(end: LinkEnd): void;
}

type LinkState =
  | { readonly type: "proving"; readonly proof: LinkProof }
  | {
      readonly type: "open";
      readonly peer: LinkPeer;
      readonly handler: LinkHandler | undefined;
      readonly early: readonly Uint8Array[];
    }
  | { readonly type: "ended"; readonly peer: LinkPeer | undefined; readonly end: LinkEnd };

/**
 * One socket between two tills. It first proves who is there, then carries whole frames until either end closes it;
 * nothing that arrives on it throws.
 */
export class Link {
  readonly side: LinkSide;
  readonly #socket: WebSocket;
  readonly #deps: LinkDeps;
  #state: LinkState;
  #settle: (outcome: LinkOutcome) => void = () => {};
  #lastHeardMs: number;
  #allowance: number;
  #allowanceMs: number;
  readonly #cancels: (() => void)[] = [];

  private constructor(socket: WebSocket, side: LinkSide, deps: LinkDeps) {
    this.side = side;
    this.#socket = socket;
    this.#deps = deps;
    this.#state = { type: "proving", proof: deps.identity.begin(side) };
    this.#lastHeardMs = deps.timing.nowMs();
    this.#allowance = deps.limits.burst;
    this.#allowanceMs = this.#lastHeardMs;
  }

  /** `socket` is open; `raw` is what it reads from. Resolves when both ends have proven who they are, or never will. */
  static establish(
    socket: WebSocket,
    raw: Duplex | undefined,
    side: LinkSide,
    deps: LinkDeps,
  ): Promise<LinkOutcome> {
    const link = new Link(socket, side, deps);
    return new Promise((resolve) => {
      link.#settle = resolve;
      link.#watch(raw);
    });
  }

  /** The other device; a bug to ask before the link is open. */
  get device(): DeviceId {
    return this.peer.device;
  }

  get peer(): LinkPeer {
    const peer = this.#state.type === "proving" ? undefined : this.#state.peer;
    if (!peer) throw new Error("nobody has been proven on this link");
    return peer;
  }

  get isOpen(): boolean {
    return this.#state.type === "open";
  }

  /** Hands over what has come already, then whatever comes. Once. */
  start(handler: LinkHandler): void {
    const state = this.#state;
    if (state.type === "ended") return handler.ended(state.end);
    if (state.type !== "open" || state.handler) throw new Error("a link is started once, when open");
    this.#state = { ...state, handler, early: [] };
    for (const bytes of state.early) this.#deliver(bytes);
  }

  /** False when the link has ended; what is sent then is lost, as on any network. */
  send(bytes: Uint8Array): boolean {
    if (this.#state.type !== "open" || this.#socket.readyState !== WebSocket.OPEN) return false;
    if (this.#socket.bufferedAmount > this.#deps.limits.bufferedBytes) {
      this.#deps.log.note("slow-receiver", this.device);
      this.close("overloaded");
      return false;
    }
    this.#socket.send(bytes, { binary: true }, () => {});
    return true;
  }

  /** Asks the other end for a sign of life; ends the link when none comes within `withinMs`. */
  probe(withinMs: number): void {
    if (this.#state.type !== "open") return;
    const askedMs = this.#deps.timing.nowMs();
    this.#ping();
    this.#cancels.push(
      this.#deps.timing.after(withinMs, () => {
        if (this.#lastHeardMs < askedMs) this.#dead("no answer to a probe");
      }),
    );
  }

  close(reason: CloseReason): void {
    if (this.#state.type === "ended") return;
    try {
      this.#socket.close(closeCodes[reason]);
    } catch {
      // a socket that cannot say goodbye is terminated below
    }
    this.#deps.timing.after(500, () => this.#socket.terminate());
    this.#end({ type: "here", reason });
  }

  #watch(raw: Duplex | undefined): void {
    const { timing, limits, log } = this.#deps;
    const socket = this.#socket;
    socket.binaryType = "nodebuffer";
    socket.on("message", (data, isBinary) => this.#receive(data, isBinary));
    socket.on("ping", () => this.#heard());
    socket.on("pong", () => this.#heard());
    socket.on("error", (error) => {
      log.note(isOversize(error) ? "oversize-frame" : "socket-error", error.message);
      socket.terminate();
    });
    socket.on("close", (code) => this.#end({ type: "there", code }));
    if (raw) {
      let provingBytes = 0;
      const count = (chunk: Uint8Array) => {
        provingBytes += chunk.length;
        if (this.#state.type === "proving" && provingBytes > limits.provingBytes) {
          log.note("handshake-limit", `${provingBytes} bytes`);
          this.#fail("too many bytes before a proof");
        }
        if (this.#state.type !== "proving") raw.off("data", count);
      };
      raw.on("data", count);
      const heard = () => this.#heard();
      raw.on("data", heard);
    }
    this.#cancels.push(
      timing.after(limits.provingMs, () => {
        if (this.#state.type !== "proving") return;
        log.note("handshake-timeout", this.side);
        this.#fail("no proof in time");
      }),
      timing.every(limits.keepaliveMs, () => {
        if (this.#state.type !== "open") return;
        if (timing.nowMs() - this.#lastHeardMs > limits.silentMs) this.#dead("silent");
        else this.#ping();
      }),
    );
    if (this.#state.type === "proving") for (const bytes of this.#state.proof.opening) this.#say(bytes);
    if (socket.readyState !== WebSocket.OPEN) this.#end({ type: "there", code: 1006 });
  }

  #receive(data: RawData, isBinary: boolean): void {
    this.#heard();
    const bytes = toBytes(data);
    if (this.#state.type === "ended") return;
    if (!isBinary) {
      this.#deps.log.note("malformed-message", "a text frame");
      if (this.#state.type === "proving") this.#fail("a text frame");
      else this.close("misbehaved");
      return;
    }
    if (this.#state.type === "proving") this.#prove(this.#state.proof, bytes);
    else this.#deliver(bytes);
  }

  #prove(proof: LinkProof, bytes: Uint8Array): void {
    const { log } = this.#deps;
    const { send, next } = proof.receive(bytes);
    for (const message of send) this.#say(message);
    if (next.type === "proven") {
      this.#state = { type: "open", peer: next.peer, handler: undefined, early: [] };
      this.#settle({ type: "open", link: this });
    } else if (next.type === "refused") {
      log.note("handshake-refused", next.refusal.type);
      this.#settle({ type: "refused", refusal: next.refusal });
      this.close(next.refusal.type === "self" ? "self" : "refused");
    }
  }

  #deliver(bytes: Uint8Array): void {
    const state = this.#state;
    if (state.type !== "open") return;
    if (!this.#mayReceive()) {
      this.#deps.log.note("flood", state.peer.device);
      this.close("misbehaved");
      return;
    }
    if (!state.handler) {
      this.#state = { ...state, early: [...state.early, bytes] };
      return;
    }
    try {
      state.handler.frame(bytes);
    } catch (error) {
      this.#deps.log.note("handler-threw", String(error));
      this.close("misbehaved");
    }
  }

  #mayReceive(): boolean {
    const { timing, limits } = this.#deps;
    const nowMs = timing.nowMs();
    const earned = ((nowMs - this.#allowanceMs) / 1000) * limits.messagesPerSecond;
    this.#allowance = Math.min(limits.burst, this.#allowance + earned) - 1;
    this.#allowanceMs = nowMs;
    return this.#allowance >= 0;
  }

  #heard(): void {
    this.#lastHeardMs = this.#deps.timing.nowMs();
  }

  #say(bytes: Uint8Array): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(bytes, { binary: true }, () => {});
  }

  #ping(): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.ping(undefined, undefined, () => {});
  }

  #dead(detail: string): void {
    this.#deps.log.note("silent-socket", detail);
    this.#socket.terminate();
    this.#end({ type: "there", code: 1006 });
  }

  #fail(detail: string): void {
    this.#settle({ type: "failed", detail });
    this.#socket.terminate();
    this.#end({ type: "there", code: 1006 });
  }

  #end(end: LinkEnd): void {
    const state = this.#state;
    if (state.type === "ended") return;
    for (const cancel of this.#cancels.splice(0)) cancel();
    this.#state = { type: "ended", peer: state.type === "open" ? state.peer : undefined, end };
    if (state.type === "proving") this.#settle(unproven(end));
    else state.handler?.ended(end);
  }
}

function unproven(end: LinkEnd): LinkOutcome {
  if (end.type === "here") return { type: "failed", detail: `closed here: ${end.reason}` };
  if (end.code === closeCodes.self) return { type: "refused", refusal: { type: "self" } };
  return { type: "failed", detail: `closed there: ${end.code}` };
}

function isOversize(error: Error): boolean {
  return "code" in error && error.code === "WS_ERR_UNSUPPORTED_MESSAGE_LENGTH";
}

function toBytes(data: RawData): Uint8Array {
  if (Array.isArray(data)) return Buffer.concat(data);
  return data instanceof ArrayBuffer ? new Uint8Array(data) : data;
}
