import type { ClientOptions } from "ws";
import { WebSocket } from "ws";
import type { CommandName } from "#schema/wire/commands.ts";
import type { ToScreen } from "#schema/wire/screen.ts";
import type { CustomerView, ScreenView } from "#schema/wire/views.ts";
import type { AnyReply } from "./run-command.ts";

/** A screen's side of the socket, for tests: keeps all that came, and the picture it adds up to. */
export class TestScreen {
  readonly socket: WebSocket;
  readonly received: ToScreen[] = [];
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  picture: Partial<ScreenView> = {};
  customer: CustomerView | null = null;
  #nextId = 1;
  readonly #replies = new Map<number, (reply: AnyReply) => void>();

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on("error", () => undefined);
    this.closed = new Promise((resolve) => {
      socket.on("close", (code, reason) => resolve({ code, reason: reason.toString() }));
    });
    socket.on("message", (data: Buffer) => this.#take(JSON.parse(data.toString()) as ToScreen));
  }

  /** Rejects with the HTTP status when the door refuses the upgrade. */
  static async open(
    url: string,
    options: ClientOptions & { readonly path?: string } = {},
  ): Promise<TestScreen> {
    const { path = "/screen", ...rest } = options;
    const socket = new WebSocket(url.replace(/^http/, "ws") + path, rest);
    const screen = new TestScreen(socket);
    await new Promise<void>((resolve, reject) => {
      socket.once("open", resolve);
      socket.once("unexpected-response", (_request, response) => {
        response.resume();
        reject(new Error(String(response.statusCode)));
      });
      socket.once("error", reject);
    });
    return screen;
  }

  command(name: CommandName, input: unknown = {}): Promise<AnyReply> {
    const id = this.#nextId++;
    return new Promise((resolve) => {
      this.#replies.set(id, resolve);
      this.socket.send(JSON.stringify({ type: "command", id, name, input }));
    });
  }

  async signIn(staffId = "ada", pin = "1111"): Promise<string> {
    const reply = await this.command("signIn", { staffId, pin });
    if (!reply.ok) throw new Error(reply.error.code);
    return (reply.value as { token: string }).token;
  }

  send(frame: string | Buffer): void {
    this.socket.send(frame);
  }

  of<Type extends ToScreen["type"]>(type: Type): Extract<ToScreen, { type: Type }>[] {
    return this.received.filter((message) => message.type === type) as Extract<ToScreen, { type: Type }>[];
  }

  #take(message: ToScreen): void {
    this.received.push(message);
    if (message.type === "view") this.picture = { ...this.picture, ...message.view };
    if (message.type === "customer") this.customer = message.view;
    if (message.type === "reply") {
      this.#replies.get(message.id)?.(message.result);
      this.#replies.delete(message.id);
    }
  }
}
