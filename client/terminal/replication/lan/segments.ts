import type { DeviceId, HashHex } from "#schema/bytes.ts";
import { hashHex } from "#schema/trust/crypto.ts";
import { type LanMessage, lanVersion, segmentPartLimit, segmentSizeLimit } from "#schema/wire/lan.ts";
import type { LinkLog } from "./link-log.ts";
import type { Timing } from "./timing.ts";

/** The segments this till has on its disk: sealed bytes named by their hash. */
export interface SegmentSource {
  has(hash: HashHex): boolean | Promise<boolean>;
  /** At most `length` bytes from `offset`, and the size of the whole; undefined when it is not here. */
  read(
    hash: HashHex,
    offset: number,
    length: number,
  ): Promise<{ readonly bytes: Uint8Array; readonly total: number } | undefined>;
}

export type FetchedSegment =
  | { readonly type: "fetched"; readonly bytes: Uint8Array; readonly from: DeviceId }
  /** No neighbour has it, or none answered. */
  | { readonly type: "nowhere" };

export interface SegmentExchangeOptions {
  readonly source: SegmentSource;
  readonly timing: Timing;
  readonly log: LinkLog;
  readonly say: (to: DeviceId, message: LanMessage) => boolean;
  readonly neighbours: () => readonly DeviceId[];
  /** A neighbour gave bytes that are not what it said. */
  readonly refuse: (device: DeviceId, detail: string) => void;
}

type Get = Extract<LanMessage, { type: "tm/segment-get" }>;
type Part = Extract<LanMessage, { type: "tm/segment-part" }>;
type None = Extract<LanMessage, { type: "tm/segment-none" }>;
type Answer = Part | None | { readonly type: "lost" };

interface Pending {
  readonly from: DeviceId;
  readonly answer: (answer: Answer) => void;
}

const answerMs = 5000;
/** Requests of one neighbour being answered at once; more are refused, and it asks again. */
const servedAtOnce = 8;

/** Neighbours fetch segments from each other in ranges, and believe only the hash. */
export class SegmentExchange {
  readonly #options: SegmentExchangeOptions;
  readonly #pending = new Map<number, Pending>();
  readonly #serving = new Map<DeviceId, number>();
  readonly #fetching = new Map<HashHex, Promise<FetchedSegment>>();
  #nextId = 1;

  constructor(options: SegmentExchangeOptions) {
    this.#options = options;
  }

  /** One fetch a segment at a time; asked twice, both get the same answer. */
  fetch(hash: HashHex): Promise<FetchedSegment> {
    const running = this.#fetching.get(hash);
    if (running) return running;
    const fetching = this.#fetch(hash).finally(() => this.#fetching.delete(hash));
    this.#fetching.set(hash, fetching);
    return fetching;
  }

  receive(from: DeviceId, message: Get | Part | None): void {
    if (message.type === "tm/segment-get") {
      void this.#serve(from, message);
      return;
    }
    const pending = this.#pending.get(message.id);
    if (pending?.from === from) pending.answer(message);
  }

  lost(device: DeviceId): void {
    for (const pending of this.#pending.values())
      if (pending.from === device) pending.answer({ type: "lost" });
  }

  close(): void {
    for (const pending of this.#pending.values()) pending.answer({ type: "lost" });
  }

  async #fetch(hash: HashHex): Promise<FetchedSegment> {
    let got: Uint8Array[] = [];
    let gotBytes = 0;
    let givers: DeviceId[] = [];
    for (const from of this.#options.neighbours()) {
      for (;;) {
        const answer = await this.#ask(from, hash, gotBytes);
        if (answer.type !== "tm/segment-part") break;
        const fits = answer.offset === gotBytes && gotBytes + answer.bytes.length <= answer.total;
        if (
          !fits ||
          answer.total > segmentSizeLimit ||
          (answer.bytes.length === 0 && gotBytes < answer.total)
        ) {
          this.#options.refuse(from, "a part that does not fit");
          break;
        }
        got.push(answer.bytes);
        gotBytes += answer.bytes.length;
        if (!givers.includes(from)) givers = [...givers, from];
        if (gotBytes < answer.total) continue;
        const bytes = Buffer.concat(got);
        if (hashHex(bytes) === hash) return { type: "fetched", bytes, from };
        // One giver alone is to blame; of several nobody knows which, and the next gives it whole.
        if (givers.length === 1) this.#options.refuse(from, "bytes of another hash");
        else this.#options.log.note("segment-mismatch", "parts of several neighbours");
        got = [];
        gotBytes = 0;
        if (givers.length === 1) break;
        givers = [];
      }
    }
    return { type: "nowhere" };
  }

  #ask(from: DeviceId, hash: HashHex, offset: number): Promise<Answer> {
    const id = this.#nextId++;
    return new Promise((resolve) => {
      const settle = (answer: Answer) => {
        cancel();
        this.#pending.delete(id);
        resolve(answer);
      };
      const cancel = this.#options.timing.after(answerMs, () => settle({ type: "lost" }));
      this.#pending.set(id, { from, answer: settle });
      const request: Get = {
        type: "tm/segment-get",
        v: lanVersion,
        id,
        hash,
        offset,
        length: segmentPartLimit,
      };
      if (!this.#options.say(from, request)) settle({ type: "lost" });
    });
  }

  async #serve(to: DeviceId, request: Get): Promise<void> {
    const { source, say, log } = this.#options;
    const none: None = { type: "tm/segment-none", v: lanVersion, id: request.id };
    const serving = this.#serving.get(to) ?? 0;
    if (serving >= servedAtOnce) {
      say(to, none);
      return;
    }
    this.#serving.set(to, serving + 1);
    try {
      const part = (await source.has(request.hash))
        ? await source.read(request.hash, request.offset, request.length)
        : undefined;
      if (!part) say(to, none);
      else
        say(to, {
          type: "tm/segment-part",
          v: lanVersion,
          id: request.id,
          offset: request.offset,
          total: part.total,
          bytes: part.bytes,
        });
    } catch (error) {
      log.note("handler-threw", String(error));
      say(to, none);
    } finally {
      const left = (this.#serving.get(to) ?? 1) - 1;
      if (left > 0) this.#serving.set(to, left);
      else this.#serving.delete(to);
    }
  }
}
