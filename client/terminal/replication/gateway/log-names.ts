import { type Bytes, toHex } from "#schema/bytes.ts";
import { type LogKeys, keyedHead, keyedName } from "#schema/documents/bundle.ts";
import type { DocumentName } from "#schema/documents/names.ts";
import type { ReplicaPort } from "../replica-port.ts";

/** Between the log's keyed names and heads and the replica's own. */
export interface LogNames {
  name(name: DocumentName): Bytes;
  heads(heads: readonly string[]): Bytes[];
  /** The document held here that a keyed name stands for. */
  find(keyed: Bytes): DocumentName | undefined;
  isOpen(name: DocumentName): boolean;
  /** The change hashes that these stand for, of an open document; what it does not have is left out. */
  known(name: DocumentName, keyed: readonly Bytes[]): string[];
}

interface Index {
  readonly byKeyed: Map<string, string>;
  readonly hashes: Set<string>;
  /** The heads the index was last brought up to. */
  upTo: string;
}

export function createLogNames(replica: ReplicaPort, keys: LogKeys): LogNames {
  const names = new Map<DocumentName, Bytes>();
  const found = new Map<string, DocumentName>();
  const indexes = new Map<DocumentName, Index>();

  function add(index: Index, hashes: readonly string[]): void {
    for (const hash of hashes) {
      if (index.hashes.has(hash)) continue;
      index.hashes.add(hash);
      index.byKeyed.set(toHex(keyedHead(keys.names, hash)), hash);
    }
  }

  function indexOf(name: DocumentName): Index {
    let index = indexes.get(name);
    if (!index) indexes.set(name, (index = { byKeyed: new Map(), hashes: new Set(), upTo: "" }));
    return index;
  }

  function nameOf(name: DocumentName): Bytes {
    let keyed = names.get(name);
    if (!keyed) {
      names.set(name, (keyed = keyedName(keys.names, name)));
      found.set(toHex(keyed), name);
    }
    return keyed;
  }

  return {
    name: nameOf,
    find(keyed) {
      const key = toHex(keyed);
      if (!found.has(key)) for (const name of replica.names()) nameOf(name);
      return found.get(key);
    },
    isOpen: (name) => hasHeads(replica, name),
    heads: (heads) => heads.map((head) => keyedHead(keys.names, head)),
    known(name, keyed) {
      const index = indexOf(name);
      const heads = replica.heads(name);
      add(index, heads);
      const wanted = keyed.map(toHex);
      // Most often it is about the newest changes; all of them are looked through only when it is not.
      if (wanted.some((key) => !index.byKeyed.has(key)) && index.upTo !== heads.join()) {
        add(index, replica.changeHashes(name));
        index.upTo = heads.join();
      }
      return wanted.flatMap((key) => index.byKeyed.get(key) ?? []);
    },
  };
}

/** The replica says of closed documents only that they exist. */
function hasHeads(replica: ReplicaPort, name: DocumentName): boolean {
  try {
    replica.heads(name);
    return true;
  } catch {
    return false;
  }
}
