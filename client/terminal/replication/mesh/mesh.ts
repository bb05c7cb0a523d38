import type { DeviceId } from "#schema/bytes.ts";
import type { LinkOutcome, Link } from "../lan/link.ts";
import type { LinkLog } from "../lan/link-log.ts";
import type { Timing } from "../lan/timing.ts";
import type { KnownAddresses } from "./address-book.ts";
import { type BackoffLimits, backoffMs } from "./backoff.ts";
import { neighboursOf } from "./neighbours.ts";

export interface MeshOptions {
  readonly self: DeviceId;
  readonly addresses: KnownAddresses;
  readonly timing: Timing;
  readonly log: LinkLog;
  readonly backoff: BackoffLimits;
  /** How many tills each keeps a link to by its own choice, once there are more than four. */
  readonly spread: number;
  readonly dial: (address: string, signal: AbortSignal) => Promise<LinkOutcome>;
  readonly adopt: (link: Link) => boolean;
  /** Devices there is a link to. */
  readonly linked: () => readonly DeviceId[];
  readonly drop: (device: DeviceId) => void;
  /** Devices heard of lately, by whatever way. */
  readonly alive: () => readonly DeviceId[];
}

const reviewMs = 250;
/** A link that nobody wants any more lives on for so long, and twice as long each time it came back. */
const spareMs = 4000;
const dialsAtOnce = 16;
/** An address at which we find ourselves may be another till's some day. */
const selfAgainMs = 60_000;
/** A link that ends sooner counts as a failed dial. */
const shortLifeMs = 2000;

/** One thing to dial: a till by its addresses, or an address where nobody is known. */
interface Target {
  failures: number;
  /** Of `Timing`: not before then. */
  nextMs: number;
  round: number;
  dialling: boolean;
}

/**
 * Decides whom to link to, and keeps at it: the chosen neighbours among the living, every known till that has fallen
 * silent (it may be in the other half of a store that was cut), and every address where nobody is known yet.
 */
export class Mesh {
  readonly #options: MeshOptions;
  readonly #targets = new Map<string, Target>();
  readonly #spareSince = new Map<DeviceId, number>();
  readonly #sheds = new Map<DeviceId, number>();
  readonly #madeMs = new Map<DeviceId, number>();
  readonly #shortLives = new Map<DeviceId, number>();
  readonly #penalties = new Map<DeviceId, { count: number; untilMs: number }>();
  readonly #stop = new AbortController();
  readonly #cancels: (() => void)[] = [];
  #dials = 0;
  #soon: (() => void) | undefined;

  constructor(options: MeshOptions) {
    this.#options = options;
    this.#cancels.push(options.timing.every(reviewMs, () => this.review()));
    this.reviewSoon();
  }

