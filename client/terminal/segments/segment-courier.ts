import type { HashHex } from "#schema/bytes.ts";
import type { Gateway } from "#terminal/replication/gateway/gateway.ts";
import type { Shop } from "#terminal/shop/shop.ts";
import type { Segments } from "./segments.ts";

export interface CourierOptions {
  readonly shop: Shop;
  readonly segments: Segments;
  readonly gateway: Gateway;
  readonly network: { isGateway(): boolean; onGatewayChange(listener: () => void): () => void };
  readonly onFailure: (what: string, error: unknown) => void;
}

const againMs = 5000;

/** While this till is the gateway, sees to it that the relay has the segments that published bases name. */
export class SegmentCourier {
  readonly #options: CourierOptions;
  readonly #unsubscribes: (() => void)[];
  /** Those the relay has taken, until it lost its log. */
  #delivered = new Set<HashHex>();
  #running = false;
  #again: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: CourierOptions) {
    this.#options = options;
    const look = (): void => void this.#look();
    this.#unsubscribes = [
      options.shop.onChange((part) => {
        if (part === "store" || part === "prices") look();
      }),
      options.network.onGatewayChange(look),
      options.gateway.onState(({ live, cursor }) => {
        if (cursor === 0) this.#delivered = new Set();
        if (live) look();
      }),
    ];
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#again);
    for (const unsubscribe of this.#unsubscribes) unsubscribe();
  }

  async #look(): Promise<void> {
    const { shop, segments, gateway, network } = this.#options;
    if (this.#running || this.#closed || !network.isGateway() || !gateway.state().live) return;
    this.#running = true;
    try {
      const bases = [shop.prices.base(), shop.stockBase()].filter((base) => base !== undefined);
      for (const { hash } of bases.flatMap((base) => base.segments)) {
        if (this.#delivered.has(hash) || this.#closed) continue;
        const bytes = await segments.read(hash);
        if (!bytes) continue;
        const uploaded = await gateway.uploadSegment(hash, bytes);
        if (uploaded.type === "uploaded") this.#delivered.add(hash);
        else return this.#later();
      }
    } catch (error) {
      this.#options.onFailure("a segment could not be brought to the relay", error);
      this.#later();
    } finally {
      this.#running = false;
    }
  }

  #later(): void {
    clearTimeout(this.#again);
    if (!this.#closed) this.#again = setTimeout(() => void this.#look(), againMs);
  }
}
