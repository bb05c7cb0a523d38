import {
  type BinaryDocumentId,
  type DocumentId,
  type Message,
  interpretAsDocumentId,
} from "@automerge/automerge-repo";
import { type DeviceId, type StoreId, concatBytes, fromHex, toHex } from "#schema/bytes.ts";
import { hash } from "#schema/trust/crypto.ts";
import {
  type DocumentAddress,
  type DocumentName,
  documentIdBytes,
  parseDocumentName,
} from "#schema/documents/names.ts";
import type { HeldDocument } from "#schema/wire/lan.ts";
import type { ReplicaPort } from "../replica-port.ts";
import type { LinkLog } from "./link-log.ts";
import type { Timing } from "./timing.ts";

/** Whether a document that a neighbour names is one this till should hold. */
export type NameRule = (address: DocumentAddress) => boolean;

export interface DoorLimits {
  /** Documents held here, above which no new name is taken from a neighbour. */
  readonly names: number;
  /** How long a message for a document not named yet waits. */
  readonly holdMs: number;
  readonly heldMessages: number;
  readonly heldBytes: number;
  readonly opensAtOnce: number;
}

export const defaultDoorLimits: DoorLimits = {
  names: 5000,
  holdMs: 5000,
  heldMessages: 5000,
  heldBytes: 256 * 1024 * 1024,
  opensAtOnce: 8,
};

export interface DoorDeps {
  readonly replica: ReplicaPort;
  readonly store: StoreId;
  readonly rule: NameRule;
  readonly timing: Timing;
  readonly log: LinkLog;
  readonly limits: DoorLimits;
}

export interface DoorOutlets {
  /** To the repo. */
  deliver(from: DeviceId, message: DocumentMessage): void;
  /** Back to the sender: its repo then rests until this end begins. */
  unavailable(to: DeviceId, documentId: DocumentId): void;
}

export type DocumentMessage = Message & { readonly documentId: DocumentId };

interface Held {
  readonly from: DeviceId;
  readonly message: DocumentMessage;
}

type Waiting =
  /** Nobody has named it yet. */
  | { readonly type: "unnamed"; readonly held: Held[]; readonly cancel: () => void }
  | { readonly type: "opening"; readonly held: Held[] };

/**
 * Stands before the repo and lets it see only messages about documents that are open here: names are opened first,
 * and what came too early is held back meanwhile. automerge-repo left alone would wait for a document it never heard
 * of, and end the process a minute later.
 */
export class DocumentDoor {
  readonly #deps: DoorDeps;
  readonly #outlets: DoorOutlets;
  readonly #names = new Map<DocumentId, DocumentName>();
  readonly #waiting = new Map<DocumentId, Waiting>();
  readonly #failedMs = new Map<DocumentId, number>();
  readonly #openQueue: (() => Promise<void>)[] = [];
  #opening = 0;
  #heldMessages = 0;
  #heldBytes = 0;

  constructor(deps: DoorDeps, outlets: DoorOutlets) {
    this.#deps = deps;
    this.#outlets = outlets;
    this.#index();
  }

  /** What this till holds, with what it knows of the state of each. */
  held(): readonly HeldDocument[] {
    return this.#deps.replica.names().map((name) => this.describe(name));
  }

  describe(name: DocumentName): HeldDocument {
    const heads = this.#heads(name);
    return heads.length === 0 ? { name } : { name, digest: headsDigest(heads) };
  }

