import { dirname, basename } from "node:path";
import { type Request, type Response, Router } from "express";
import type { HashHex } from "#schema/bytes.ts";
import type { RelayMetrics } from "./metrics.ts";
import type { RegisteredStore, Registry } from "./registry.ts";
import type { Segments } from "./segments.ts";
import type { Tokens } from "./tokens.ts";

export interface SegmentRoutesDependencies {
  readonly segments: Segments;
  readonly registry: Registry;
  readonly tokens: Tokens;
  readonly metrics: RelayMetrics;
  readonly maxBytes: number;
}

/**
 * `HEAD /:hash` tells in `Upload-Offset` how much has been received; `PUT /:hash` with `Upload-Offset` and
 * `Upload-Length` goes on from there; `GET /:hash` answers ranges. Bearer: a token issued over the log's connection.
 */
export function createSegmentRoutes(using: SegmentRoutesDependencies): Router {
  const { segments, metrics } = using;
  const router = Router();

  router.head("/:hash", async (request, response) => {
    const asked = admit(request, response, using);
    if (!asked) return;
    const state = await segments.state(asked.store.id, asked.hash);
    if (state.type === "none") response.status(404).end();
    else if (state.type === "partial")
      response.set("Upload-Offset", String(state.received)).status(204).end();
    else response.set("Upload-Offset", String(state.bytes)).set("Content-Length", String(state.bytes)).end();
  });

  router.get("/:hash", async (request, response) => {
    const asked = admit(request, response, using);
    if (!asked) return;
    const state = await segments.state(asked.store.id, asked.hash);
    if (state.type !== "complete") {
      response.status(404).json({ error: "The relay does not have this segment." });
      return;
    }
    const path = segments.path(asked.store.id, asked.hash);
    response.set("Content-Type", "application/octet-stream");
    response.sendFile(
      basename(path),
      { root: dirname(path), cacheControl: false, lastModified: false, dotfiles: "allow" },
      (error) => {
        if (!error)
          metrics.segmentBytes.inc({ direction: "out" }, Number(response.getHeader("content-length") ?? 0));
        else if (!response.headersSent) response.status(416).json({ error: "There is no such range." });
      },
    );
  });

  router.put("/:hash", async (request, response) => {
    const asked = admit(request, response, using);
    if (!asked) return undefined;
    const refuse = (status: number, error: string) => {
      if (status === 507) metrics.refusals.inc({ code: "quota" });
      response.set("Connection", "close").status(status).json({ error });
    };
    const offset = wholeNumber(request.headers["upload-offset"] ?? "0");
    const total = wholeNumber(request.headers["upload-length"]);
    if (offset === undefined || total === undefined || total === 0 || offset >= total)
      return refuse(
        400,
        "Upload-Offset and Upload-Length must be whole numbers, the offset the smaller one.",
      );
    if (total > using.maxBytes) return refuse(413, `A segment may have ${using.maxBytes} bytes.`);
    const announced = wholeNumber(request.headers["content-length"]);
    if (announced !== undefined && offset + announced > total)
      return refuse(400, "The body is longer than Upload-Length says.");
    const { maxBytes } = asked.store.quota;
    if (segments.used(asked.store.id) + (total - offset) > maxBytes) {
      response.set("Retry-After", "3600");
      return refuse(
        507,
        `The store keeps ${segments.used(asked.store.id)} bytes of segments; it may keep ${maxBytes}.`,
      );
    }
    const result = await segments.receive(asked.store.id, asked.hash, { offset, total }, request);
    switch (result.type) {
      case "complete":
        metrics.segmentBytes.inc({ direction: "in" }, total - offset);
        response.status(201).json({ hash: asked.hash });
        return undefined;
      case "partial":
        response
          .set("Upload-Offset", String(result.received))
          .status(202)
          .json({ received: result.received });
        return undefined;
      case "wrong-offset":
        response.set("Upload-Offset", String(result.received));
        return refuse(409, `The relay has ${result.received} bytes of it: go on from there.`);
      case "busy":
        response.set("Retry-After", "2");
        return refuse(423, "Another upload of this segment is under way.");
      case "too-long":
        return refuse(400, "The body is longer than Upload-Length says; send it again from 0.");
      case "wrong-hash":
        return refuse(422, "The bytes are not what the name says; send them again from 0.");
    }
  });

  return router;
}

function admit(
  request: Request,
  response: Response,
  { tokens, registry, metrics }: SegmentRoutesDependencies,
): { readonly store: RegisteredStore; readonly hash: HashHex } | undefined {
  const holder = tokens.check((request.headers.authorization ?? "").replace(/^Bearer /, ""));
  const store = holder && registry.store(holder.store);
  const hash = request.params["hash"];
  if (!store) {
    metrics.refusals.inc({ code: "token" });
    response
      .set("Connection", "close")
      .status(401)
      .json({ error: "The token is missing, wrong or too old: ask for one over the log's connection." });
    return undefined;
  }
  if (typeof hash !== "string" || !/^[0-9a-f]{64}$/.test(hash)) {
    response
      .set("Connection", "close")
      .status(400)
      .json({ error: "A segment's name is 64 lower-case hex digits." });
    return undefined;
  }
  return { store, hash: hash as HashHex };
}

function wholeNumber(text: string | string[] | undefined): number | undefined {
  return typeof text === "string" && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}
