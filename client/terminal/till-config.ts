import { z } from "zod";

/** A till's configuration file, JSON; every field has a default. Addresses are `host:port`. */
export const tillConfigSchema = z.strictObject({
  /** Where screens and other programs on this machine reach the till; always loopback. Port 0 takes a free one. */
  door: z.strictObject({ port: z.int().min(0).max(65535).default(7070) }).prefault({}),
  /** Where other tills reach it. */
  lan: z
    .strictObject({
      host: z.string().default("0.0.0.0"),
      port: z.int().min(0).max(65535).default(7071),
      /** Addresses of neighbours that are tried whatever discovery finds. */
      neighbours: z.array(z.string()).default([]),
      mdns: z.boolean().default(true),
      /** Learn of further tills' addresses from neighbours. */
      gossip: z.boolean().default(true),
    })
    .prefault({}),
  /** `http(s)://host:port`; null: a store without a relay is an ordinary store. */
  relay: z.url().nullable().default(null),
  language: z.enum(["en", "he"]).default("en"),
});

export type TillConfig = z.infer<typeof tillConfigSchema>;
