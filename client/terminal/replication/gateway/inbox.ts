import type { DeviceId, StoreId } from "#schema/bytes.ts";
import { equalBytes } from "#schema/bytes.ts";
import type { Compressor } from "#schema/documents/compressor.ts";
import { type Bundle, type LogKeys, openBundle } from "#schema/documents/bundle.ts";
import type { DocumentName } from "#schema/documents/names.ts";
import type { Entry } from "#schema/wire/relay.ts";
import type { ReplicaPort } from "../replica-port.ts";
import type { LogNames } from "./log-names.ts";
import { type LogState, type SkippedEntries, cover, grow } from "./log-state.ts";

export interface InboxDependencies {
  readonly replica: ReplicaPort;
  readonly store: StoreId;
  readonly device: DeviceId;
  readonly keys: LogKeys;
  readonly names: LogNames;
  readonly compressor: Compressor;
  readonly note: (what: string) => void;
}

/** Merges entries of the log into the replica. What cannot be read is counted and passed over. */
export interface Inbox {
  /** In the order of the log; merged, and on disk, when it resolves. Rejects only when the replica cannot write. */
  take(entries: readonly Entry[]): Promise<void>;
  /** The end of the log is reached: what still lacks something will not get it from there. */
  atEnd(): Promise<void>;
}

interface Opened {
  readonly entry: Entry;
  readonly bundle: Bundle;
}

export function createInbox(state: LogState, using: InboxDependencies): Inbox {
  const { replica, names } = using;
  /** Merged, but without effect yet: they build upon what has not come. */
  const parked: Opened[] = [];

  function skip(entry: Entry, why: keyof SkippedEntries, detail: string): void {
    state.skipped[why] += 1;
    state.distrusted.add(entry.by);
    using.note(`entry ${entry.offset} of the relay's log passed over: ${detail}`);
  }

  function open(entry: Entry): readonly Opened[] {
    const opened = openBundle(entry.bytes, entry.epoch, using.store, using.keys, using.compressor);
    switch (opened.type) {
      case "no-key":
        skip(entry, "noKey", `no key for epoch ${entry.epoch}`);
        return [];
      case "foreign":
        skip(entry, "foreign", "not sealed by this store");
        return [];
      case "malformed":
        skip(entry, "malformed", opened.problem);
        return [];
      case "opened":
        break;
    }
    if (opened.bundle.docs.every(({ name }) => documentIn(entry, name)))
      return [{ entry, bundle: opened.bundle }];
    skip(entry, "malformed", "its documents are not those it was filed under");
    return [];
  }

  function documentIn(entry: Entry, name: DocumentName): Entry["docs"][number] | undefined {
    const keyed = names.name(name);
    return entry.docs.find((doc) => equalBytes(doc.name, keyed));
  }

  /** Each document once, with the chunks of all entries; when that is refused, entry by entry to find the bad one. */
  async function merge(opened: readonly Opened[]): Promise<ReadonlySet<Opened>> {
    const byName = new Map<
      DocumentName,
      { readonly from: Opened; readonly chunks: readonly Uint8Array[] }[]
    >();
    for (const from of opened)
      for (const { name, chunks } of from.bundle.docs) {
        const list = byName.get(name) ?? [];
        list.push({ from, chunks });
        byName.set(name, list);
      }
    const refused = new Set<Opened>();
    for (const [name, parts] of byName) {
      await replica.open(name);
      const whole = parts.flatMap(({ chunks }) => chunks);
      if (await applied(name, whole)) continue;
      for (const { from, chunks } of parts) if (!(await applied(name, chunks))) refused.add(from);
    }
    return refused;
  }

  /** False when the replica refused the chunks; rejects when it could not have written any. */
  async function applied(name: DocumentName, chunks: readonly Uint8Array[]): Promise<boolean> {
    try {
      await replica.apply(name, chunks);
      return true;
    } catch {
      await replica.apply(name, []);
      return false;
    }
  }

  /** It is here already: written by this till, or come by way of a neighbour. */
  function isKnown(entry: Entry): boolean {
    return entry.docs.every((doc) => {
      const name = names.find(doc.name);
      if (name === undefined || doc.heads.length === 0 || !names.isOpen(name)) return false;
      return names.known(name, doc.heads).length === doc.heads.length;
    });
  }

  function settleKnown(entry: Entry): void {
    const share = Math.ceil(entry.bytes.length / entry.docs.length);
    for (const doc of entry.docs) {
      const name = names.find(doc.name)!;
      cover(state, name, names.known(name, doc.heads), replica.heads(name));
      grow(state, name, share, doc.snapshot === undefined ? "entry" : "snapshot");
    }
  }

  /** Whether everything the entry promises is here now. */
  function arrived({ entry, bundle }: Opened): boolean {
    return bundle.docs.every(({ name }) => {
      const heads = documentIn(entry, name)!.heads;
      return names.known(name, heads).length === heads.length;
    });
  }

  function settle({ entry, bundle }: Opened): void {
    state.cursor.release(entry.offset);
    const share = Math.ceil(entry.bytes.length / bundle.docs.length);
    for (const { name } of bundle.docs) {
      const { heads, snapshot } = documentIn(entry, name)!;
      cover(state, name, names.known(name, heads), replica.heads(name));
      grow(state, name, share, snapshot === undefined ? "entry" : "snapshot");
    }
  }

  function settleParked(): void {
    for (const opened of parked.splice(0)) {
      if (arrived(opened)) settle(opened);
      else parked.push(opened);
    }
  }

  return {
    async take(entries) {
      const opened: Opened[] = [];
      for (const entry of entries) {
        if (isKnown(entry)) settleKnown(entry);
        else opened.push(...open(entry));
      }
      const refused = await merge(opened);
      for (const each of opened) {
        if (refused.has(each)) skip(each.entry, "refused", "its changes could not be merged");
        else if (arrived(each)) settle(each);
        else {
          parked.push(each);
          state.cursor.hold(each.entry.offset);
        }
      }
      settleParked();
      for (const { offset } of entries) state.cursor.saw(offset);
    },
    async atEnd() {
      if (parked.length === 0) return;
      // What was merged without effect was not written: once more, now that all else is here.
      await merge(parked);
      settleParked();
      for (const { entry } of parked.splice(0)) {
        skip(entry, "incomplete", "it builds upon changes that the log does not hold");
        state.cursor.release(entry.offset);
      }
    },
  };
}
