import type { WebSocket } from "ws";
import type { Bytes, DeviceId, RandomBytes, StoreId } from "#schema/bytes.ts";
import type { SigningKey } from "#schema/trust/crypto.ts";
import {
  type HandshakeState,
  type LinkClaim,
  type LinkJudge,
  type LinkPeer,
  type LinkRefusal,
  accept,
  nonceLength,
  receive as receiveHandshake,
} from "#schema/trust/handshake.ts";
import {
  type Entry,
  type FromRelay,
  type RelayErrorCode,
  type ToRelay,
  encodeFromRelay,
  parseToRelay,
  relayProtocol,
} from "#schema/wire/relay.ts";
import type { Committed, Committer } from "./committer.ts";
import type { BlindLog } from "./log.ts";
import type { RelayMetrics } from "./metrics.ts";
import type { RegisteredStore, Registry } from "./registry.ts";
import type { Rooms } from "./rooms.ts";
import type { Tokens } from "./tokens.ts";

export interface SessionDependencies {
  readonly log: BlindLog;
  readonly committer: Committer;
  readonly rooms: Rooms;
  readonly tokens: Tokens;
  readonly registry: Registry;
  /** The relay's own key, which a till may know beforehand. */
  readonly key: SigningKey;
  /** Who may speak for a store. */
  readonly judge: (store: RegisteredStore) => LinkJudge;
  readonly metrics: RelayMetrics;
  readonly random: RandomBytes;
  readonly nowMs: () => number;
}

export interface Session {
  /** One message of the other side. */
  receive(frame: Bytes): void;
  speaking(): boolean;
  /** The socket is gone. */
  end(): void;
  /** Says why, and closes. */
  stop(code: RelayErrorCode, message: string): void;
}

/** One connection that speaks for one device. */
export interface Speaker {
  readonly store: StoreId;
  readonly device: DeviceId;
  readonly role: "till" | "reader";
  /** Whether new entries are pushed: from when it has read to the end, until it lags. */
  following: boolean;
  readonly push: (frame: Bytes, entries: readonly Entry[]) => void;
}

type State =
  | { readonly type: "shaking-hands"; readonly handshake: HandshakeState }
  | { readonly type: "speaking"; readonly speaker: Speaker }
  | { readonly type: "closed" };

/** A reader with more than this not yet on the wire is told to read instead of being pushed to. */
const lagBytes = 2 * 2 ** 20;
/** With more than this not yet on the wire nothing more is taken from the socket. */
const pauseBytes = 8 * 2 ** 20;

