import express, {
  type ErrorRequestHandler,
  type Express,
  type Request,
  type RequestHandler,
  type Response,
} from "express";
import type { CommandError } from "#schema/wire/screen.ts";
import type { CounterPort, SessionToken } from "#terminal/counter/counter-port.ts";
import { securityHeaders } from "./headers.ts";
import { retryAfterSeconds, statusOf } from "./http-status.ts";
import { isTooDeep, maxJsonDepth } from "./json-depth.ts";
import { judgeCaller } from "./loopback.ts";
import type { DoorMetrics } from "./metrics.ts";
import { openApiDocument } from "./openapi.ts";
import { pages } from "./pages.ts";
import { maxBodyBytes, maxImportBytes } from "./read-frame.ts";
import {
  type AnyReply,
  badInput,
  commandNamed,
  type CommandRunner,
  refusal,
  sessionEnded,
} from "./run-command.ts";
import { type Signal, signalFor } from "./signals.ts";

export interface HttpWorld {
  readonly counter: CounterPort;
  readonly runner: CommandRunner;
  readonly metrics: DoorMetrics;
  readonly version: string;
  readonly uiDir: string | null;
  readonly port: () => number;
  readonly health: () => object;
  readonly moreMetrics: () => string | Promise<string>;
  readonly onSignal: (signal: Signal, session: SessionToken) => void;
}

const maxCommandsAtOnce = 64;

/** The local HTTP API and the screens' files. Every refusal is JSON in the shape of a command's reply. */
export function createHttpDoor(world: HttpWorld): Express {
  const { counter, runner, metrics } = world;
  const app = express();
  app.disable("x-powered-by");
  app.set("etag", false);
  app.use(securityHeaders);
  app.use((request, response, next) => {
    const verdict = judgeCaller(request.headers, world.port());
    if (!verdict) return next();
    metrics.refused.inc({ reason: "caller" });
    send(response, badInput(verdict.header, verdict.problem), 403);
  });

  app.get("/healthz", (_request, response) => {
    const health = { ok: true, version: world.version, ...world.health() };
    response.status(health.ok ? 200 : 503).json(health);
  });
  app.get("/metrics", async (_request, response) => {
    const text = (await metrics.registry.metrics()) + (await world.moreMetrics());
    response.set("Content-Type", metrics.registry.contentType).send(text);
  });
  const document = JSON.stringify(openApiDocument(world.version));
  app.get("/api/openapi.json", (_request, response) => {
    response.type("application/json").send(document);
  });
  app.get("/api/view", (request, response) => {
    const bearer = bearerOf(request);
    if (bearer.type === "malformed") return send(response, malformedBearer());
    if (bearer.type === "token" && !counter.hasSession(bearer.token)) return send(response, sessionEnded());
    response.json(counter.view(bearer.type === "token" ? bearer.token : null));
  });

  let running = 0;
  app.post("/api/commands/:name", readBody, async (request: Request<{ name: string }>, response) => {
    const named = commandNamed(request.params.name);
    if (named.type === "unknown") return send(response, named.reply, 404);
    const bearer = bearerOf(request);
    if (bearer.type === "malformed") return send(response, malformedBearer());
    const body: unknown = request.body ?? {};
    if (isTooDeep(body))
      return send(response, badInput("body", `is nested deeper than ${maxJsonDepth} levels`));
    if (running >= maxCommandsAtOnce) {
      return send(response, refusal("busy", `More than ${maxCommandsAtOnce} commands at a time.`));
    }
    running += 1;
    const session = bearer.type === "token" ? bearer.token : null;
    const reply = await runner.run(named.name, body, { session }).finally(() => (running -= 1));
    const kind = signalFor(named.name, reply);
    if (kind && session !== null) world.onSignal(kind, session);
    send(response, reply);
  });
  app.all("/api/commands/:name", (_request, response) => {
    response.set("Allow", "POST");
    send(response, badInput("method", "must be POST for a command"), 405);
  });
  app.use(pages(world.uiDir));
  app.use((request, response) => {
    send(response, badInput("address", `leads nowhere: ${JSON.stringify(request.path.slice(0, 120))}`), 404);
  });
  const explain: ErrorRequestHandler = (error, _request, response, _next) => {
    if (response.headersSent) return response.destroy();
    const wrong = requestProblem(error);
    if (wrong) return send(response, badInput(wrong.field, wrong.problem), wrong.status);
    send(response, runner.internal(error, "the HTTP door"));
  };
  app.use(explain);
  return app;
}

/** A body is JSON of a stated length limit; none at all stands for `{}`. */
const readBody: RequestHandler<{ name: string }> = (request, response, next) => {
  const { "content-length": length, "transfer-encoding": chunked, "content-type": type } = request.headers;
  const empty = chunked === undefined && (length === undefined || length === "0");
  if (empty) return next();
  if (!/^application\/json\s*(;|$)/i.test(type ?? "")) {
    return send(response, badInput("Content-Type", "must be application/json"), 415);
  }
  return (request.params.name === "importPriceBook" ? importBody : ordinaryBody)(request, response, next);
};
const ordinaryBody = express.json({ limit: maxBodyBytes, strict: false, inflate: false });
const importBody = express.json({ limit: maxImportBytes, strict: false, inflate: false });

function send(response: Response, reply: AnyReply, status?: number): void {
  if (!reply.ok) {
    const wait = retryAfterSeconds(reply.error);
    if (wait !== null) response.set("Retry-After", String(wait));
    if (statusOf(reply.error) === 401) response.set("WWW-Authenticate", "Bearer");
  }
  response.status(status ?? (reply.ok ? 200 : statusOf(reply.error))).json(reply);
}

type Bearer =
  | { readonly type: "none" | "malformed" }
  | { readonly type: "token"; readonly token: SessionToken };

function bearerOf(request: Request<{ name: string }> | Request): Bearer {
  const { authorization } = request.headers;
  if (authorization === undefined) return { type: "none" };
  const token = /^Bearer ([\x21-\x7e]{1,256})$/i.exec(authorization)?.[1];
  return token === undefined ? { type: "malformed" } : { type: "token", token };
}

const malformedBearer = (): { readonly ok: false; readonly error: CommandError } =>
  refusal("not-signed-in", "Authorization must be: Bearer, a space, and the token that signIn gave.");

/** What the framework found wrong with a request, in words; null when the error is none of its own. */
function requestProblem(error: unknown): RequestProblem | null {
  const { type, limit, status } = error as Partial<Record<"type" | "limit" | "status", unknown>>;
  switch (type) {
    case "entity.too.large":
      return { status: 413, field: "body", problem: `is larger than ${String(limit)} bytes` };
    case "entity.parse.failed":
      return { status: 400, field: "body", problem: "is not JSON" };
    case "encoding.unsupported":
      return { status: 415, field: "body", problem: "must not be compressed" };
    case "charset.unsupported":
      return { status: 415, field: "body", problem: "must be UTF-8" };
    case "request.aborted":
    case "request.size.invalid":
      return { status: 400, field: "body", problem: "ended before its stated length" };
    default:
      return status === 400 ? { status, field: "address", problem: "could not be read" } : null;
  }
}

interface RequestProblem {
  readonly status: number;
  readonly field: "body" | "address";
  readonly problem: string;
}
