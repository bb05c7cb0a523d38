import { cbor, type Message, type PeerId, type PeerMetadata } from "@automerge/automerge-repo";
import type { FromClientMessage, FromServerMessage } from "@automerge/automerge-repo-network-websocket";
import { decode } from "cborg";
import { z } from "zod";
import { type LanMessage, lanMessageSchema, lanTypePrefix } from "#schema/wire/lan.ts";

/** One frame, parsed: automerge-repo's WebSocket protocol, or our own beside it. */
export type Frame =
  | {
      readonly type: "join";
      readonly senderId: PeerId;
      readonly metadata: PeerMetadata;
      readonly versions: readonly string[];
    }
  | { readonly type: "peer"; readonly senderId: PeerId; readonly metadata: PeerMetadata }
  | { readonly type: "error"; readonly message: string }
  | { readonly type: "repo"; readonly message: Message }
  | { readonly type: "lan"; readonly message: LanMessage }
  /** Of a later version of Tillmesh. */
  | { readonly type: "unknown-lan"; readonly name: string }
  | { readonly type: "malformed"; readonly detail: string };

const peerId = z
  .string()
  .min(1)
  .max(200)
  .transform((text) => text as PeerId);
const bytes = z.custom<Uint8Array>((value) => value instanceof Uint8Array && value.length > 0);
const documentId = z.string().regex(/^[1-9A-HJ-NP-Za-km-z]{16,40}$/);
const metadata = z
  .object({
    storageId: z.string().max(200).optional(),
    isEphemeral: z.boolean().optional(),
  })
  .optional();
const route = { senderId: peerId, targetId: peerId };

const joinSchema = z.object({
  type: z.literal("join"),
  senderId: peerId,
  peerMetadata: metadata,
  supportedProtocolVersions: z.array(z.string().max(20)).max(20).optional(),
});
const peerSchema = z.object({
  type: z.literal("peer"),
  ...route,
  peerMetadata: metadata,
  selectedProtocolVersion: z.literal("1"),
});
const errorSchema = z.object({ type: z.literal("error"), message: z.string().max(1000) });
const repoSchema = z.discriminatedUnion("type", [
  z.object({ type: z.literal("sync"), ...route, documentId, data: bytes }),
  z.object({ type: z.literal("request"), ...route, documentId, data: bytes }),
  z.object({
    type: z.literal("ephemeral"),
    ...route,
    documentId,
    data: bytes,
    count: z.int(),
    sessionId: z.string().max(100),
  }),
  z.object({ type: z.literal("doc-unavailable"), ...route, documentId }),
]);

export function encodeFrame(
  message: Message | FromClientMessage | FromServerMessage | LanMessage,
): Uint8Array {
  return cbor.encode(message);
}

/**
 * Never throws. Reads with cborg, which knows no tags: cbor-x, which automerge-repo uses, acts on some that a peer may
 * put into a message.
 */
export function parseFrame(frame: Uint8Array): Frame {
  let value: unknown;
  try {
    value = decode(frame, { allowIndefinite: false, allowBigInt: true, rejectDuplicateMapKeys: true });
  } catch (error) {
    return { type: "malformed", detail: error instanceof Error ? error.message : "not CBOR" };
  }
  const type = typeof value === "object" && value !== null && "type" in value ? value.type : undefined;
  if (typeof type !== "string") return { type: "malformed", detail: "a message without a type" };
  if (type.startsWith(lanTypePrefix)) return parseLan(type, value);
  switch (type) {
    case "join": {
      const join = joinSchema.safeParse(value);
      if (!join.success) return malformed(type, join.error);
      const { senderId, peerMetadata, supportedProtocolVersions } = join.data;
      return {
        type,
        senderId,
        metadata: peerMetadata as PeerMetadata,
        versions: supportedProtocolVersions ?? ["1"],
      };
    }
    case "peer": {
      const peer = peerSchema.safeParse(value);
      if (!peer.success) return malformed(type, peer.error);
      return { type, senderId: peer.data.senderId, metadata: peer.data.peerMetadata as PeerMetadata };
    }
    case "error": {
      const error = errorSchema.safeParse(value);
      return error.success ? { type, message: error.data.message } : malformed(type, error.error);
    }
    case "remote-subscription-change":
    case "remote-heads-changed":
      return { type: "malformed", detail: `${type} is not spoken here` };
    default: {
      const message = repoSchema.safeParse(value);
      return message.success
        ? { type: "repo", message: message.data as Message }
        : malformed(type, message.error);
    }
  }
}

function parseLan(name: string, value: unknown): Frame {
  const message = lanMessageSchema.safeParse(value);
  if (message.success) return { type: "lan", message: message.data };
  const known = lanMessageSchema.options.some((option) => option.shape.type.value === name);
  return known ? malformed(name, message.error) : { type: "unknown-lan", name: name.slice(0, 60) };
}

function malformed(type: string, error: z.ZodError): Frame {
  const first = error.issues[0];
  return { type: "malformed", detail: `${type.slice(0, 60)}: ${first?.path.join(".")} ${first?.message}` };
}