/** Begins with the handshake, in which the other side speaks first. */
export function startSession(socket: WebSocket, using: SessionDependencies): Session {
  const { log, committer, registry, rooms, metrics } = using;
  let state: State = {
    type: "shaking-hands",
    handshake: accept(
      ({ store }) =>
        registry.store(store) && {
          store,
          key: using.key,
          credential: { type: "key", publicKey: using.key.publicKey },
        },
      using.random(nonceLength),
    ),
  };

  function sendFrame(frame: Bytes): void {
    if (socket.readyState !== socket.OPEN) return;
    socket.send(frame, () => {
      if (socket.isPaused && socket.bufferedAmount < pauseBytes / 2) socket.resume();
    });
    if (socket.bufferedAmount > pauseBytes) socket.pause();
  }

  const send = (message: FromRelay) => sendFrame(encodeFromRelay(message));

  function refuse(
    code: RelayErrorCode,
    message: string,
    more: { id?: number; retryAfterMs?: number } = {},
  ): void {
    metrics.refusals.inc({ code });
    send({ type: "error", code, message, ...more });
  }

  function stop(code: RelayErrorCode, message: string): void {
    if (state.type === "closed") return;
    refuse(code, message);
    end();
    socket.close(code === "stopping" ? 1001 : 1008, code);
  }

  function end(): void {
    if (state.type === "speaking") rooms.leave(state.speaker);
    state = { type: "closed" };
  }

  function judge(claim: LinkClaim): ReturnType<LinkJudge> {
    const store = registry.store(claim.store);
    return store ? using.judge(store)(claim) : { type: "other-store" };
  }

  function shakeHands(handshake: HandshakeState, frame: Bytes): void {
    const { send, next } = receiveHandshake(handshake, frame, judge);
    for (const message of send) sendFrame(message);
    if (next.type === "waiting") state = { type: "shaking-hands", handshake: next.state };
    else if (next.type === "refused") stop(...refusalWords(next.refusal));
    else welcome(next.peer);
  }

  function welcome(peer: LinkPeer): void {
    if (peer.type !== "enrolled") return stop("refused", "Only an enrolled device may speak for a store.");
    const { device, store: id, role } = peer.enrolment;
    const store = registry.store(id)!;
    const speaker: Speaker = {
      store: id,
      device,
      role,
      following: false,
      push: (frame, entries) => push(speaker, frame, entries),
    };
    if (!rooms.join(speaker, store.quota.maxConnections))
      return stop(
        "too-many-connections",
        `This store has ${store.quota.maxConnections} connections already.`,
      );
    state = { type: "speaking", speaker };
    const { log: logId, end } = log.state(id);
    send({ type: "welcome", v: relayProtocol, log: logId, end, maxEntryBytes: store.quota.maxEntryBytes });
  }

  function append(speaker: Speaker, { id, entries }: ToRelay & { type: "append" }): void {
    if (speaker.role !== "till") return refuse("refused", "A reader does not append.", { id });
    const { quota } = registry.store(speaker.store)!;
    const large = entries.find((entry) => entry.bytes.length > quota.maxEntryBytes);
    if (large)
      return refuse(
        "too-large",
        `An entry of ${large.bytes.length} bytes; this store may send ${quota.maxEntryBytes}.`,
        { id },
      );
    const waitMs = rooms.rate(speaker.store, quota).take(entries.length);
    if (waitMs > 0)
      return refuse("too-fast", `Over ${quota.entriesPerSecond} entries a second.`, {
        id,
        retryAfterMs: waitMs,
      });
    const began = using.nowMs();
    const append = { store: speaker.store, maxBytes: quota.maxBytes, by: speaker.device, entries };
    committer.append(append, (result) => {
      metrics.appendSeconds.observe((using.nowMs() - began) / 1_000);
      appended(speaker, id, entries, result);
    });
  }

  function appended(
    speaker: Speaker,
    id: number,
    entries: (ToRelay & { type: "append" })["entries"],
    result: Committed,
  ): void {
    if (result.type === "failed")
      return refuse("failed", `The relay could not write: ${result.problem}`, { id, retryAfterMs: 5_000 });
    if (result.type === "full")
      return refuse("quota", `The store keeps ${result.bytes} bytes here; it may keep ${result.maxBytes}.`, {
        id,
        retryAfterMs: 60_000,
      });
    send({ type: "ack", id, entries: result.at.map(({ offset, fresh }) => ({ offset, fresh })) });
    const fresh: Entry[] = [];
    entries.forEach((entry, i) => {
      const at = result.at[i]!;
      if (at.fresh) fresh.push({ ...entry, offset: at.offset, by: speaker.device });
    });
    metrics.repeats.inc(entries.length - fresh.length);
    if (fresh.length === 0) return;
    metrics.appends.inc(fresh.length);
    metrics.bytes.inc(fresh.reduce((sum, entry) => sum + entry.bytes.length, 0));
    rooms.tell(speaker, fresh);
  }

  function push(speaker: Speaker, frame: Bytes, entries: readonly Entry[]): void {
    if (!speaker.following) return;
    if (socket.bufferedAmount > lagBytes) {
      speaker.following = false;
      send({ type: "behind", end: entries.at(-1)!.offset });
      return;
    }
    metrics.reads.inc(entries.length);
    sendFrame(frame);
  }

  function read(speaker: Speaker, message: ToRelay & { type: "read" }): void {
    // What waits for its sync is not yet in the log: a reader sees only what is on disk.
    const page = log.read(speaker.store, message.after, message.maxBytes);
    speaker.following = page.through === page.end;
    metrics.reads.inc(page.entries.length);
    send({ type: "entries", id: message.id, ...page, entries: [...page.entries] });
  }

  function answer(speaker: Speaker, message: ToRelay): void {
    switch (message.type) {
      case "append":
        return append(speaker, message);
      case "read":
        return read(speaker, message);
      case "covered":
        return send({ type: "coverage", id: message.id, docs: log.covered(speaker.store, message.names) });
      case "token":
        return send({ type: "token", id: message.id, ...using.tokens.issue(speaker) });
    }
  }

  return {
    receive(frame) {
      if (state.type === "closed") return;
      if (state.type === "shaking-hands") return shakeHands(state.handshake, frame);
      const parsed = parseToRelay(frame);
      if (parsed.type === "message") answer(state.speaker, parsed.message);
      else stop("malformed", `Not a message of this protocol: ${parsed.problem}`);
    },
    speaking: () => state.type === "speaking",
    end,
    stop,
  };
}

function refusalWords(refusal: LinkRefusal): [RelayErrorCode, string] {
  if (refusal.type === "malformed") return ["malformed", `Not a handshake: ${refusal.detail}.`];
  if (refusal.type === "version")
    return ["version", `This relay does not speak version ${refusal.theirs} of the handshake.`];
  return refusals[refusal.type];
}

const refusals = {
  "other-store": ["unknown-store", "This store is not registered at this relay."],
  "not-enrolled": ["refused", "This device is not enrolled in the store by the store's root key."],
  "bad-signature": ["refused", "The proof does not match the device's key."],
  self: ["refused", "The device has this relay's own key."],
} satisfies Record<Exclude<LinkRefusal["type"], "malformed" | "version">, [RelayErrorCode, string]>;
