import { type Canonical, decodeCanonical, encodeCanonical } from "#schema/canonical.ts";
import type { DeviceId } from "#schema/bytes.ts";
import { fromHex } from "#schema/bytes.ts";
import { verify } from "#schema/trust/crypto.ts";
import { type Beat, type LanMessage, beatDomain, beatSchema, lanVersion } from "#schema/wire/lan.ts";
import type { LinkIdentity } from "../lan/link-identity.ts";
import type { LinkLog } from "../lan/link-log.ts";
import type { Timing } from "../lan/timing.ts";

/** What a till says of itself; the rest of a beat is filled in here. */
export type OwnPresence = Omit<
  Beat,
  "v" | "device" | "session" | "sequence" | "sentMs" | "leaving" | "docsDigest" | "pricesDigest"
>;
export type PresenceDigests = Pick<Beat, "docsDigest" | "pricesDigest">;

export interface Presence {
  readonly beat: Beat;
  /** Of this till's own clock. */
  readonly heardMs: number;
  /** `leaving` said so itself; `silent` was not heard for three beats, or there is no link left to hear it by. */
  readonly state: "alive" | "silent" | "left";
}

export interface PresenceLimits {
  readonly beatMs: number;
  /** Without a beat for so long, a till is silent. */
  readonly silentMs: number;
  /** Tills remembered, the silent ones included. */
  readonly tills: number;
}

export const defaultPresenceLimits: PresenceLimits = { beatMs: 1000, silentMs: 3200, tills: 200 };

export interface PresenceOptions {
  readonly identity: LinkIdentity;
  readonly timing: Timing;
  readonly log: LinkLog;
  readonly limits: PresenceLimits;
  /** Greater than that of any earlier process of this till: the time it started will do. */
  readonly session: number;
  readonly own: OwnPresence;
  /** Asked at each beat. */
  readonly digests: () => PresenceDigests;
  /** To every neighbour, except the one it came from. */
  readonly flood: (message: LanMessage, except?: DeviceId) => void;
  readonly say: (to: DeviceId, message: LanMessage) => void;
}

type PresenceMessage = Extract<LanMessage, { type: "tm/presence" }>;

/** Who is alive in the store, from signed heartbeats that tills pass on to each other, each once. */
export class PresenceTable {
  readonly #options: PresenceOptions;
  readonly #table = new Map<DeviceId, { presence: Presence; message: PresenceMessage }>();
  readonly #listeners = new Set<() => void>();
  readonly #cancels: (() => void)[] = [];
  #own: OwnPresence;
  #session: number;
  #sequence = 0;
  #last: PresenceMessage | undefined;
  #links = 0;

