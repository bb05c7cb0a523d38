import { type Bytes, type RandomBytes, concatBytes, fromHex, toHex } from "#schema/bytes.ts";
import { type SymmetricKey, deriveKey, keyedHash, open, seal } from "#schema/trust/crypto.ts";
import type { ChunkRow } from "./engine.ts";
import type { StorageKey, VaultKey } from "./vault.ts";

/**
 * A key's path as it is stored: 8 bytes a segment, each a keyed hash of the segments up to and including it, so that a
 * prefix of the key is a prefix of the path. As a string of one character a byte, which a `Map` can find.
 */
export type StoredPath = string;

const segmentBytes = 8;
const cachedSegments = 4096;
/** Segments that automerge-repo writes in every key; a byte each in the sealed value. Frozen: append only. */
const words = ["snapshot", "incremental", "sync-state"] as const;
const text = 0;
const hex = 1;
const firstWord = 2;

const utf8 = new TextEncoder();
const fromUtf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

export interface OpenedChunk {
  /** The segments after the first; the first is the document, which its manifest names. */
  readonly rest: string[];
  readonly data: Bytes;
}

/** All cryptography of the vault: what turns keys into paths and values into boxes, and back. */
export class Sealing {
  readonly #pathKey: SymmetricKey;
  readonly #chunkKey: SymmetricKey;
  readonly #manifestKey: SymmetricKey;
  readonly #sumKey: SymmetricKey;
  readonly #random: RandomBytes;
  readonly #segments = new Map<string, StoredPath>();

  constructor(key: VaultKey, random: RandomBytes) {
    this.#pathKey = deriveKey(key, "vault/path");
    this.#chunkKey = deriveKey(key, "vault/chunk");
    this.#manifestKey = deriveKey(key, "vault/manifest");
    this.#sumKey = deriveKey(key, "vault/sum");
    this.#random = random;
  }

  path(key: StorageKey): StoredPath {
    let path = "";
    for (const segment of key) path += this.#segment(path, segment);
    return path;
  }

  sealChunk(id: number, path: StoredPath, key: StorageKey, data: Bytes): ChunkRow {
    const pathBytes = Buffer.from(path, "latin1");
    const sealed = seal(
      this.#chunkKey,
      concatBytes(encodeRest(key), data),
      associated(id, pathBytes),
      this.#random,
    );
    return { id, path: pathBytes, nonce: sealed.subarray(0, 24), box: sealed.subarray(24) };
  }

  /** Undefined when the row is not what this vault sealed in this place. */
  openChunk(id: number, path: StoredPath, nonce: Bytes, box: Bytes): OpenedChunk | undefined {
    const plain = open(this.#chunkKey, concatBytes(nonce, box), associated(id, Buffer.from(path, "latin1")));
    return plain && decodeRest(plain, path.length / segmentBytes - 1);
  }

  sealManifest(id: number, content: Bytes): Bytes {
    return seal(this.#manifestKey, content, associated(id, new Uint8Array()), this.#random);
  }

  openManifest(id: number, sealed: Bytes): Bytes | undefined {
    return open(this.#manifestKey, sealed, associated(id, new Uint8Array()));
  }

  /** 16 bytes that nobody without the key can predict: what the sums of the manifest are made of. */
  mark(bytes: Bytes): Bytes {
    return keyedHash(this.#sumKey, bytes, 16);
  }

  #segment(parent: StoredPath, segment: string): StoredPath {
    const name = `${parent.length}:${parent}${segment}`;
    const known = this.#segments.get(name);
    if (known !== undefined) return known;
    const message = concatBytes(
      Uint8Array.of(parent.length / segmentBytes),
      Buffer.from(parent, "latin1"),
      utf8.encode(segment),
    );
    const stored = Buffer.from(keyedHash(this.#pathKey, message, 16)).toString("latin1", 0, segmentBytes);
    if (this.#segments.size >= cachedSegments) this.#segments.clear();
    this.#segments.set(name, stored);
    return stored;
  }
}

/** The stored path of the document a path belongs to. */
export function documentOf(path: StoredPath): StoredPath {
  return path.slice(0, segmentBytes);
}

function associated(id: number, path: Bytes): Bytes {
  const head = new Uint8Array(8);
  new DataView(head.buffer).setFloat64(0, id);
  return concatBytes(head, path);
}

function encodeRest(key: StorageKey): Bytes {
  return concatBytes(...key.slice(1).map(encodeSegment));
}

/** A keyword in a byte, a hex digest in half its length, any other text as UTF-8. */
function encodeSegment(segment: string): Bytes {
  const word = words.indexOf(segment as (typeof words)[number]);
  if (word >= 0) return Uint8Array.of(firstWord + word);
  if (segment.length % 2 === 0 && segment.length <= 510 && /^[0-9a-f]+$/.test(segment))
    return concatBytes(Uint8Array.of(hex, segment.length / 2), fromHex(segment));
  const bytes = utf8.encode(segment);
  if (bytes.length > 0xffff) throw new RangeError("a key segment is longer than 65,535 bytes");
  return concatBytes(Uint8Array.of(text, bytes.length >> 8, bytes.length & 255), bytes);
}

function decodeRest(plain: Bytes, segments: number): OpenedChunk | undefined {
  const rest: string[] = [];
  let at = 0;
  while (rest.length < segments) {
    const kind = plain[at++];
    if (kind === undefined) return undefined;
    if (kind >= firstWord) {
      const word = words[kind - firstWord];
      if (word === undefined) return undefined;
      rest.push(word);
      continue;
    }
    const length = kind === hex ? plain[at++]! : plain[at++]! * 256 + plain[at++]!;
    const bytes = plain.subarray(at, at + length);
    rest.push(kind === hex ? toHex(bytes) : fromUtf8.decode(bytes));
    at += length;
  }
  return { rest, data: plain.slice(at) };
}
