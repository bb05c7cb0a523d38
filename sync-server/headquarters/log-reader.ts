import * as Automerge from "@automerge/automerge";
import { type Bytes, type RandomBytes, toHex } from "#schema/bytes.ts";
import type { Compressor } from "#schema/documents/compressor.ts";
import { type LogKeys, openBundle } from "#schema/documents/bundle.ts";
import type { DocumentName } from "#schema/documents/names.ts";
import type { LinkJudge, LinkSelf } from "#schema/trust/handshake.ts";
import type { Entry } from "#schema/wire/relay.ts";
import { type RelayLink, openRelayLink, trustRelay } from "../link/relay-link.ts";

export interface LogReaderOptions {
  readonly relayUrl: string;
  /** An enrolment with the role `reader` in the store. */
  readonly self: LinkSelf;
  readonly judge?: LinkJudge;
  readonly keys: LogKeys;
  readonly compressor: Compressor;
  readonly random: RandomBytes;
  /** After a document has changed; many changes of one page are told once. */
  readonly onChanged: (names: ReadonlySet<DocumentName>) => void;
}

export interface LogReaderState {
  readonly relay: "up" | "down";
  /** Read to the end since it was last connected. */
  readonly current: boolean;
  readonly cursor: number;
  /** Entries that could not be opened or merged. */
  readonly skipped: number;
}

/** Which shape it has, its name says. */
export type AnyDocument = Automerge.Doc<Record<string, unknown>>;

/** The documents of one store, as its log has them: read from the start, then followed. In memory alone. */
export interface LogReader {
  documents(): ReadonlyMap<DocumentName, AnyDocument>;
  state(): LogReaderState;
  close(): void;
}

const pageBytes = 1024 * 1024;
const firstRetryMs = 250;
const longestRetryMs = 10_000;

export function startLogReader(options: LogReaderOptions): LogReader {
  const documents = new Map<DocumentName, AnyDocument>();
  let link: RelayLink | undefined;
  let log = "";
  let cursor = 0;
  let end = 0;
  let skipped = 0;
  let failures = 0;
  let connected = false;
  let reading = false;
  let closed = false;
  let retry: NodeJS.Timeout | undefined;

  function connect(): void {
    link = openRelayLink(options.relayUrl, options.self, options.judge ?? trustRelay, options.random(32), {
      onWelcome(welcome) {
        connected = true;
        failures = 0;
        // What is held already stays: merged again it is the same.
        if (toHex(welcome.log) !== log) cursor = 0;
        log = toHex(welcome.log);
        end = welcome.end;
        readSoon();
      },
      onPush(after, entries) {
        end = Math.max(end, entries.at(-1)!.offset);
        if (after === cursor && !reading) {
          take(entries);
          cursor = end;
        } else readSoon();
      },
      onBehind(newEnd) {
        end = newEnd;
        readSoon();
      },
      onEnd(_problem, retryAfterMs = 0) {
        connected = false;
        if (closed) return;
        failures += 1;
        const longestMs = Math.min(longestRetryMs, firstRetryMs * 2 ** Math.min(failures, 10));
        const jitter = 0.5 + (options.random(1)[0]! / 255) * 0.5;
        retry = setTimeout(connect, Math.max(retryAfterMs, longestMs * jitter));
      },
    });
  }

  function readSoon(): void {
    readOn().catch(() => link?.close());
  }

  async function readOn(): Promise<void> {
    if (reading) return;
    reading = true;
    try {
      let first = true;
      while (first || cursor < end) {
        first = false;
        const page = await link?.conversation()?.read(cursor, pageBytes);
        if (page?.type !== "entries") return;
        take(page.entries);
        cursor = page.through;
        end = Math.max(end, page.end);
      }
    } finally {
      reading = false;
    }
  }

  function take(entries: readonly Entry[]): void {
    const changed = new Set<DocumentName>();
    for (const entry of entries) {
      const opened = openBundle(
        entry.bytes,
        entry.epoch,
        options.self.store,
        options.keys,
        options.compressor,
      );
      if (opened.type !== "opened") skipped += 1;
      else for (const { name, chunks } of opened.bundle.docs) if (merge(name, chunks)) changed.add(name);
    }
    if (changed.size > 0) options.onChanged(changed);
  }

  /** All of the chunks or none. */
  function merge(name: DocumentName, chunks: readonly Bytes[]): boolean {
    try {
      for (const chunk of chunks) Automerge.loadIncremental(Automerge.init<Record<string, unknown>>(), chunk);
      const before = documents.get(name) ?? Automerge.init<Record<string, unknown>>();
      const heads = Automerge.getHeads(before).join();
      const after = chunks.reduce((doc, chunk) => Automerge.loadIncremental(doc, chunk), before);
      documents.set(name, after);
      return Automerge.getHeads(after).join() !== heads;
    } catch {
      skipped += 1;
      return false;
    }
  }

  connect();
  return {
    documents: () => documents,
    state: () => ({
      relay: connected ? "up" : "down",
      current: connected && !reading && cursor >= end,
      cursor,
      skipped,
    }),
    close() {
      closed = true;
      clearTimeout(retry);
      link?.close();
    },
  };
}
