import type { DeviceId, HashHex, TimeMs } from "#schema/bytes.ts";
import type { NetworkView } from "#schema/wire/views.ts";
import type { Neighbourhood } from "#terminal/counter/context.ts";
import type { Gateway } from "./gateway/gateway.ts";
import { electGateway } from "./mesh/gateway.ts";
import type { Presence } from "./mesh/presence.ts";
import { OpenDocumentDigests } from "./mesh/digests.ts";
import type { Lan } from "./mesh/lan.ts";
import type { ReplicaPort } from "./replica-port.ts";

export interface StoreNetworkOptions {
  readonly device: DeviceId;
  readonly replica: ReplicaPort;
  readonly hasRelay: boolean;
  readonly labelOf: (device: DeviceId) => string;
  readonly nowMs: () => TimeMs;
  /** The machine's clock: somebody may turn it while `nowMs` goes on evenly. */
  readonly systemMs: () => TimeMs;
  /** Something a screen shows has changed. */
  readonly onChange: () => void;
  /** A neighbour was heard that holds exactly what this till holds. */
  readonly onSame: () => void;
}

/** The tills of the store and the relay, as this till knows them: who is there, who is the gateway, what to show. */
export class StoreNetwork implements Neighbourhood {
  readonly #options: StoreNetworkOptions;
  readonly #gatewayListeners = new Set<() => void>();
  readonly #digests: OpenDocumentDigests;
  #lan: Lan | undefined;
  #gateway: Gateway | undefined;
  #isGateway = false;
  #state: { readonly name: NetworkView["state"]; readonly sinceMs: TimeMs };
  #shown = "";

  constructor(options: StoreNetworkOptions) {
    this.#options = options;
    this.#state = { name: "alone", sinceMs: options.nowMs() };
    this.#digests = new OpenDocumentDigests(options.replica);
    options.replica.onOpened((name) => this.#digests.changed(name));
    options.replica.onChanged((name) => this.#digests.changed(name));
  }

  useLan(lan: Lan): void {
    this.#lan = lan;
    lan.presence.onChange(() => this.review());
    lan.onPeers(() => this.review());
    this.review();
  }

  useGateway(gateway: Gateway): void {
    this.#gateway = gateway;
    gateway.onState(({ relay }) => {
      this.#lan?.publishPresence({ relay });
      this.review();
    });
    this.review();
  }

  isGateway(): boolean {
    return this.#isGateway;
  }

  onGatewayChange(listener: () => void): () => void {
    this.#gatewayListeners.add(listener);
    return () => this.#gatewayListeners.delete(listener);
  }

  /** Looks at who is there now; elects; tells the screens when anything they show is different. */
  review(): void {
    this.#elect();
    const name = this.#name();
    if (name !== this.#state.name) this.#state = { name, sinceMs: this.#options.nowMs() };
    const view = this.view();
    const shown = JSON.stringify({
      ...view,
      neighbours: view.neighbours.map(({ lastHeardMs: _ms, ...rest }) => rest),
    });
    const own = this.#digests.digests().docsDigest;
    if (this.#present().some(({ beat }) => beat.docsDigest === own)) this.#options.onSame();
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#options.onChange();
  }

  view(): NetworkView {
    const linked = new Set(this.#lan?.peers());
    const gateway = this.#isGateway ? undefined : this.#present().find(({ beat }) => beat.gateway);
    const relayUp = this.#relayUp();
    return {
      state: this.#state.name,
      sinceMs: this.#state.sinceMs,
      neighbours: (this.#lan?.presence.all() ?? []).map((presence) => ({
        device: presence.beat.device,
        label: this.#options.labelOf(presence.beat.device),
        state: linked.has(presence.beat.device)
          ? "linked"
          : presence.state === "alive"
            ? "reachable"
            : "silent",
        lastHeardMs: Math.floor(presence.heardMs),
      })),
      relay: {
        state: !this.#options.hasRelay ? "unconfigured" : relayUp ? "up" : "down",
        via: relayUp && gateway ? this.#options.labelOf(gateway.beat.device) : null,
        pending: this.#isGateway ? (this.#gateway?.state().pending ?? 0) : 0,
      },
    };
  }

  alive(): ReadonlySet<DeviceId> {
    return new Set(this.#present().map(({ beat }) => beat.device));
  }

  holders(cart: string): readonly DeviceId[] {
    return this.#present()
      .filter(({ beat }) => beat.openCartIds.includes(cart))
      .map(({ beat }) => beat.device);
  }

  pricesSpread(): ReturnType<Neighbourhood["pricesSpread"]> {
    const own = this.#digests.digests().pricesDigest;
    return [
      { device: this.#options.device, has: true, lastHeardMs: this.#options.nowMs() },
      ...(this.#lan?.presence.all() ?? []).map(({ beat, heardMs }) => ({
        device: beat.device,
        has: beat.pricesDigest === own,
        lastHeardMs: Math.floor(heardMs),
      })),
    ];
  }

  announceCarts(carts: readonly string[]): void {
    this.#lan?.publishPresence({ openCartIds: carts.slice(0, 32) });
  }

  neighbourOffsetsMs(): readonly number[] {
    const turnedMs = this.#options.systemMs() - this.#options.nowMs();
    return this.#present().map(({ beat, heardMs }) => beat.sentMs - heardMs - turnedMs);
  }

  /** From a sibling. */
  async segmentFromSibling(hash: HashHex): Promise<Uint8Array | undefined> {
    const fetched = await this.#lan?.fetchSegment(hash);
    return fetched?.type === "fetched" ? fetched.bytes : undefined;
  }

  async segmentFromRelay(hash: HashHex): Promise<Uint8Array | undefined> {
    const fetched = await this.#gateway?.fetchSegment(hash);
    return fetched?.type === "fetched" ? fetched.bytes : undefined;
  }

  #present(): readonly Presence[] {
    return this.#lan?.presence.alive() ?? [];
  }

  #relayUp(): boolean {
    if (this.#isGateway) return this.#gateway?.state().relay === "up" && this.#gateway.state().live;
    return this.#present().some(({ beat }) => beat.gateway && beat.relay === "up");
  }

  #name(): NetworkView["state"] {
    if (this.#relayUp()) return "everything";
    return this.#present().length > 0 ? "neighbours" : "alone";
  }

  #elect(): void {
    const { device, hasRelay } = this.#options;
    const relay = this.#gateway?.state().relay ?? (hasRelay ? "unknown" : "unconfigured");
    const others = this.#present().map(({ beat }) => ({
      device: beat.device,
      relay: beat.relay,
      gateway: beat.gateway,
    }));
    const elected = electGateway(others, { device, relay, gateway: this.#isGateway }) === device;
    if (elected === this.#isGateway) return;
    this.#isGateway = elected;
    this.#lan?.publishPresence({ gateway: elected });
    for (const listener of this.#gatewayListeners) listener();
  }
}
