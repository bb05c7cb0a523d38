import { z } from "zod";
import { maxRelayMessageBytes, registerStoreSchema } from "#schema/wire/relay.ts";

const MiB = 2 ** 20;

const storeQuotaSchema = z.strictObject({
  /** Of entries, and as much again of segments. */
  maxBytes: z
    .int()
    .min(1)
    .default(1024 * MiB),
  maxEntryBytes: z
    .int()
    .min(1)
    .max(maxRelayMessageBytes - 65_536)
    .default(8 * MiB),
  entriesPerSecond: z.number().min(0).default(200),
  burstEntries: z.int().min(1).default(5_000),
  maxConnections: z.int().min(1).default(64),
});

/** The relay's configuration file, JSON. */
export const relayConfigSchema = z.strictObject({
  host: z.string().min(1).default("127.0.0.1"),
  /** 0: any free one. */
  port: z.int().min(0).max(65_535).default(4180),
  dataDir: z.string().min(1),
  /** What a store may use when its registration does not say. */
  quota: storeQuotaSchema.prefault({}),
  /** Of all stores together. */
  maxConnections: z.int().min(1).default(20_000),
  maxSegmentBytes: z
    .int()
    .min(1)
    .default(256 * MiB),
  /** How long an append waits for others to share its sync to disk. */
  commitWindowMs: z.number().min(0).max(1_000).default(2),
  /** At least 16 characters; without one it is generated into `dataDir/operator-token`. */
  operatorToken: z.string().min(16).optional(),
  /** Stores to register at start, beside those registered over HTTP. */
  stores: z.array(registerStoreSchema).default([]),
  /** Where the relay's own key lies; generated when missing. Default: `dataDir/relay-key`. */
  keyFile: z.string().min(1).optional(),
});

export type RelayConfig = z.infer<typeof relayConfigSchema>;
