import { randomBytes, timingSafeEqual } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import express, { type RequestHandler } from "express";
import type { StoreId } from "#schema/bytes.ts";
import type { LogKeys } from "#schema/documents/bundle.ts";
import type { DocumentName } from "#schema/documents/names.ts";
import { cryptoReady, hash } from "#schema/trust/crypto.ts";
import type { LinkJudge, LinkSelf } from "#schema/trust/handshake.ts";
import { deflateCompressor } from "./compressor.ts";
import { type AnyDocument, type LogReaderState, startLogReader } from "./log-reader.ts";
import { type TradeReports, createTradeReports } from "./trade-report.ts";

export interface HeadquartersOptions {
  readonly relayUrl: string;
  readonly judge?: LinkJudge;
  /** Every store it reads: its enrolment there as a reader, and the keys of the store's log. */
  readonly stores: readonly { readonly self: LinkSelf; readonly keys: LogKeys }[];
  readonly host?: string;
  /** 0, the default: any free one. */
  readonly port?: number;
  /** Whoever asks for figures must show it as bearer; at least 16 characters. */
  readonly token: string;
}

export interface FollowedStore {
  documents(): ReadonlyMap<DocumentName, AnyDocument>;
  readonly reports: TradeReports;
  state(): LogReaderState;
}

export interface Headquarters {
  readonly url: string;
  store(id: StoreId): FollowedStore | undefined;
  onChanged(listener: (store: StoreId, names: ReadonlySet<DocumentName>) => void): () => void;
  close(): Promise<void>;
}

/** A reader with a key: follows the stores' logs from their start, folds them as a till does, and answers with figures. */
export async function startHeadquarters(options: HeadquartersOptions): Promise<Headquarters> {
  await cryptoReady;
  if (options.token.length < 16) throw new RangeError("the token needs at least 16 characters");
  const listeners = new Set<(store: StoreId, names: ReadonlySet<DocumentName>) => void>();
  const readers = new Map(
    options.stores.map(({ self, keys }) => {
      const reports = createTradeReports(self.store);
      const reader = startLogReader({
        relayUrl: options.relayUrl,
        ...(options.judge ? { judge: options.judge } : {}),
        self,
        keys,
        compressor: deflateCompressor,
        random: (length) => new Uint8Array(randomBytes(length)),
        onChanged(names) {
          reports.update(reader.documents(), names);
          for (const listener of listeners) listener(self.store, names);
        },
      });
      return [self.store.toString(), { reader, reports }] as const;
    }),
  );

  const app = express();
  app.disable("x-powered-by");
  app.get("/healthz", (_request, response) => void response.json({ ok: true }));
  app.use(bearerOnly(options.token));
  app.get("/v1/stores", (_request, response) => {
    response.json([...readers].map(([store, { reader }]) => ({ store, ...reader.state() })));
  });
  app.get("/v1/stores/:store/report", (request, response) => {
    const followed = readers.get(request.params.store);
    const day = request.query["day"];
    if (!followed) response.status(404).json({ error: "This store is not followed here." });
    else if (typeof day !== "string" || !/^\d{4}-\d{2}-\d{2}$/.test(day))
      response.status(400).json({ error: "Say which trading day: ?day=2026-11-22." });
    else response.json({ ...followed.reports.day(day), log: followed.reader.state() });
  });
  app.use(
    (_request, response) => void response.status(404).json({ error: "There is nothing at this address." }),
  );

  const server = createServer(app);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(options.port ?? 0, options.host ?? "127.0.0.1", resolve);
  });
  return {
    url: `http://${options.host ?? "127.0.0.1"}:${(server.address() as AddressInfo).port}`,
    store(id) {
      const followed = readers.get(id);
      if (!followed) return undefined;
      const { reader, reports } = followed;
      return { documents: () => reader.documents(), state: () => reader.state(), reports };
    },
    onChanged(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async close() {
      for (const { reader } of readers.values()) reader.close();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

function bearerOnly(token: string): RequestHandler {
  const digest = (text: string) => hash(new TextEncoder().encode(text));
  const expected = digest(`Bearer ${token}`);
  return (request, response, next) => {
    if (timingSafeEqual(digest(request.headers.authorization ?? ""), expected)) next();
    else response.status(401).json({ error: "The token is missing or wrong." });
  };
}
