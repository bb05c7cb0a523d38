import { createHash } from "node:crypto";
import { decodeSyncMessage } from "@automerge/automerge";
import type { DocumentId } from "@automerge/automerge-repo";
import type { DeviceId } from "#schema/bytes.ts";

type GateVerdict = { readonly type: "admit" } | { readonly type: "refuse"; readonly detail: string };

/** Looks at every sync message before the repo sees it. The gate of signed changes takes this place. */
export interface SyncGate {
  admit(from: DeviceId, documentId: DocumentId, data: Uint8Array): GateVerdict;
}

/** Lets through what is a whole sync message with undamaged chunks, whoever made them. */
export const structuralGate: SyncGate = {
  admit(_from, _documentId, data) {
    try {
      for (const change of decodeSyncMessage(data).changes)
        if (!isWholeChunk(change)) return { type: "refuse", detail: "a damaged change" };
      return { type: "admit" };
    } catch (error) {
      return { type: "refuse", detail: error instanceof Error ? error.message : "not a sync message" };
    }
  },
};

const magic = [0x85, 0x6f, 0x4a, 0x83] as const;
const compressedChange = 2;

/**
 * Automerge binary format, "chunks": magic, first 4 bytes of SHA-256 over the rest, type, length, contents. A
 * compressed change's checksum is of its uncompressed form, which is left to automerge.
 */
function isWholeChunk(chunk: Uint8Array): boolean {
  if (chunk.length < 10 || magic.some((byte, i) => chunk[i] !== byte)) return false;
  if (chunk[8] === compressedChange) return true;
  const body = wholeBody(chunk);
  if (!body) return false;
  const sum = createHash("sha256").update(body).digest();
  return sum.subarray(0, 4).equals(chunk.subarray(4, 8));
}

/** Type, length and contents of the first chunk; undefined when it is cut short. */
function wholeBody(chunk: Uint8Array): Uint8Array | undefined {
  let length = 0;
  for (let at = 9, scale = 1; at < chunk.length && at < 9 + 7; at++, scale *= 128) {
    const byte = chunk[at]!;
    length += (byte & 127) * scale;
    if (byte < 128) {
      const end = at + 1 + length;
      return end <= chunk.length ? chunk.subarray(8, end) : undefined;
    }
  }
  return undefined;
}
