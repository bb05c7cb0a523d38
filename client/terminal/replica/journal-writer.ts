import type { Bytes, HashHex, StoreId, TimeMs } from "#schema/bytes.ts";
import {
  type JournalDocument,
  type JournalPosition,
  numberOf,
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
import { DamagedValueError, type Vault, type VaultWrite } from "#terminal/vault/vault.ts";
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
    const { vault, replica, series } = options;
    let known = await storedPosition(vault);
    if (known && known.series < series) known = startOfSeries(series);
    const { records, lastTimeMs } = await recordsBeyond(options, known);
    let position = records.reduce(positionAfter, known ?? positionBeforeAll(records, series));
    if (position.series < series) position = startOfSeries(series);
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

/** Undefined on a till that recorded nothing yet, and where the value is damaged: then the journals tell. */
async function storedPosition(vault: Vault): Promise<JournalPosition | undefined> {
  try {
    const stored = await vault.load(positionKey);
    return stored && readPosition(stored);
  } catch (error) {
    if (error instanceof DamagedValueError) return undefined;
    throw error;
  }
}

/**
 * What this till's journals hold beyond a position, oldest first; where no position is known, the last records, back to
 * one that tells the receipt number. `lastTimeMs` is that of the last record there is.
 */
async function recordsBeyond(
  { replica, key }: JournalWriterOptions,
  known: JournalPosition | undefined,
): Promise<{ readonly records: readonly StoredRecord[]; readonly lastTimeMs: TimeMs }> {
  const journals = replica.names().filter((name) => {
    const address = parseDocumentName(name);
    return address?.kind === "journal" && address.device === key.device;
  });
  const found: StoredRecord[] = [];
  let lastTimeMs = 0;
  for (const name of journals.toSorted().toReversed()) {
    await replica.open(name);
    for (const bytes of replica.doc<JournalDocument>(name).records.toReversed()) {
      const stored = decodeVouchedRecord(bytes);
      const { record } = stored;
      lastTimeMs = Math.max(lastTimeMs, record.time);
      if (known && (record.series !== known.series || record.seq <= known.seq))
        return { records: found.toReversed(), lastTimeMs };
      found.push(stored);
      if (!known && (numberOf(record) !== undefined || record.seq === 1))
        return { records: found.toReversed(), lastTimeMs };
    }
  }
  return { records: found.toReversed(), lastTimeMs };
}

function positionBeforeAll(records: readonly StoredRecord[], series: number): JournalPosition {
  const first = records[0]?.record;
  if (!first) return startOfSeries(series);
  const { seq, prev } = first;
  return { series: first.series, seq: seq - 1, hash: prev, receiptNumber: seq === 1 ? 0 : null };
}
