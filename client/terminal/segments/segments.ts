import type { Bytes, HashHex } from "#schema/bytes.ts";
import { hashHex } from "#schema/trust/crypto.ts";
import type { SegmentSource } from "#terminal/replication/lan/segments.ts";
import type { Vault } from "#terminal/vault/vault.ts";

/** Where a segment may be had besides this till; undefined when it is not there. Whoever answers need not be trusted. */
export type SegmentOrigin = (hash: HashHex) => Promise<Bytes | undefined>;

const room = "segment";
const indexKey = ["segments"];

/** The sealed segments this till keeps, and how it gets those it lacks: from a sibling before the relay. */
export class Segments {
  readonly #vault: Vault;
  readonly #have = new Set<HashHex>();
  /** Put here, and not yet seen in use: whoever published them is about to name them. */
  readonly #unnamed = new Set<HashHex>();
  readonly #fetching = new Map<HashHex, Promise<Bytes | undefined>>();
  #origins: readonly SegmentOrigin[] = [];

  private constructor(vault: Vault) {
    this.#vault = vault;
  }

  static async open(vault: Vault): Promise<Segments> {
    const segments = new Segments(vault);
    for (const hash of await readIndex(vault)) segments.#have.add(hash);
    return segments;
  }

  /** In the order in which they are to be asked. */
  setOrigins(origins: readonly SegmentOrigin[]): void {
    this.#origins = origins;
  }

  has(hash: HashHex): boolean {
    return this.#have.has(hash);
  }

  hashes(): readonly HashHex[] {
    return [...this.#have];
  }

  /** Undefined when it is not kept here, or no longer opens. */
  async read(hash: HashHex): Promise<Bytes | undefined> {
    if (!this.#have.has(hash)) return undefined;
    try {
      return await this.#vault.load([room, hash]);
    } catch {
      this.#have.delete(hash);
      return undefined;
    }
  }

  /** On disk when it resolves; bytes that are not what the hash names are refused. */
  async put(segments: readonly { readonly hash: HashHex; readonly bytes: Bytes }[]): Promise<void> {
    for (const { hash, bytes } of segments)
      if (hashHex(bytes) !== hash) throw new RangeError(`not the segment ${hash}`);
    const added = segments.filter(({ hash }) => !this.#have.has(hash));
    for (const { hash } of added) {
      this.#have.add(hash);
      this.#unnamed.add(hash);
    }
    try {
      await this.#vault.commit(
        [
          ...segments.map(({ hash, bytes }) => ({ op: "put" as const, key: [room, hash], data: bytes })),
          { op: "put", key: indexKey, data: new TextEncoder().encode([...this.#have].join(" ")) },
        ],
        { durable: true },
      );
    } catch (error) {
      for (const { hash } of added) {
        this.#have.delete(hash);
        this.#unnamed.delete(hash);
      }
      throw error;
    }
  }

  /** Forgets all but these, and those that were put here and never asked to be kept before. */
  async keepOnly(wanted: ReadonlySet<HashHex>): Promise<void> {
    for (const hash of wanted) this.#unnamed.delete(hash);
    const gone = [...this.#have].filter((hash) => !wanted.has(hash) && !this.#unnamed.has(hash));
    if (gone.length === 0) return;
    for (const hash of gone) this.#have.delete(hash);
    await this.#vault.commit(
      [
        ...gone.map((hash) => ({ op: "remove" as const, key: [room, hash] })),
        { op: "put", key: indexKey, data: new TextEncoder().encode([...this.#have].join(" ")) },
      ],
      { durable: false },
    );
  }

  /** From here or from wherever it can be had; kept from then on. Undefined when nobody has it now: ask again later. */
  async fetch(hash: HashHex): Promise<Bytes | undefined> {
    let fetching = this.#fetching.get(hash);
    if (!fetching) {
      fetching = this.#fetch(hash).finally(() => this.#fetching.delete(hash));
      this.#fetching.set(hash, fetching);
    }
    return await fetching;
  }

  async #fetch(hash: HashHex): Promise<Bytes | undefined> {
    const here = await this.read(hash);
    if (here && hashHex(here) === hash) return here;
    for (const origin of this.#origins) {
      const bytes = await origin(hash).catch(() => undefined);
      if (!bytes || hashHex(bytes) !== hash) continue;
      await this.put([{ hash, bytes }]).catch(() => undefined); // a full disk: it can still be used
      return bytes;
    }
    return undefined;
  }
}

/** A damaged index is no reason not to start: it is made anew from what is there. */
async function readIndex(vault: Vault): Promise<HashHex[]> {
  try {
    const index = await vault.load(indexKey);
    const text = index ? new TextDecoder().decode(index) : "";
    return text === "" ? [] : (text.split(" ") as HashHex[]);
  } catch {
    const { chunks } = await vault.loadRange([room]);
    return chunks.map((chunk) => chunk.key[1] as HashHex);
  }
}

/** The segments kept here, as siblings may have them: any stretch of any of them. */
export function segmentSource(segments: Segments): SegmentSource {
  return {
    has: (hash) => segments.has(hash),
    async read(hash, offset, length) {
      const bytes = await segments.read(hash);
      return bytes && { bytes: bytes.slice(offset, offset + length), total: bytes.length };
    },
  };
}
