import type { DeviceId, HashHex } from "#schema/bytes.ts";
import type { DoorLimits, NameRule } from "../lan/document-door.ts";
import type { LinkIdentity } from "../lan/link-identity.ts";
import type { LinkLimits } from "../lan/link.ts";
import type { LinkLog } from "../lan/link-log.ts";
import type { FetchedSegment, SegmentSource } from "../lan/segments.ts";
import type { SyncGate } from "../lan/sync-gate.ts";
import type { Timing } from "../lan/timing.ts";
import type { ReplicaPort } from "../replica-port.ts";
import type { AddressBook } from "./address-book.ts";
import type { OwnPresence, PresenceLimits, PresenceTable } from "./presence.ts";

export interface LanOptions {
  readonly replica: ReplicaPort;
  readonly identity: LinkIdentity;
  /** `port` 0: whichever is free. */
  readonly listen: { readonly host: string; readonly port: number };
  /** `host:port` of other tills; this till's own among them does no harm. */
  readonly configured: readonly string[];
  readonly label: string;
  /** Of the application. */
  readonly version: string;
  /** By default both. A till that listens on loopback alone neither announces itself nor looks for others by mDNS. */
  readonly discovery?: { readonly mdns: boolean; readonly gossip: boolean };
  readonly addressBook?: AddressBook;
  readonly segments?: SegmentSource;
  /** Which documents, named by a neighbour, this till takes up; by default all of its store. */
  readonly nameRule?: NameRule;
  readonly gate?: SyncGate;
  readonly presence?: Partial<OwnPresence>;
  readonly log?: LinkLog;
  readonly timing?: Timing;
  readonly limits?: Partial<LinkLimits>;
  readonly doorLimits?: Partial<DoorLimits>;
  readonly presenceLimits?: PresenceLimits;
  /** Each till's own choice of neighbours, once there are more than four. */
  readonly spread?: number;
  /** Greater than that of any earlier process of this till; by default the time. */
  readonly session?: number;
}

export interface Lan {
  /** Where it listens. */
  readonly address: { readonly host: string; readonly port: number };
  /** Tills with a link to this one. */
  peers(): readonly DeviceId[];
  /** After a link was made or has ended. */
  onPeers(listener: (peers: readonly DeviceId[]) => void): () => void;
  readonly presence: Pick<PresenceTable, "all" | "alive" | "of" | "onChange" | "own">;
  /** Changes what this till says of itself; the others hear it at once. */
  publishPresence(partial: Partial<OwnPresence>): void;
  /** From whichever neighbour has it; the bytes are of that hash. */
  fetchSegment(hash: HashHex): Promise<FetchedSegment>;
  /** Tries this address too, from now on. */
  addAddress(address: string): void;
  /** Troubles so far, by kind. */
  troubles(): ReturnType<LinkLog["counts"]>;
  /** Messages of the repo that were sent and received. */
  traffic(): { readonly sent: number; readonly received: number };
  /** Ends every link and the listener; again does nothing. */
  close(): Promise<void>;
}

export type StartLanOutcome =
  | { readonly type: "started"; readonly lan: Lan }
  /** Nothing can listen there: taken, or not this machine's. */
  | { readonly type: "cannot-listen"; readonly code: string; readonly detail: string };
