import { type RandomBytes, toHex } from "#schema/bytes.ts";
import type { Compressor } from "#schema/documents/compressor.ts";
import type { LogKeys } from "#schema/documents/bundle.ts";
import type { DocumentName } from "#schema/documents/names.ts";
import type { LinkJudge, LinkSelf } from "#schema/trust/handshake.ts";
import type { Timing } from "../lan/timing.ts";
import type { ReplicaPort, Unsubscribe } from "../replica-port.ts";
import { compose } from "./composer.ts";
import { compressor as deflate } from "#terminal/segments/compressor.ts";
import type { GatewayStorage } from "./gateway-storage.ts";
import { createInbox } from "./inbox.ts";
import { createLogNames } from "./log-names.ts";
import { type LogSession, startLogSession } from "./log-session.ts";
import { type LogState, type SkippedEntries, logStateFrom } from "./log-state.ts";
import { type MomentLengths, createMoments } from "./moments.ts";
import { probeRelay } from "./probe.ts";
import { type RelayLink, openRelayLink, trustRelay } from "./relay-link.ts";
import { type SegmentClient, createSegmentClient } from "./segment-client.ts";

export interface GatewayOptions {
  readonly replica: ReplicaPort;
  /** `http://` or `https://`; undefined: this store has no relay. */
  readonly relayUrl: string | undefined;
  /** Who this till is: store, selling key, enrolment. */
  readonly self: LinkSelf;
  /** Which relay is trusted; without one, any: it can withhold, not forge. */
  readonly judge?: LinkJudge;
  readonly keys: LogKeys;
  readonly storage: GatewayStorage;
  /** Whether this till is the elected one, now. */
  readonly isGateway: () => boolean;
  readonly onGatewayChange: (listener: () => void) => Unsubscribe;
  readonly timing: Timing;
  readonly random: RandomBytes;
  readonly compressor?: Compressor;
  readonly tuning?: Partial<GatewayTuning>;
  /** What an operator may want to read; never holds anything secret. */
  readonly note?: (what: string) => void;
}

export interface GatewayTuning {
  /** A bundle is what changed until it was quiet for this long, or for `longestMs` at most. */
  readonly quietMs: number;
  readonly longestMs: number;
  /** The same while the relay is away: fewer and larger bundles. */
  readonly awayQuietMs: number;
  readonly awayLongestMs: number;
  readonly longestRetryMs: number;
  /** How much of a document may lie in the log beside its last snapshot before there is a new one. */
  readonly snapshotAfterBytes: number;
}

export interface GatewayState {
  readonly relay: "up" | "down" | "unknown" | "unconfigured";
  readonly role: "gateway" | "bystander";
  /** Caught up, and following. */
  readonly live: boolean;
  /** Entries on their way, and documents with something that is not yet in one. */
  readonly pending: number;
  readonly cursor: number;
  readonly skipped: SkippedEntries;
  /** Why the relay is down, or what it refuses. */
  readonly problem: string | undefined;
}

export interface Gateway extends SegmentClient {
  state(): GatewayState;
  onState(listener: (state: GatewayState) => void): Unsubscribe;
  /** Resolves when nothing of it runs any more. What was not acknowledged is in the storage. */
  close(): Promise<void>;
}

const firstRetryMs = 250;
const probeMs = 10_000;
const usual: GatewayTuning = {
  quietMs: 150,
  longestMs: 1_000,
  awayQuietMs: 5_000,
  awayLongestMs: 30_000,
  longestRetryMs: 10_000,
  snapshotAfterBytes: 256 * 1024,
};
const mostWaitingEntries = 2_000;
const firstEntryBytes = 4 * 1024 * 1024;

type Connection =
  | { readonly type: "none" }
  | { readonly type: "connecting" | "talking"; readonly link: RelayLink }
  | { readonly type: "waiting"; readonly cancel: () => void };

