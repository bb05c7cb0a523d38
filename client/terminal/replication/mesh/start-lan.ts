import type { DeviceId } from "#schema/bytes.ts";
import { type DocumentName, parseDocumentName } from "#schema/documents/names.ts";
import {
  type KnownAddress,
  type LanMessage,
  addressesPerMessage,
  lanVersion,
  namesPerMessage,
} from "#schema/wire/lan.ts";
import { dialTill } from "../lan/dial.ts";
import { DocumentDoor, defaultDoorLimits } from "../lan/document-door.ts";
import { guardRepo } from "../lan/guard-repo.ts";
import { LanAdapter } from "../lan/lan-adapter.ts";
import { type Link, type LinkDeps, defaultLinkLimits } from "../lan/link.ts";
import { linkLog } from "../lan/link-log.ts";
import { listen } from "../lan/listener.ts";
import { SegmentExchange } from "../lan/segments.ts";
import { systemTiming } from "../lan/timing.ts";
import { KnownAddresses, parseAddress } from "./address-book.ts";
import { lanBackoff } from "./backoff.ts";
import { OpenDocumentDigests } from "./digests.ts";
import type { LanOptions, StartLanOutcome } from "./lan.ts";
import { deviceMark, discoverByMdns } from "./mdns.ts";
import { Mesh } from "./mesh.ts";
import { isLoopback, reachableAt } from "./own-addresses.ts";
import { PresenceTable, defaultPresenceLimits } from "./presence.ts";

/** After a change of prices: soon, yet not in the way of the change itself. */
const pricesBeatMs = 100;

