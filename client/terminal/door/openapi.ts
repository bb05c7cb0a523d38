import { z } from "zod";
import { type CommandName, commands } from "#schema/wire/commands.ts";
import { inputSchemas } from "./check-input.ts";
import { codesByStatus, errorCodes } from "./http-status.ts";
import { results } from "./results.ts";

type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
type JsonObject = { readonly [key: string]: Json };

/** The local API as an OpenAPI 3.1 document, made from the schemas that check at the door. */
export function openApiDocument(version: string): JsonObject {
  const names = Object.keys(commands) as CommandName[];
  return {
    openapi: "3.1.0",
    info: {
      title: "Tillmesh till",
      version,
      description:
        "Everything a cashier can do, for programs on the till's own machine. Money is `…Minor`: an integer count of " +
        "the store currency's minor units. Quantities are `…Milli`: thousandths of a piece, a kilogram or a litre. " +
        "Percentages are `…Bp`: hundredths of a percent. Times are ISO 8601 with an offset. `signIn` gives the token. " +
        "The same commands pass over the WebSocket at `/screen`, which also sends the view whenever it changes.",
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    servers: [{ url: "/" }],
    tags: [
      { name: "open", description: "Before anybody has signed in" },
      { name: "session", description: "Any signed-in person; some need another's approval" },
      { name: "manage", description: "Managers" },
      { name: "till", description: "The till's picture and its health" },
    ],
    paths: {
      ...Object.fromEntries(names.map((name) => [`/api/commands/${name}`, { post: operation(name) }])),
      ...otherPaths,
    },
    components: {
      securitySchemes: {
        staffSession: {
          type: "http",
          scheme: "bearer",
          description: "The token that signIn gave; good on this till until lock or the end of its process",
        },
      },
      schemas: {
        ...Object.fromEntries(names.map((name) => [inputName(name), inputSchema(name)])),
        Refusal: refusalSchema,
      },
      responses: Object.fromEntries(
        [...refusalWords].map(([status, words]) => [`Refused${status}`, refusalResponse(status, words)]),
      ),
    },
  };
}

function operation(name: CommandName): JsonObject {
  const { summary, access } = commands[name];
  const optional = z.safeParse(inputSchemas[name], {}).success;
  return {
    operationId: name,
    summary,
    tags: [access],
    security: access === "open" ? [] : [{ staffSession: [] }],
    requestBody: {
      required: !optional,
      content: { "application/json": { schema: { $ref: `#/components/schemas/${inputName(name)}` } } },
    },
    responses: {
      "200": {
        description: "Done",
        content: { "application/json": { schema: successSchema(name) } },
      },
      ...Object.fromEntries(
        [...refusalWords.keys()].map((status) => [
          String(status),
          { $ref: `#/components/responses/Refused${status}` },
        ]),
      ),
    },
  };
}

function inputName(name: CommandName): string {
  return `${name[0]!.toUpperCase()}${name.slice(1)}Input`;
}

function inputSchema(name: CommandName): JsonObject {
  const { $schema: _dialect, ...schema } = z.toJSONSchema(inputSchemas[name], { io: "input" });
  return schema as JsonObject;
}

function successSchema(name: CommandName): JsonObject {
  const described: string | undefined = (results as Partial<Record<CommandName, string>>)[name];
  return {
    type: "object",
    required: ["ok", "value"],
    properties: {
      ok: { const: true },
      value: described === undefined ? { type: "null" } : { type: "object", description: described },
    },
  };
}

const refusalWords = new Map([
  [400, "The input is not right; `params.field` and `params.problem` say what and why"],
  [401, "Nobody is signed in, or the session is over, or the PIN is wrong"],
  [403, "Not allowed without another's approval, or the request does not come from this machine's own pages"],
  [404, "There is no such thing, or no such command"],
  [409, "Not in this state; with code `confirm`, give it again with `confirm: true`"],
  [413, "The body is too large"],
  [415, "The body is not `application/json`, or is compressed"],
  [429, "Too many wrong PINs; wait `params.waitMs`"],
  [500, "A fault of the till; `params.id` finds it in the till's log"],
  [503, "The till cannot now: disk full, damaged, clock not trusted, or too much at once"],
]);

function refusalResponse(status: number, words: string): JsonObject {
  const codes = codesByStatus().get(status);
  return {
    description: codes ? `${words}. Codes: ${codes.join(", ")}` : words,
    content: { "application/json": { schema: { $ref: "#/components/schemas/Refusal" } } },
  };
}

const refusalSchema: JsonObject = {
  type: "object",
  required: ["ok", "error"],
  properties: {
    ok: { const: false },
    error: {
      type: "object",
      required: ["code", "params", "message"],
      properties: {
        code: { type: "string", enum: errorCodes },
        params: {
          type: "object",
          description: "The figures and names in the words",
          additionalProperties: { type: ["string", "number"] },
        },
        message: { type: "string", description: "Plain English" },
      },
    },
  },
};

const jsonAnswer = (description: string): JsonObject => ({
  description,
  content: { "application/json": { schema: { type: "object" } } },
});

const otherPaths: JsonObject = {
  "/api/view": {
    get: {
      operationId: "view",
      summary: "The whole picture of a screen: till, store, network, session, shift, cart, open carts",
      tags: ["till"],
      security: [{}, { staffSession: [] }],
      responses: {
        "200": jsonAnswer("The picture for the session, or for nobody"),
        "401": { $ref: "#/components/responses/Refused401" },
        "403": { $ref: "#/components/responses/Refused403" },
      },
    },
  },
  "/healthz": {
    get: {
      operationId: "health",
      summary: "Whether the till serves, with its version",
      tags: ["till"],
      security: [],
      responses: { "200": jsonAnswer("It does"), "503": jsonAnswer("It does not") },
    },
  },
  "/metrics": {
    get: {
      operationId: "metrics",
      summary: "Figures in Prometheus' text format",
      tags: ["till"],
      security: [],
      responses: {
        "200": { description: "Figures", content: { "text/plain": { schema: { type: "string" } } } },
      },
    },
  },
};
