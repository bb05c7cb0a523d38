import { Agent, request } from "node:http";
import type { CommandInput, CommandName } from "#schema/wire/commands.ts";
import type { CommandError, ErrorCode, Reply, ResultOf } from "#schema/wire/screen.ts";
import type { ScreenView } from "#schema/wire/views.ts";

/** Where a till's door is: an address, or a Unix socket that leads to it. */
export type DoorAddress =
  | { readonly type: "url"; readonly url: string }
  | { readonly type: "socket"; readonly path: string; readonly url: string };

/** The till said no. */
export class Refusal extends Error {
  readonly error: CommandError;
  constructor(name: string, error: CommandError) {
    super(`${name}: ${error.code} ${JSON.stringify(error.params)} ${error.message}`);
    this.error = error;
  }
}

/** One person at a till, through its local API. A till that dies in the middle rejects with the socket's error. */
export class TillClient {
  readonly #door: DoorAddress;
  readonly #agent = new Agent({ keepAlive: true });
  #token: string | undefined;

  constructor(door: DoorAddress) {
    this.#door = door;
  }

  async signIn(staffId = "maria", pin = "9999"): Promise<void> {
    this.#token = (await this.command("signIn", { staffId, pin })).token;
  }

  /** The value; rejects with `Refusal` when the till refuses. */
  async command<Name extends CommandName>(name: Name, input: CommandInput<Name>): Promise<ResultOf<Name>> {
    const reply = await this.try(name, input);
    if (!reply.ok) throw new Refusal(name, reply.error);
    return reply.value;
  }

  async try<Name extends CommandName>(name: Name, input: CommandInput<Name>): Promise<Reply<Name>> {
    return (await this.#ask("POST", `/api/commands/${name}`, JSON.stringify(input))) as Reply<Name>;
  }

  /** The code it is refused with; fails when it is not. */
  async refused<Name extends CommandName>(name: Name, input: CommandInput<Name>): Promise<ErrorCode> {
    const reply = await this.try(name, input);
    if (reply.ok) throw new Error(`${name} was not refused`);
    return reply.error.code;
  }

  async view(): Promise<ScreenView> {
    const answer = (await this.#ask("GET", "/api/view")) as ScreenView | Reply<CommandName>;
    if (!("ok" in answer)) return answer;
    throw new Error(`no view: ${JSON.stringify(answer)}`);
  }

  async health(): Promise<Record<string, unknown>> {
    return (await this.#ask("GET", "/healthz")) as Record<string, unknown>;
  }

  close(): void {
    this.#agent.destroy();
  }

  #ask(method: string, path: string, body?: string): Promise<unknown> {
    const { host, hostname, port } = new URL(this.#door.url);
    const target = this.#door.type === "socket" ? { socketPath: this.#door.path } : { host: hostname, port };
    return new Promise((resolve, reject) => {
      const outgoing = request(
        {
          ...target,
          method,
          path,
          agent: this.#agent,
          headers: {
            Host: host,
            ...(body === undefined ? {} : { "Content-Type": "application/json" }),
            ...(this.#token === undefined ? {} : { Authorization: `Bearer ${this.#token}` }),
          },
        },
        (response) => {
          let text = "";
          response.setEncoding("utf8");
          response.on("data", (part: string) => (text += part));
          response.on("error", reject);
          response.on("end", () =>
            response.complete ? resolve(JSON.parse(text)) : reject(new Error("cut off")),
          );
        },
      );
      outgoing.on("error", reject);
      outgoing.setTimeout(60_000, () => outgoing.destroy(new Error(`no answer to ${path}`)));
      outgoing.end(body);
    });
  }
}