/** Joins this till to the other tills of its store, and keeps at it until closed. */
export async function startLan(options: LanOptions): Promise<StartLanOutcome> {
  const { replica, identity } = options;
  const timing = options.timing ?? systemTiming;
  const log = options.log ?? linkLog();
  const discovery = options.discovery ?? { mdns: true, gossip: true };
  const limits = { ...defaultLinkLimits, ...options.limits };
  const deps: LinkDeps = { identity, timing, log, limits };
  const addresses = new KnownAddresses();
  const digests = new OpenDocumentDigests(replica);
  const peerListeners = new Set<(peers: readonly DeviceId[]) => void>();
  const announced = new Map<DeviceId, Set<DocumentName>>();
  const unsubscribes: (() => void)[] = [];
  let closing: Promise<void> | undefined;
  let saving: Promise<void> = Promise.resolve();

  for (const text of options.configured) addConfigured(text);
  if (options.addressBook) {
    const remembered = await options.addressBook.load().catch((error: unknown) => {
      log.note("handler-threw", `the address book does not load: ${String(error)}`);
      return [];
    });
    for (const { device, addresses: found, atMs } of remembered)
      if (device !== identity.device) addresses.learn(device, found, atMs);
  }

  const adapter = new LanAdapter({
    identity,
    timing,
    log,
    ...(options.gate ? { gate: options.gate } : {}),
    events: {
      linked: (device) => linked(device),
      ended(device) {
        announced.delete(device);
        segments.lost(device);
        presence.linksNow(adapter.devices().length);
        mesh.lost(device);
        peersChanged();
      },
      said: (from, message) => said(from, message),
      misbehaved: (device) => mesh.penalise(device),
      beforeDocument(to, documentId) {
        const name = door.nameOf(documentId);
        if (name !== undefined && !announced.get(to)?.has(name)) announce(to, [name]);
      },
    },
  });
  const door = new DocumentDoor(
    {
      replica,
      store: identity.store,
      rule: options.nameRule ?? (() => true),
      timing,
      log,
      limits: { ...defaultDoorLimits, ...options.doorLimits },
    },
    {
      deliver: (from, message) => adapter.deliver(from, message),
      unavailable: (to, documentId) => adapter.unavailable(to, documentId),
    },
  );
  adapter.useDoor(door);
  const presence = new PresenceTable({
    identity,
    timing,
    log,
    limits: options.presenceLimits ?? defaultPresenceLimits,
    session: options.session ?? Math.floor(timing.nowMs()),
    own: {
      label: options.label,
      version: options.version,
      relay: "unconfigured",
      gateway: false,
      openCartIds: [],
      extra: {},
      ...options.presence,
    },
    digests: () => digests.digests(),
    flood: (message, except) => adapter.sayToAll(message, except),
    say: (to, message) => void adapter.say(to, message),
  });
  const segments = new SegmentExchange({
    source: options.segments ?? { has: () => false, read: async () => undefined },
    timing,
    log,
    say: (to, message) => adapter.say(to, message),
    neighbours: () => adapter.devices(),
    refuse: (device, detail) => adapter.refuse(device, "segment-mismatch", detail),
  });

  const listening = await listen({ ...deps, ...options.listen, onLink: (link) => arrived(link) });
  if (listening.type === "failed") {
    presence.close();
    return { type: "cannot-listen", code: listening.code, detail: listening.detail };
  }
  const { listener } = listening;
  const ownAddresses = reachableAt(listener.host, listener.port);

  const mesh = new Mesh({
    self: identity.device,
    addresses,
    timing,
    log,
    backoff: lanBackoff,
    spread: options.spread ?? 2,
    dial: (address, signal) => dialTill(address, deps, signal),
    adopt: (link) => adapter.adopt(link),
    linked: () => adapter.devices(),
    drop: (device) => adapter.linkTo(device)?.close("spare"),
    alive: () => presence.alive().map(({ beat }) => beat.device),
  });
  guardRepo(replica.repo, (error) => log.note("handler-threw", String(error)));
  replica.repo.networkSubsystem.addNetworkAdapter(adapter);

  unsubscribes.push(
    replica.onOpened((name) => {
      digests.changed(name);
      for (const device of adapter.devices()) announce(device, [name]);
    }),
    replica.onChanged((name) => {
      digests.changed(name);
      if (parseDocumentName(name)?.kind === "prices") beatSoon();
    }),
    presence.onChange(() => mesh.reviewSoon()),
    timing.every(30_000, () => remember()),
  );
  let beatCancel: (() => void) | undefined;
  if (discovery.mdns && !isLoopback(listener.host)) unsubscribes.push(startMdns());

  return {
    type: "started",
    lan: {
      address: { host: listener.host, port: listener.port },
      peers: () => adapter.devices(),
      onPeers(listener) {
        peerListeners.add(listener);
        return () => peerListeners.delete(listener);
      },
      presence,
      publishPresence: (partial) => presence.publish(partial),
      fetchSegment: (hash) => segments.fetch(hash),
      addAddress(address) {
        addConfigured(address);
        mesh.reviewSoon();
      },
      troubles: () => log.counts(),
      traffic: () => adapter.traffic(),
      close: () => (closing ??= close()),
    },
  };

  function addConfigured(text: string): void {
    const address = parseAddress(text);
    if (address === undefined) log.note("dial-failed", `not an address: ${text.slice(0, 100)}`);
    else addresses.place(address);
  }

  function arrived(link: Link): void {
    if (closing || !mesh.welcomes(link.device)) link.close(closing ? "stopping" : "misbehaved");
    else adapter.adopt(link);
  }

  function linked(device: DeviceId): void {
    announced.set(device, new Set());
    announceHeld(device);
    if (discovery.gossip) {
      const known = addresses.known(timing.nowMs()).filter((entry) => entry.device !== device);
      tellAddresses(device, [mine(), ...known]);
    }
    for (const message of presence.greeting()) adapter.say(device, message);
    presence.linksNow(adapter.devices().length);
    mesh.met(device);
    peersChanged();
  }

  function said(from: DeviceId, message: LanMessage): void {
    switch (message.type) {
      case "tm/names":
        return door.named(message.held);
      case "tm/presence": {
        const wrong = presence.receive(from, message);
        if (wrong !== undefined) adapter.refuse(from, "bad-beat", wrong);
        return;
      }
      case "tm/addresses":
        if (discovery.gossip) hearAddresses(from, message.known);
        return;
      case "tm/segment-get":
      case "tm/segment-part":
      case "tm/segment-none":
        return segments.receive(from, message);
    }
  }

  function announceHeld(device: DeviceId): void {
    const held = door.held();
    const told = announced.get(device);
    for (let at = 0; at < held.length; at += namesPerMessage) {
      const part = held.slice(at, at + namesPerMessage);
      for (const { name } of part) told?.add(name);
      adapter.say(device, { type: "tm/names", v: lanVersion, held: part });
    }
  }

  function announce(device: DeviceId, names: readonly DocumentName[]): void {
    const told = announced.get(device);
    for (const name of names) told?.add(name);
    adapter.say(device, { type: "tm/names", v: lanVersion, held: names.map((name) => door.describe(name)) });
  }

  function mine(): KnownAddress {
    return { device: identity.device, addresses: [...ownAddresses], atMs: Math.floor(timing.nowMs()) };
  }

  function tellAddresses(device: DeviceId, known: readonly KnownAddress[]): void {
    adapter.say(device, { type: "tm/addresses", v: lanVersion, known: known.slice(0, addressesPerMessage) });
  }

  function hearAddresses(from: DeviceId, known: readonly KnownAddress[]): void {
    const nowMs = timing.nowMs();
    const news: KnownAddress[] = [];
    for (const { device, addresses: said, atMs } of known) {
      if (device === identity.device || !identity.mayBelong(device)) continue;
      const before = addresses.addressesOf(device);
      const valid = said.map(parseAddress).filter((address) => address !== undefined);
      if (valid.length === 0) continue;
      addresses.learn(device, valid, Math.min(atMs, nowMs));
      if (valid.some((address) => !before.includes(address))) news.push({ device, addresses: valid, atMs });
    }
    if (news.length === 0) return;
    for (const device of adapter.devices()) if (device !== from) tellAddresses(device, news);
    mesh.reviewSoon();
  }

  function startMdns(): () => void {
    return discoverByMdns({
      store: identity.store,
      device: identity.device,
      port: listener.port,
      log,
      onFound(found, mark) {
        const known = addresses.devices().find((device) => deviceMark(identity.store, device) === mark);
        if (known !== undefined) addresses.learn(known, found, timing.nowMs());
        else for (const address of found) addresses.place(address);
        mesh.reviewSoon();
      },
    });
  }

  function beatSoon(): void {
    beatCancel ??= timing.after(pricesBeatMs, () => {
      beatCancel = undefined;
      presence.beatNow();
    });
  }

  function peersChanged(): void {
    const peers = adapter.devices();
    for (const listener of peerListeners) {
      try {
        listener(peers);
      } catch (error) {
        log.note("handler-threw", String(error));
      }
    }
  }

  function remember(): void {
    const { addressBook } = options;
    if (!addressBook) return;
    saving = saving
      .then(() => addressBook.save(addresses.known(timing.nowMs())))
      .catch((error: unknown) =>
        log.note("handler-threw", `the address book does not save: ${String(error)}`),
      );
  }

  async function close(): Promise<void> {
    for (const unsubscribe of unsubscribes.splice(0)) unsubscribe();
    beatCancel?.();
    remember();
    presence.close();
    mesh.close();
    segments.close();
    replica.repo.networkSubsystem.removeNetworkAdapter(adapter);
    door.close();
    peerListeners.clear();
    await Promise.all([listener.close(), saving]);
  }
}
