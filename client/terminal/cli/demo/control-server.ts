import { type IncomingMessage, type ServerResponse, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { z } from "zod";
import { Refused } from "../command.ts";
import type { DemoShop } from "./shop.ts";

export interface ControlServer {
  readonly url: string;
  close(): Promise<void>;
}

const internetSchema = z.strictObject({ on: z.boolean() });
const mostBodyBytes = 1024;

/**
 * What the prompt can do, for programs on this machine: `GET /status`, `POST /internet {"on": false}`,
 * `POST /tills/N/start`, `/stop` and `/kill`. Answers when it is done, with the status; errors are JSON `{error}`.
 */
export async function startControlServer(shop: () => DemoShop): Promise<ControlServer> {
  const server = createServer((request, response) => {
    void answer(request, shop()).then(
      (body) => send(response, 200, body),
      (error: unknown) =>
        error instanceof Refused
          ? send(response, error.exit === 2 ? 400 : 409, { error: error.message })
          : send(response, 500, { error: "This failed through a fault of the demo." }),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      return closed;
    },
  };
}

async function answer(request: IncomingMessage, shop: DemoShop): Promise<object> {
  const { host, origin } = request.headers;
  if (origin !== undefined || !/^(127\.0\.0\.1|localhost):\d+$/.test(host ?? ""))
    throw new Refused("Only programs on this machine may ask here, no web pages.", 2);
  const [path] = (request.url ?? "").split("?");
  if (request.method === "GET" && path === "/status") return shop.status();
  if (request.method !== "POST") throw new Refused(`There is no ${request.method} ${path}.`, 2);
  if (path === "/internet") {
    const body = internetSchema.safeParse(await readJsonBody(request));
    if (!body.success) throw new Refused('The body must be {"on": true} or {"on": false}.', 2);
    shop.turnInternet(body.data.on);
    return shop.status();
  }
  const match = /^\/tills\/(\d{1,3})\/(start|stop|kill)$/.exec(path!);
  if (!match) throw new Refused(`There is no POST ${path}.`, 2);
  const n = Number(match[1]);
  if (match[2] === "start") await shop.start(n);
  else if (match[2] === "stop") await shop.stop(n);
  else await shop.kill(n);
  return shop.status();
}

async function readJsonBody(request: IncomingMessage): Promise<unknown> {
  let text = "";
  for await (const part of request) {
    text += String(part);
    if (text.length > mostBodyBytes) throw new Refused("The body is too long.", 2);
  }
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json" }).end(`${JSON.stringify(body)}\n`);
}
