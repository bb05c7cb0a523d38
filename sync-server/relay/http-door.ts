import { timingSafeEqual } from "node:crypto";
import express, { type ErrorRequestHandler, type Express, type RequestHandler } from "express";
import { hash } from "#schema/trust/crypto.ts";
import { registerStoreSchema } from "#schema/wire/relay.ts";
import type { BlindLog } from "./log.ts";
import type { RelayMetrics } from "./metrics.ts";
import type { Registry } from "./registry.ts";

export interface HttpDependencies {
  readonly log: BlindLog;
  readonly registry: Registry;
  readonly metrics: RelayMetrics;
  readonly operatorToken: string;
  readonly segments: RequestHandler;
}

/** `/healthz`, `/metrics`, `/v1/stores` for the operator, `/v1/segments` for tills. Errors are JSON `{error}`. */
export function createHttpDoor(using: HttpDependencies): Express {
  const { log, registry, metrics } = using;
  const app = express();
  app.disable("x-powered-by");
  app.set("etag", false);
  app.get("/healthz", (_request, response) => {
    response.json({ ok: true });
  });
  app.get("/metrics", async (_request, response) => {
    response.type(metrics.registry.contentType).send(await metrics.registry.metrics());
  });
  app.use("/v1/stores", operatorOnly(using.operatorToken));
  app.get("/v1/stores", (_request, response) => {
    response.json(
      registry.stores().map(({ id, quota }) => {
        const { end, bytes, entries } = log.state(id);
        return { store: id, end, bytes, entries, quota };
      }),
    );
  });
  app.post("/v1/stores", express.json({ limit: "16kb" }), (request, response) => {
    const parsed = registerStoreSchema.safeParse(request.body);
    if (!parsed.success) {
      const issue = parsed.error.issues[0];
      response
        .status(400)
        .json({ error: `Not a store: ${issue?.path.join(".") ?? ""} ${issue?.message ?? ""}` });
      return;
    }
    const result = registry.register(parsed.data);
    if (result === "taken")
      response.status(409).json({ error: "This store is registered already, with another root key." });
    else response.status(result === "registered" ? 201 : 200).json({ store: parsed.data.store });
  });
  app.use("/v1/segments", using.segments);
  app.use((_request, response) => {
    response.status(404).json({ error: "There is nothing at this address." });
  });
  app.use(explain);
  return app;
}

const explain: ErrorRequestHandler = (
  error: { status?: number; message?: string },
  _request,
  response,
  _next,
) => {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const status =
    typeof error.status === "number" && error.status >= 400 && error.status < 600 ? error.status : 500;
  response.status(status).json({ error: status < 500 ? String(error.message) : "The relay failed at this." });
};

function operatorOnly(token: string): RequestHandler {
  const digest = (text: string) => hash(new TextEncoder().encode(text));
  const expected = digest(`Bearer ${token}`);
  return (request, response, next) => {
    if (timingSafeEqual(digest(request.headers.authorization ?? ""), expected)) return next();
    response.status(401).json({ error: "The operator's token is missing or wrong." });
  };
}
