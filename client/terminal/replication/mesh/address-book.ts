import type { DeviceId } from "#schema/bytes.ts";
import type { KnownAddress } from "#schema/wire/lan.ts";

/** Keeps the addresses of tills from one start to the next. */
export interface AddressBook {
  load(): Promise<readonly KnownAddress[]>;
  save(known: readonly KnownAddress[]): Promise<void>;
}

/** `host:port`, or undefined: an IPv6 host is in brackets, the port is 1 to 65535. */
export function parseAddress(text: string): string | undefined {
  const match = /^(\[[0-9a-fA-F:.%]+\]|[^\s:/@?#[\]]+):(\d{1,5})$/.exec(text);
  if (!match) return undefined;
  const port = Number(match[2]);
  return port >= 1 && port <= 65_535 && text.length <= 260 ? `${match[1]}:${port}` : undefined;
}

const addressesPerDevice = 8;
const devicesKept = 200;
/** Not seen for longer: forgotten. */
const keptMs = 60 * 24 * 60 * 60 * 1000;

/** Which addresses are worth dialling, and who was found there. */
export class KnownAddresses {
  readonly #devices = new Map<DeviceId, { addresses: string[]; atMs: number }>();
  /** Configured or discovered, with whoever answered there last. */
  readonly #places = new Map<string, DeviceId | undefined>();

  /** An address whose till is not known. */
  place(address: string): void {
    if (!this.#places.has(address)) this.#places.set(address, undefined);
  }

  forgetPlace(address: string): void {
    this.#places.delete(address);
  }

  /** Some till was seen, or said to be, at these addresses; the first is tried first. */
  learn(device: DeviceId, addresses: readonly string[], atMs: number): void {
    const known = this.#devices.get(device);
    const merged = [...new Set([...addresses, ...(known?.addresses ?? [])])].slice(0, addressesPerDevice);
    this.#devices.set(device, { addresses: merged, atMs: Math.max(atMs, known?.atMs ?? 0) });
    if (this.#devices.size > devicesKept) {
      const oldest = [...this.#devices].sort(([, a], [, b]) => a.atMs - b.atMs)[0];
      if (oldest) this.#devices.delete(oldest[0]);
    }
  }

  /** `device` itself answered at `address`: nobody else is there any more. */
  met(device: DeviceId, address: string, atMs: number): void {
    for (const [other, entry] of this.#devices)
      if (other !== device) entry.addresses = entry.addresses.filter((text) => text !== address);
    if (this.#places.has(address)) this.#places.set(address, device);
    this.learn(device, [address], atMs);
  }

  devices(): readonly DeviceId[] {
    return [...this.#devices].filter(([, { addresses }]) => addresses.length > 0).map(([device]) => device);
  }

  addressesOf(device: DeviceId): readonly string[] {
    return this.#devices.get(device)?.addresses ?? [];
  }

  /** Addresses at which nobody known is yet. */
  unmet(): readonly string[] {
    return [...this.#places].filter(([, device]) => device === undefined).map(([address]) => address);
  }

  known(nowMs: number): readonly KnownAddress[] {
    return [...this.#devices]
      .filter(([, { atMs, addresses }]) => nowMs - atMs < keptMs && addresses.length > 0)
      .map(([device, { addresses, atMs }]) => ({
        device,
        addresses: [...addresses],
        atMs: Math.floor(atMs),
      }));
  }
}