/** The till's side of the store's log at the relay: the elected till holds the conversation, the others only look. */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const { replica, storage, timing, keys, self } = options;
  const tuning: GatewayTuning = { ...usual, ...options.tuning };
  const after: Timing["after"] = (ms, action) => timing.after(ms, action);
  const note = options.note ?? (() => undefined);
  const compressor = options.compressor ?? deflate;
  const names = createLogNames(replica, keys);
  const state: LogState = logStateFrom(await storage.load());
  const common = { replica, store: self.store, keys, names, compressor };
  const composing = {
    ...common,
    random: options.random,
    snapshotAfterBytes: tuning.snapshotAfterBytes,
  };
  const inbox = createInbox(state, { ...common, device: self.key.device, note });
  const listeners = new Set<(state: GatewayState) => void>();
  const dirty = new Set<DocumentName>();
  const moments = createMoments(after, momentLengths, () => void bundle());
  let connection: Connection = { type: "none" };
  let session: LogSession | undefined;
  let relay: GatewayState["relay"] = options.relayUrl === undefined ? "unconfigured" : "unknown";
  let problem: string | undefined;
  let live = false;
  /** What is covered is known: since the last time this till was live as the gateway. */
  let informed = false;
  let bundling: Promise<void> | undefined;
  let failures = 0;
  let maxEntryBytes = firstEntryBytes;
  let closed = false;
  let last = "";

  function momentLengths(): MomentLengths {
    return live
      ? { quietMs: tuning.quietMs, longestMs: tuning.longestMs }
      : { quietMs: tuning.awayQuietMs, longestMs: tuning.awayLongestMs };
  }

  const isGateway = () => !closed && options.isGateway();

  function snapshotState(): GatewayState {
    const gateway = isGateway();
    return {
      relay,
      role: gateway ? "gateway" : "bystander",
      live,
      pending: state.outbox.length + (gateway ? dirty.size : 0),
      cursor: state.cursor.safe(),
      skipped: { ...state.skipped },
      problem,
    };
  }

  function publish(): void {
    const now = snapshotState();
    const text = JSON.stringify(now);
    if (text === last) return;
    last = text;
    for (const listener of listeners) listener(now);
  }

  function connect(url: string): void {
    const link = openRelayLink(url, self, options.judge ?? trustRelay, options.random(32), {
      onWelcome(welcome) {
        connection = { type: "talking", link };
        relay = "up";
        failures = 0;
        problem = undefined;
        maxEntryBytes = Math.min(maxEntryBytes, Math.max(1, Math.floor(welcome.maxEntryBytes * 0.9)));
        session = startLogSession(link.conversation()!, welcome, {
          state,
          storage,
          replica,
          names,
          inbox,
          after,
          onLive,
          onMoved: moved,
          onProblem(what) {
            problem = what;
            publish();
          },
          onTooLarge: () => void beginAgainSmaller(link),
          onBroken(what) {
            note(`conversation with the relay broken off: ${what}`);
            failures += 1;
            problem = what;
            link.close();
          },
        });
        publish();
      },
      onPush: (_after, entries) => session?.push(entries),
      onBehind: () => session?.behind(),
      onEnd(what, retryAfterMs) {
        session?.stop();
        session = undefined;
        live = false;
        connection = { type: "none" };
        if (closed) return;
        if (wanted()) {
          relay = "down";
          problem = what;
          failures += 1;
          retry(retryAfterMs);
        } else arrange();
        publish();
      },
    });
    connection = { type: "connecting", link };
  }

  function onLive(): void {
    live = true;
    informed = true;
    for (const name of replica.names()) if (names.isOpen(name)) dirty.add(name);
    void bundle();
    publish();
  }

  /** Something was acknowledged or merged. A till that is not the gateway leaves when its own outbox is empty. */
  function moved(): void {
    publish();
    if (!isGateway() && state.outbox.length === 0 && connection.type === "talking") connection.link.close();
  }

  /** All that is dirty, in entries on disk, then sent. */
  async function bundle(): Promise<void> {
    if (!isGateway() || !informed || dirty.size === 0) return;
    if (bundling) return bundling.then(() => moments.touch());
    if (!live && state.outbox.length > mostWaitingEntries) return;
    const names = [...dirty];
    dirty.clear();
    bundling = putInOutbox(names).catch((error: unknown) => {
      for (const name of names) dirty.add(name);
      problem = error instanceof Error ? error.message : String(error);
      note(`what is new could not be put in the outbox: ${problem}`);
      timing.after(5_000, () => moments.touch());
    });
    await bundling;
    bundling = undefined;
    publish();
  }

  async function putInOutbox(changed: readonly DocumentName[]): Promise<void> {
    const { log } = state;
    for (const name of changed) await replica.open(name);
    const { put, covers } = compose(state, changed, maxEntryBytes, composing);
    if (put.length === 0) return;
    await storage.commit({ put });
    // Another log began meanwhile: what was composed for the old one means nothing there.
    if (state.log !== log) return storage.commit({ remove: put.map(({ entry }) => toHex(entry.id)) });
    for (const { name, heads } of covers) state.covered.set(name, heads);
    state.outbox.push(...put);
    session?.send();
  }

  async function beginAgainSmaller(link: RelayLink): Promise<void> {
    maxEntryBytes = Math.max(16 * 1024, Math.floor(maxEntryBytes / 2));
    note(`the relay found an entry too large; entries of ${maxEntryBytes} bytes from now on`);
    const remove = state.outbox.map(({ entry }) => toHex(entry.id));
    state.outbox = [];
    state.covered.clear();
    informed = false;
    failures += 1;
    await storage.commit({ remove }).catch((error: unknown) => note(`the outbox stays: ${String(error)}`));
    link.close();
  }

  const wanted = () => isGateway() || state.outbox.length > 0;

  function retry(atLeastMs = 0): void {
    const longest = Math.min(tuning.longestRetryMs, firstRetryMs * 2 ** Math.min(failures, 10));
    const ms = Math.max(atLeastMs, longest * (0.5 + timing.random() / 2));
    const cancel = timing.after(ms, () => {
      connection = { type: "none" };
      arrange();
    });
    connection = { type: "waiting", cancel };
  }

  /** Brings the connection in line with what this till is. */
  function arrange(): void {
    const url = options.relayUrl;
    if (closed || url === undefined) return;
    if (isGateway()) {
      if (connection.type === "waiting") connection.cancel();
      if (connection.type === "none" || connection.type === "waiting") connect(url);
      else if (live) onLive();
    } else {
      live = false;
      informed = false;
      moments.cancel();
      if (connection.type === "waiting") connection.cancel();
      if (connection.type === "waiting") connection = { type: "none" };
      if (connection.type === "talking") moved();
    }
    publish();
  }

  /** A till that is not the gateway asks now and then whether the relay is there, and brings it what it still owes. */
  async function probe(url: string): Promise<void> {
    if (!isGateway() && connection.type === "none") {
      const up = await probeRelay(url);
      if (closed || isGateway() || connection.type !== "none") return;
      relay = up ? "up" : "down";
      if (up && wanted()) connect(url);
      publish();
    }
  }

  function probeLater(url: string, ms: number): void {
    cancelProbe = timing.after(ms * (0.5 + timing.random()), () => {
      void probe(url).finally(() => {
        if (!closed) probeLater(url, probeMs);
      });
    });
  }

  let cancelProbe: () => void = () => undefined;
  const unsubscribe = [
    options.onGatewayChange(arrange),
    replica.onChanged((name) => {
      if (!isGateway()) return;
      dirty.add(name);
      moments.touch();
      publish();
    }),
  ];
  const segments = createSegmentClient({
    relayUrl: options.relayUrl,
    timing,
    conversation: () => (connection.type === "talking" ? connection.link.conversation() : undefined),
    open: (listener) => {
      if (options.relayUrl === undefined) throw new Error("no relay is configured");
      return openRelayLink(options.relayUrl, self, options.judge ?? trustRelay, options.random(32), listener);
    },
  });
  arrange();
  if (options.relayUrl !== undefined) probeLater(options.relayUrl, 500);

  return {
    state: snapshotState,
    onState(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    uploadSegment: (hash, bytes) => segments.uploadSegment(hash, bytes),
    fetchSegment: (hash) => segments.fetchSegment(hash),
    async close() {
      closed = true;
      for (const each of unsubscribe) each();
      moments.cancel();
      cancelProbe();
      session?.stop();
      if (connection.type === "waiting") connection.cancel();
      else if (connection.type !== "none") connection.link.close();
      segments.close();
      await bundling;
    },
  };
}
