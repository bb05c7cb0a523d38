import {
  type DocumentId,
  type Message,
  NetworkAdapter,
  type PeerId,
  type PeerMetadata,
} from "@automerge/automerge-repo";
import { ProtocolV1 } from "@automerge/automerge-repo-network-websocket";
import type { DeviceId } from "#schema/bytes.ts";
import type { LinkPeer } from "#schema/trust/handshake.ts";
import type { LanMessage } from "#schema/wire/lan.ts";
import type { DocumentMessage } from "./document-door.ts";
import { encodeFrame, parseFrame } from "./frame.ts";
import type { Link, LinkEnd } from "./link.ts";
import type { LinkIdentity } from "./link-identity.ts";
import type { LinkLog, LinkTrouble } from "./link-log.ts";
import { type SyncGate, structuralGate } from "./sync-gate.ts";
import type { Timing } from "./timing.ts";

export interface LanAdapterOptions {
  readonly identity: LinkIdentity;
  readonly timing: Timing;
  readonly log: LinkLog;
  readonly gate?: SyncGate;
  /** Whether a proven device may go by this name in the repo; by default only by its device id. */
  readonly speaksAs?: (peer: LinkPeer, peerId: PeerId) => boolean;
  readonly events?: LanAdapterEvents;
}

/** What happens on the links, beside what the repo is told. */
interface LanAdapterEvents {
  /** A new link, before a word is said on it. */
  linked?(device: DeviceId, peer: LinkPeer): void;
  ended?(device: DeviceId, end: LinkEnd): void;
  /** One of our own messages. */
  said?(from: DeviceId, message: LanMessage): void;
  /** The peer broke the rules and was disconnected. */
  misbehaved?(device: DeviceId): void;
  /** Before the repo says anything about a document to a peer. */
  beforeDocument?(to: DeviceId, documentId: DocumentId): void;
}

/** What stands between links and repo; without one every message passes. */
export interface MessageDoor {
  receive(from: DeviceId, message: DocumentMessage): void;
  forget(device: DeviceId): void;
}

type Stage =
  /** The repo has not connected the adapter, or has disconnected it. */
  | { readonly type: "off" }
  | { readonly type: "on"; readonly peerId: PeerId; readonly metadata: PeerMetadata };

interface Held {
  readonly link: Link;
  /** A join that came before the repo was there. */
  pendingJoin?: { readonly peerId: PeerId; readonly metadata: PeerMetadata };
  /** The name the repo knows the peer by, once it does. */
  peerId?: PeerId;
}

/**
 * automerge-repo's WebSocket protocol over the till's own links: at most one link to a device, the peer's name bound
 * to the device that was proven, and nothing that a peer sends can throw. Links are made elsewhere and adopted here.
 */
export class LanAdapter extends NetworkAdapter {
  readonly #options: LanAdapterOptions;
  readonly #gate: SyncGate;
  readonly #links = new Map<DeviceId, Held>();
  readonly #byPeerId = new Map<PeerId, Held>();
  #stage: Stage = { type: "off" };
  #door: MessageDoor | undefined;
  #sent = 0;
  #received = 0;

  constructor(options: LanAdapterOptions) {
    super();
    this.#options = options;
    this.#gate = options.gate ?? structuralGate;
  }

  /** Set before the first link. */
  useDoor(door: MessageDoor): void {
    this.#door = door;
  }

  override isReady(): boolean {
    return true;
  }

  override whenReady(): Promise<void> {
    return Promise.resolve();
  }