  /** After links, beats or addresses changed. */
  reviewSoon(): void {
    if (this.#stop.signal.aborted || this.#soon) return;
    this.#soon = this.#options.timing.after(5, () => {
      this.#soon = undefined;
      this.review();
    });
  }

  review(): void {
    if (this.#stop.signal.aborted) return;
    const { self, addresses, linked, alive, timing } = this.#options;
    const nowMs = timing.nowMs();
    const links = new Set(linked());
    const reachable = alive().filter((device) => links.has(device) || !this.#unreachable(device));
    const living = new Set([...links, ...reachable]);
    const wanted = neighboursOf(self, [...living], this.#options.spread);

    const due: { key: string; device: DeviceId | undefined; choices: readonly string[] }[] = [];
    const known = new Set(addresses.devices());
    for (const device of known) {
      if (device === self || links.has(device)) continue;
      if (living.has(device) && !wanted.has(device)) continue;
      due.push({ key: device, device, choices: addresses.addressesOf(device) });
    }
    for (const address of addresses.unmet())
      due.push({ key: address, device: undefined, choices: [address] });

    const keys = new Set(due.map(({ key }) => key));
    for (const [key, target] of this.#targets)
      if (!keys.has(key) && !target.dialling) this.#targets.delete(key);
    for (const { key, device, choices } of due) {
      const target = this.#targetOf(key);
      if (target.dialling || target.nextMs > nowMs || this.#dials >= dialsAtOnce) continue;
      if (device !== undefined && this.#isPenalised(device)) continue;
      const address = choices[target.round % choices.length];
      if (address !== undefined) void this.#dial(key, target, address);
    }
    this.#shed(links, wanted, nowMs);
  }

  /** A link was made, by whichever end. */
  met(device: DeviceId): void {
    this.#targets.delete(device);
    this.#madeMs.set(device, this.#options.timing.nowMs());
    this.reviewSoon();
  }

  /** A link has ended. It is dialled again at once, unless it keeps ending soon. */
  lost(device: DeviceId): void {
    const { timing, backoff } = this.#options;
    const livedMs = timing.nowMs() - (this.#madeMs.get(device) ?? 0);
    const shortLives = livedMs < shortLifeMs ? (this.#shortLives.get(device) ?? 0) + 1 : 0;
    this.#shortLives.set(device, shortLives);
    if (shortLives > 0)
      this.#targetOf(device).nextMs = timing.nowMs() + backoffMs(backoff, shortLives, timing.random());
    this.reviewSoon();
  }

  /** The peer broke the rules: the two keep apart for a while, longer each time. */
  penalise(device: DeviceId): void {
    const before = this.#penalties.get(device);
    const count = (before?.count ?? 0) + 1;
    const waitMs = Math.min(60_000, 1000 * 2 ** Math.min(10, count - 1));
    this.#penalties.set(device, { count, untilMs: this.#options.timing.nowMs() + waitMs });
  }

  #isPenalised(device: DeviceId): boolean {
    return (this.#penalties.get(device)?.untilMs ?? 0) > this.#options.timing.nowMs();
  }

  /** Whether a fresh link to this device may be kept; a peer's misdeeds are forgotten an hour after the last. */
  welcomes(device: DeviceId): boolean {
    const penalty = this.#penalties.get(device);
    if (penalty && this.#options.timing.nowMs() - penalty.untilMs > 3_600_000) this.#penalties.delete(device);
    return !this.#isPenalised(device);
  }

  close(): void {
    this.#stop.abort();
    this.#soon?.();
    for (const cancel of this.#cancels.splice(0)) cancel();
  }

  async #dial(key: string, target: Target, address: string): Promise<void> {
    const { addresses, timing, log, backoff } = this.#options;
    target.dialling = true;
    this.#dials += 1;
    const outcome = await this.#options.dial(address, this.#stop.signal);
    this.#dials -= 1;
    target.dialling = false;
    target.round += 1;
    if (this.#stop.signal.aborted) {
      if (outcome.type === "open") outcome.link.close("stopping");
      return;
    }
    if (outcome.type === "open") {
      const { link } = outcome;
      addresses.met(link.device, address, timing.nowMs());
      // Whether adopted, or another link to that device is kept: somebody known is there.
      target.failures = 0;
      target.nextMs = timing.nowMs() + backoffMs(backoff, 1, timing.random());
      if (this.welcomes(link.device)) this.#options.adopt(link);
      else link.close("misbehaved");
    } else {
      const isSelf = outcome.type === "refused" && outcome.refusal.type === "self";
      target.failures += 1;
      target.nextMs =
        timing.nowMs() + (isSelf ? selfAgainMs : backoffMs(backoff, target.failures, timing.random()));
      log.note(
        "dial-failed",
        `${key.slice(0, 40)}: ${outcome.type === "failed" ? outcome.detail : outcome.refusal.type}`,
      );
    }
    this.reviewSoon();
  }

  #shed(links: ReadonlySet<DeviceId>, wanted: ReadonlySet<DeviceId>, nowMs: number): void {
    for (const device of this.#spareSince.keys())
      if (!links.has(device) || wanted.has(device)) this.#spareSince.delete(device);
    for (const device of links) {
      if (wanted.has(device)) continue;
      const sinceMs = this.#spareSince.get(device) ?? nowMs;
      this.#spareSince.set(device, sinceMs);
      // The lower id drops it, so that the two do not shed two different links at once.
      const sheds = this.#sheds.get(device) ?? 0;
      if (nowMs - sinceMs <= spareMs * 2 ** Math.min(8, sheds) || this.#options.self > device) continue;
      this.#sheds.set(device, sheds + 1);
      this.#options.drop(device);
    }
  }

  #unreachable(device: DeviceId): boolean {
    return (this.#targets.get(device)?.failures ?? 0) > 0;
  }

  #targetOf(key: string): Target {
    let target = this.#targets.get(key);
    if (!target) {
      target = { failures: 0, nextMs: 0, round: 0, dialling: false };
      this.#targets.set(key, target);
    }
    return target;
  }
}