  constructor(options: PresenceOptions) {
    this.#options = options;
    this.#own = options.own;
    this.#session = options.session;
    const { timing, limits } = options;
    this.#cancels.push(
      timing.every(limits.beatMs, () => this.#beat(false)),
      timing.every(Math.min(250, limits.beatMs), () => this.#review()),
    );
    this.#beat(false);
  }

  get own(): OwnPresence {
    return this.#own;
  }

  get session(): number {
    return this.#session;
  }

  /** Every other till heard of, by device id. */
  all(): readonly Presence[] {
    return [...this.#table.values()]
      .map(({ presence }) => presence)
      .sort((a, b) => (a.beat.device < b.beat.device ? -1 : 1));
  }

  alive(): readonly Presence[] {
    return this.all().filter(({ state }) => state === "alive");
  }

  of(device: DeviceId): Presence | undefined {
    return this.#table.get(device)?.presence;
  }

  /** After any till came, went, fell silent, or changed what it says. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Changes what this till says of itself, and says it at once. */
  publish(partial: Partial<OwnPresence>): void {
    const next = { ...this.#own, ...partial };
    if (JSON.stringify(next) === JSON.stringify(this.#own)) return;
    this.#own = next;
    this.#beat(false);
  }

  /** Beats at once, since something that the digests cover has changed. */
  beatNow(): void {
    if (this.#cancels.length > 0) this.#beat(false);
  }

  /** What a new neighbour should hear first: this till, and all that are alive behind it. */
  greeting(): readonly LanMessage[] {
    const others = [...this.#table.values()].filter(({ presence }) => presence.state === "alive");
    return [...(this.#last ? [this.#last] : []), ...others.map(({ message }) => message)];
  }

  /** How many links there are now; with none, nobody can be heard. */
  linksNow(count: number): void {
    this.#links = count;
    this.#review();
  }

  /** Returns what is wrong with it, if anything. */
  receive(from: DeviceId, message: PresenceMessage): string | undefined {
    const beat = decodeBeat(message.beat);
    if (!beat) return "not a beat";
    if (beat.device === this.#options.identity.device) return this.#receiveOwn(beat, message);
    const entry = this.#table.get(beat.device);
    const known = entry?.presence;
    if (known && !isNewer(beat, known.beat)) {
      // A new process of a till whose clock went back: shown its own last word, it will speak above it.
      if (entry && beat.session < known.beat.session) this.#options.say(from, entry.message);
      return undefined;
    }
    if (!verify(fromHex(beat.device), beatDomain, message.beat, message.signature)) return "not its own beat";
    if (!this.#options.identity.mayBelong(beat.device)) return undefined;
    if (!known && this.#table.size >= this.#options.limits.tills) {
      this.#options.log.note("bad-beat", "too many tills");
      return undefined;
    }
    const presence: Presence = {
      beat,
      heardMs: this.#options.timing.nowMs(),
      state: beat.leaving ? "left" : "alive",
    };
    this.#table.set(beat.device, { presence, message });
    this.#options.flood(message, from);
    if (!known || known.state !== presence.state || !sameSaying(known.beat, beat)) this.#changed();
    return undefined;
  }

  /** Says goodbye; silent afterwards. */
  close(): void {
    if (this.#cancels.length === 0) return;
    for (const cancel of this.#cancels.splice(0)) cancel();
    this.#beat(true);
    this.#listeners.clear();
  }

  #receiveOwn(beat: Beat, message: PresenceMessage): string | undefined {
    if (beat.session < this.#session) return undefined;
    if (beat.session === this.#session && beat.sequence <= this.#sequence) return undefined;
    if (!verify(fromHex(beat.device), beatDomain, message.beat, message.signature)) return "not its own beat";
    // An earlier process of this till whose clock went ahead of ours: speak above it, or nobody would listen.
    this.#session = beat.session + 1;
    this.#beat(false);
    return undefined;
  }

  #beat(leaving: boolean): void {
    const { identity, timing, flood } = this.#options;
    this.#sequence += 1;
    const beat: Beat = {
      ...this.#own,
      ...this.#options.digests(),
      v: lanVersion,
      device: identity.device,
      session: this.#session,
      sequence: this.#sequence,
      sentMs: Math.floor(timing.nowMs()),
      leaving,
    };
    const bytes = encodeCanonical(beat as unknown as Canonical);
    this.#last = {
      type: "tm/presence",
      v: lanVersion,
      beat: bytes,
      signature: identity.sign(beatDomain, bytes),
    };
    flood(this.#last);
  }

  #review(): void {
    const silentSince = this.#options.timing.nowMs() - this.#options.limits.silentMs;
    let changed = false;
    for (const [device, entry] of this.#table) {
      const { presence } = entry;
      if (presence.state !== "alive") continue;
      if (this.#links > 0 && presence.heardMs >= silentSince) continue;
      this.#table.set(device, { ...entry, presence: { ...presence, state: "silent" } });
      changed = true;
    }
    if (changed) this.#changed();
  }

  #changed(): void {
    for (const listener of this.#listeners) {
      try {
        listener();
      } catch (error) {
        this.#options.log.note("handler-threw", String(error));
      }
    }
  }
}

function decodeBeat(bytes: Uint8Array): Beat | undefined {
  try {
    const parsed = beatSchema.safeParse(decodeCanonical(bytes));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

function isNewer(beat: Beat, than: Beat): boolean {
  return beat.session === than.session ? beat.sequence > than.sequence : beat.session > than.session;
}

/** Two beats that differ only in when they were sent. */
function sameSaying(a: Beat, b: Beat): boolean {
  const says = (beat: Beat) => JSON.stringify({ ...beat, session: 0, sequence: 0, sentMs: 0 });
  return says(a) === says(b);
}