  override connect(peerId: PeerId, peerMetadata?: PeerMetadata): void {
    this.peerId = peerId;
    if (peerMetadata) this.peerMetadata = peerMetadata;
    this.#stage = { type: "on", peerId, metadata: this.peerMetadata ?? {} };
    for (const held of this.#links.values()) this.#introduce(held);
  }

  /** Ends every link; new ones are refused until the repo connects again. May be called any number of times. */
  override disconnect(): void {
    this.#stage = { type: "off" };
    for (const held of this.#links.values()) held.link.close("stopping");
  }

  override send(message: Message): void {
    const held = this.#byPeerId.get(message.targetId);
    if (!held || this.#stage.type === "off") return;
    if (message.documentId !== undefined)
      this.#options.events?.beforeDocument?.(held.link.device, message.documentId);
    this.#sent += 1;
    held.link.send(encodeFrame(message));
  }

  /** Messages of the repo that were sent and received, for measuring. */
  traffic(): { readonly sent: number; readonly received: number } {
    return { sent: this.#sent, received: this.#received };
  }

  /** To one neighbour; false when there is no link. */
  say(to: DeviceId, message: LanMessage): boolean {
    return this.#links.get(to)?.link.send(encodeFrame(message)) ?? false;
  }

  /** To every neighbour but one. */
  sayToAll(message: LanMessage, except?: DeviceId): void {
    if (this.#links.size === 0) return;
    const frame = encodeFrame(message);
    for (const [device, { link }] of this.#links) if (device !== except) link.send(frame);
  }

  devices(): readonly DeviceId[] {
    return [...this.#links.keys()];
  }

  linkTo(device: DeviceId): Link | undefined {
    return this.#links.get(device)?.link;
  }

  /** Ends the link to a neighbour that broke the rules. */
  refuse(device: DeviceId, trouble: LinkTrouble, detail: string): void {
    this.#options.log.note(trouble, `${device.slice(0, 8)}: ${detail}`);
    const held = this.#links.get(device);
    if (!held) return;
    held.link.close("misbehaved");
    this.#options.events?.misbehaved?.(device);
  }

  /** Tells a repo that we have nothing to say about a document, so that it does not wait. */
  unavailable(to: DeviceId, documentId: DocumentId): void {
    const held = this.#links.get(to);
    if (!held?.peerId || this.#stage.type === "off") return;
    held.link.send(
      encodeFrame({
        type: "doc-unavailable",
        senderId: this.#stage.peerId,
        targetId: held.peerId,
        documentId,
      }),
    );
  }

  /** A document's message that has passed the door. */
  deliver(from: DeviceId, message: DocumentMessage): void {
    const held = this.#links.get(from);
    if (!held?.peerId || held.peerId !== message.senderId) return;
    this.#received += 1;
    this.emit("message", message);
  }

  /**
   * Takes a proven link, or closes it: there is one link to a device. When both ends dial at once, both keep the one
   * that the lower device id dialled; of two by the same dialler the newer one.
   */
  adopt(link: Link): boolean {
    const { device } = link;
    if (this.#stage.type === "off" && this.peerId !== undefined) {
      link.close("stopping");
      return false;
    }
    const existing = this.#links.get(device);
    if (existing) {
      if (this.#keeps(existing.link, link)) {
        existing.link.probe(1000);
        link.close("duplicate");
        return false;
      }
      existing.link.close("duplicate");
    }
    const held: Held = { link };
    this.#links.set(device, held);
    this.#options.events?.linked?.(device, link.peer);
    this.#introduce(held);
    link.start({
      frame: (bytes) => this.#frame(held, bytes),
      ended: (end) => this.#ended(held, end),
    });
    return true;
  }

  #keeps(existing: Link, fresh: Link): boolean {
    const { device } = this.#options.identity;
    const dialler = (link: Link) => (link.side === "dialler" ? device : link.device);
    const lower = device < fresh.device ? device : fresh.device;
    return dialler(existing) === lower && dialler(fresh) !== lower;
  }

  #introduce(held: Held): void {
    if (this.#stage.type === "off") return;
    if (held.pendingJoin) {
      const { peerId, metadata } = held.pendingJoin;
      delete held.pendingJoin;
      this.#welcome(held, peerId, metadata);
    } else if (held.link.side === "dialler" && held.peerId === undefined) {
      const { peerId, metadata } = this.#stage;
      held.link.send(
        encodeFrame({
          type: "join",
          senderId: peerId,
          peerMetadata: metadata,
          supportedProtocolVersions: [ProtocolV1],
        }),
      );
    }
  }

  #frame(held: Held, bytes: Uint8Array): void {
    const { device } = held.link;
    if (this.#links.get(device) !== held) return;
    const frame = parseFrame(bytes);
    switch (frame.type) {
      case "malformed":
        return this.refuse(device, "malformed-message", frame.detail);
      case "lan":
        return this.#options.events?.said?.(device, frame.message);
      case "unknown-lan":
        return;
      case "error":
        this.#options.log.note("socket-error", `the peer says: ${frame.message}`);
        return held.link.close("refused");
      case "join":
        return this.#joined(held, frame.senderId, frame.metadata, frame.versions);
      case "peer":
        if (held.link.side !== "dialler" || held.peerId !== undefined)
          return this.refuse(device, "malformed-message", "peer out of turn");
        if (!this.#speaksAs(held, frame.senderId)) return;
        return this.#candidate(held, frame.senderId, frame.metadata);
      case "repo":
        return this.#message(held, frame.message);
    }
  }

  #joined(held: Held, peerId: PeerId, metadata: PeerMetadata, versions: readonly string[]): void {
    const { link } = held;
    if (link.side !== "acceptor" || held.peerId !== undefined || held.pendingJoin)
      return this.refuse(link.device, "malformed-message", "join out of turn");
    if (!this.#speaksAs(held, peerId)) return;
    if (!versions.includes(ProtocolV1)) {
      const senderId = this.peerId ?? ("" as PeerId);
      link.send(
        encodeFrame({ type: "error", senderId, message: "unsupported protocol version", targetId: peerId }),
      );
      return link.close("refused");
    }
    if (this.#stage.type === "off") held.pendingJoin = { peerId, metadata };
    else this.#welcome(held, peerId, metadata);
  }

  #welcome(held: Held, peerId: PeerId, metadata: PeerMetadata): void {
    if (this.#stage.type === "off") return;
    held.link.send(
      encodeFrame({
        type: "peer",
        senderId: this.#stage.peerId,
        peerMetadata: this.#stage.metadata,
        selectedProtocolVersion: ProtocolV1,
        targetId: peerId,
      }),
    );
    this.#candidate(held, peerId, metadata);
  }

  #candidate(held: Held, peerId: PeerId, metadata: PeerMetadata): void {
    const other = this.#byPeerId.get(peerId);
    if (other) return this.refuse(held.link.device, "wrong-sender", `${peerId} is somebody else`);
    held.peerId = peerId;
    this.#byPeerId.set(peerId, held);
    this.emit("peer-candidate", { peerId, peerMetadata: metadata ?? {} });
  }

  #message(held: Held, message: Message): void {
    const { device } = held.link;
    if (held.peerId === undefined)
      return this.refuse(device, "malformed-message", "a message before the introduction");
    // A repo passes on ephemeral messages of others, unsigned: they are not believed, yet no fault of the bearer.
    if (message.type === "ephemeral" && message.senderId !== held.peerId) return;
    if (message.senderId !== held.peerId)
      return this.refuse(device, "wrong-sender", `speaks as ${message.senderId.slice(0, 8)}`);
    if (message.documentId === undefined)
      return this.refuse(device, "malformed-message", "a message about no document");
    const { documentId } = message;
    if (message.data && (message.type === "sync" || message.type === "request")) {
      const verdict = this.#gate.admit(device, documentId, message.data);
      if (verdict.type === "refuse") return this.refuse(device, "bad-sync-message", verdict.detail);
    }
    const forDocument = { ...message, documentId };
    if (this.#door) this.#door.receive(device, forDocument);
    else this.deliver(device, forDocument);
  }

  #ended(held: Held, end: LinkEnd): void {
    const { device } = held.link;
    if (this.#links.get(device) !== held) return;
    this.#links.delete(device);
    this.#door?.forget(device);
    if (held.peerId !== undefined) {
      this.#byPeerId.delete(held.peerId);
      this.emit("peer-disconnected", { peerId: held.peerId });
    }
    this.#options.events?.ended?.(device, end);
  }

  #speaksAs(held: Held, peerId: PeerId): boolean {
    const speaksAs = this.#options.speaksAs ?? ((peer, name) => name === (peer.device as string));
    const right = speaksAs(held.link.peer, peerId);
    if (!right) this.refuse(held.link.device, "wrong-sender", `calls itself ${peerId.slice(0, 8)}`);
    return right;
  }
}
