import type { Bytes, HashHex, StoreId, TimeMs } from "#schema/bytes.ts";
import {
  type JournalDocument,
  type JournalPosition,
  positionAfter,
  startOfSeries,
} from "#schema/documents/journal.ts";
import { type TradingDay, documentName, parseDocumentName } from "#schema/documents/names.ts";
import {
  type RecordOf,
  type StoredRecord,
  type TillRecord,
  decodeVouchedRecord,
  encodeRecord,
} from "#schema/documents/record.ts";
import type { RecordBody, RecordKind } from "#schema/documents/record-body.ts";
import { decodeTrusted, encodeCanonical } from "#schema/canonical.ts";
import { type SigningKey, hashHex } from "#schema/trust/crypto.ts";
import type { Vault, VaultWrite } from "#terminal/vault/vault.ts";
import type { Replica } from "./replica.ts";

export interface JournalWriterOptions {
  readonly store: StoreId;
  readonly key: SigningKey;
  readonly series: number;
  readonly vault: Vault;
  readonly replica: Replica;
}

export interface Appended<Kind extends RecordKind> {
  readonly hash: HashHex;
  readonly bytes: Bytes;
  readonly record: RecordOf<Kind>;
}

const intentRoom = "intent";
const positionKey = ["position", "journal"];

/**
 * The only hand that writes this till's journal. A record is first written ahead: its signed bytes and the chain's new
 * position, one transaction, one sync. Only then does it enter the journal document, where neighbours see it. So
 * nobody ever hears of a record that is not on this till's disk, a full disk refuses it before anything happened, and
 * after a crash what was written ahead is entered again: by the very same change, since a neighbour may have it.
 */
export class JournalWriter {
  readonly #options: JournalWriterOptions;
  #position: JournalPosition;
  #lastTimeMs: TimeMs;
  #queue: Promise<unknown> = Promise.resolve();
  /** Written ahead and entered, but the entry is not yet in the vault. */
  #entered: string[] = [];

  private constructor(options: JournalWriterOptions, position: JournalPosition, lastTimeMs: TimeMs) {
    this.#options = options;
    this.#position = position;
    this.#lastTimeMs = lastTimeMs;
  }

  /** Opens this till's latest journal, enters what was written ahead, and stands where the chain ends. */
  static async open(options: JournalWriterOptions): Promise<JournalWriter> {
    const { vault, replica, key } = options;
    const stored = await vault.load(positionKey);
    let position = stored ? readPosition(stored) : startOfSeries(options.series);
    let lastTimeMs = 0;
    if (position.series < options.series) position = startOfSeries(options.series);
    const latest = replica
      .names()
      .filter((name) => {
        const address = parseDocumentName(name);
        return address?.kind === "journal" && address.device === key.device;
      })
      .toSorted()
      .at(-1);
    if (latest) {
      await replica.open(latest);
      const beyond: StoredRecord[] = [];
      for (const bytes of replica.doc<JournalDocument>(latest).records.toReversed()) {
        const stored = decodeVouchedRecord(bytes);
        lastTimeMs = Math.max(lastTimeMs, stored.record.time);
        if (stored.record.series !== position.series || stored.record.seq <= position.seq) break;
        beyond.unshift(stored);
      }
      position = beyond.reduce(positionAfter, position);
    }
    const writer = new JournalWriter(options, position, lastTimeMs);
    replica.accompany(() => writer.#takeSettled());
    await writer.#recover();
    return writer;
  }

  /** When the last record was made; 0 before the first. */
  lastTimeMs(): TimeMs {
    return this.#lastTimeMs;
  }

  position(): JournalPosition {
    return this.#position;
  }

  /** The number the next receipt will bear. */
  nextReceiptNumber(): number {
    return (this.#position.receiptNumber ?? 0) + 1;
  }

  /**
   * Signs, chains and appends one record; on disk when it resolves. `body` is told the receipt number it must bear if
   * its kind bears one. Rejects as `Vault.commit` does, and then nothing was recorded.
   */
  append<Kind extends RecordKind>(
    kind: Kind,
    day: TradingDay,
    time: TimeMs,
    body: (receiptNumber: number) => RecordBody<Kind>,
  ): Promise<Appended<Kind>> {
    const appended = this.#queue.then(() => this.#append(kind, day, time, body));
    this.#queue = appended.catch(() => undefined);
    return appended;
  }

  /** What was written ahead is no longer needed once the journal document itself is stored. */
  #takeSettled(): VaultWrite[] {
    const writes = this.#entered.map((hash): VaultWrite => ({ op: "remove", key: [intentRoom, hash] }));
    this.#entered = [];
    return writes;
  }

  async #append<Kind extends RecordKind>(
    kind: Kind,
    day: TradingDay,
    time: TimeMs,
    body: (receiptNumber: number) => RecordBody<Kind>,
  ): Promise<Appended<Kind>> {
    const { store, key, vault, replica } = this.#options;
    const name = documentName({ store, kind: "journal", device: key.device, day });
    await replica.open(name);
    const record = {
      store,
      device: key.device,
      series: this.#position.series,
      seq: this.#position.seq + 1,
      time,
      prev: this.#position.hash,
      kind,
      body: body(this.nextReceiptNumber()),
    } as RecordOf<Kind>;
    const { hash, bytes } = encodeRecord(record as TillRecord, key);
    const next = positionAfter(this.#position, { hash, record: record as TillRecord });
    await vault.commit(
      [
        { op: "put", key: [intentRoom, hash], data: encodeCanonical([day, bytes, replica.actor()]) },
        {
          op: "put",
          key: positionKey,
          data: encodeCanonical([next.series, next.seq, next.hash, next.receiptNumber]),
        },
      ],
      { durable: true },
    );
    this.#position = next;
    this.#lastTimeMs = Math.max(this.#lastTimeMs, time);
    replica.change<JournalDocument>(name, (journal) => journal.records.push(bytes), time);
    this.#entered.push(hash);
    return { hash, bytes, record };
  }

  async #recover(): Promise<void> {
    const { vault, replica, store, key } = this.#options;
    const { chunks } = await vault.loadRange([intentRoom]);
    const ahead = chunks
      .map((chunk) => {
        const [day, bytes, actor] = decodeTrusted(chunk.data) as [string, Bytes, string];
        return { day: day as TradingDay, bytes, actor, ...decodeVouchedRecord(bytes) };
      })
      .toSorted((a, b) => a.record.seq - b.record.seq);
    for (const { hash, day, bytes, actor, record } of ahead) {
      const name = documentName({ store, kind: "journal", device: key.device, day });
      await replica.open(name);
      const there = replica.doc<JournalDocument>(name).records.some((stored) => hashHex(stored) === hash);
      if (!there)
        replica.remake<JournalDocument>(name, actor, (journal) => journal.records.push(bytes), record.time);
      if (record.series === this.#position.series && record.seq > this.#position.seq)
        this.#position = positionAfter(this.#position, { hash, record });
      this.#lastTimeMs = Math.max(this.#lastTimeMs, record.time);
      this.#entered.push(hash);
    }
    await replica.settle({ durable: false });
  }
}

function readPosition(bytes: Bytes): JournalPosition {
  const [series, seq, hash, receiptNumber] = decodeTrusted(bytes) as [number, number, HashHex, number | null];
  return { series, seq, hash, receiptNumber };
}