  nameOf(documentId: DocumentId): DocumentName | undefined {
    if (!this.#names.has(documentId)) this.#index();
    return this.#names.get(documentId);
  }

  /** A neighbour holds these. */
  named(documents: readonly HeldDocument[]): void {
    const holds = new Set(this.#deps.replica.names());
    for (const { name, digest } of documents) {
      const address = parseDocumentName(name);
      if (!address || address.store !== this.#deps.store || !this.#deps.rule(address)) {
        this.#deps.log.note("name-refused", name.slice(0, 160));
        continue;
      }
      const documentId = idOf(name);
      if (this.#isOpen(documentId) || this.#waiting.get(documentId)?.type === "opening") continue;
      if (holds.has(name)) {
        const heads = this.#heads(name);
        const same = digest === undefined || heads.length === 0 || headsDigest(heads) === digest;
        if (same && !this.#waiting.has(documentId)) continue;
      } else if (holds.size + this.#waiting.size >= this.#deps.limits.names) {
        this.#deps.log.note("name-refused", "too many documents");
        continue;
      }
      this.#names.set(documentId, name);
      this.#open(documentId, name);
    }
  }

  receive(from: DeviceId, message: DocumentMessage): void {
    const { documentId } = message;
    const waiting = this.#waiting.get(documentId);
    if (waiting) return this.#hold(waiting, { from, message });
    if (this.#isOpen(documentId)) return this.#outlets.deliver(from, message);
    if (message.type === "doc-unavailable" || message.type === "ephemeral") return;
    const failedMs = this.#failedMs.get(documentId);
    if (failedMs !== undefined && this.#deps.timing.nowMs() - failedMs < 30_000)
      return this.#outlets.unavailable(from, documentId);
    const name = this.nameOf(documentId);
    if (name !== undefined) {
      this.#open(documentId, name);
      return this.#hold(this.#waiting.get(documentId)!, { from, message });
    }
    const unnamed: Waiting = {
      type: "unnamed",
      held: [],
      cancel: this.#deps.timing.after(this.#deps.limits.holdMs, () => this.#giveUp(documentId)),
    };
    this.#waiting.set(documentId, unnamed);
    this.#hold(unnamed, { from, message });
  }

  /** The link is gone: what it sent is not answered any more. */
  forget(device: DeviceId): void {
    for (const [documentId, waiting] of this.#waiting) {
      const kept = waiting.held.filter((held) => held.from !== device);
      for (const held of waiting.held) if (held.from === device) this.#released(held);
      waiting.held.splice(0, waiting.held.length, ...kept);
      if (waiting.type === "unnamed" && kept.length === 0) {
        waiting.cancel();
        this.#waiting.delete(documentId);
      }
    }
  }

  close(): void {
    for (const waiting of this.#waiting.values()) if (waiting.type === "unnamed") waiting.cancel();
    this.#waiting.clear();
    this.#openQueue.length = 0;
  }

  #hold(waiting: Waiting, held: Held): void {
    const size = held.message.data?.length ?? 0;
    const { heldMessages, heldBytes } = this.#deps.limits;
    if (this.#heldMessages + 1 > heldMessages || this.#heldBytes + size > heldBytes) {
      this.#deps.log.note("unknown-document", "too much held back");
      return this.#outlets.unavailable(held.from, held.message.documentId);
    }
    this.#heldMessages += 1;
    this.#heldBytes += size;
    waiting.held.push(held);
  }

  #released(held: Held): void {
    this.#heldMessages -= 1;
    this.#heldBytes -= held.message.data?.length ?? 0;
  }

  #open(documentId: DocumentId, name: DocumentName): void {
    const before = this.#waiting.get(documentId);
    if (before?.type === "opening") return;
    if (before) before.cancel();
    const opening: Waiting = { type: "opening", held: before?.held ?? [] };
    this.#waiting.set(documentId, opening);
    this.#openQueue.push(async () => {
      try {
        await this.#deps.replica.open(name);
        if (!this.#isOpen(documentId)) throw new Error("opened, yet not in the repo");
        this.#failedMs.delete(documentId);
        this.#settle(documentId, opening, true);
      } catch (error) {
        this.#deps.log.note("open-failed", `${name}: ${String(error)}`);
        this.#failedMs.set(documentId, this.#deps.timing.nowMs());
        this.#settle(documentId, opening, false);
      }
    });
    this.#pump();
  }

  #pump(): void {
    while (this.#opening < this.#deps.limits.opensAtOnce) {
      const next = this.#openQueue.shift();
      if (!next) return;
      this.#opening += 1;
      void next().finally(() => {
        this.#opening -= 1;
        this.#pump();
      });
    }
  }

  #settle(documentId: DocumentId, waiting: Waiting, opened: boolean): void {
    if (this.#waiting.get(documentId) === waiting) this.#waiting.delete(documentId);
    for (const held of waiting.held.splice(0)) {
      this.#released(held);
      if (opened) this.#outlets.deliver(held.from, held.message);
      else this.#outlets.unavailable(held.from, documentId);
    }
  }

  #giveUp(documentId: DocumentId): void {
    const waiting = this.#waiting.get(documentId);
    if (waiting?.type !== "unnamed") return;
    this.#deps.log.note("unknown-document", documentId);
    this.#settle(documentId, waiting, false);
  }

  #isOpen(documentId: DocumentId): boolean {
    return this.#deps.replica.repo.handles[documentId]?.isReady() ?? false;
  }

  #heads(name: DocumentName): readonly string[] {
    try {
      return this.#deps.replica.heads(name);
    } catch {
      return [];
    }
  }

  #index(): void {
    for (const name of this.#deps.replica.names()) this.#names.set(idOf(name), name);
  }
}

export function headsDigest(heads: readonly string[]): string {
  const bytes = [...heads].sort().map((head) => fromHex(head));
  return toHex(hash(concatBytes(...bytes)).subarray(0, 16));
}

export function idOf(name: DocumentName): DocumentId {
  return interpretAsDocumentId(documentIdBytes(name) as Uint8Array as BinaryDocumentId);
}
