import { request as httpRequest } from "node:http";
import { type Door, type DoorOptions, startDoor } from "./start-door.ts";
import { TestCounter } from "./test-counter.ts";
import { TestScreen } from "./test-screen.ts";

export interface TestDoor extends Door {
  readonly counter: TestCounter;
  readonly log: { readonly level: string; readonly message: string; readonly detail: unknown }[];
  readonly port: number;
  screen(options?: Parameters<typeof TestScreen.open>[1]): Promise<TestScreen>;
  ask(method: string, path: string, sent?: Asked): Promise<Answer>;
  /** A command over HTTP. */
  command(name: string, input?: unknown, token?: string): Promise<Answer>;
  signIn(staffId?: string, pin?: string): Promise<string>;
}

interface Asked {
  readonly headers?: Readonly<Record<string, string | number>>;
  readonly body?: string | Buffer;
  readonly host?: string;
}

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  json(): any; // eslint-disable-line typescript/no-explicit-any -- a test reads what it expects
}

/** A real door over a counter in memory, on a free port. */
export async function openTestDoor(options: Partial<DoorOptions> = {}): Promise<TestDoor> {
  const counter = new TestCounter();
  const log: { level: string; message: string; detail: unknown }[] = [];
  const door = await startDoor({
    counter,
    port: 0,
    uiDir: null,
    version: "1.2.3",
    health: () => ({ store: "open" }),
    log: (level, message, detail) => log.push({ level, message, detail }),
    ...options,
  });
  const port = Number(new URL(door.url).port);
  const ask = (method: string, path: string, sent: Asked = {}): Promise<Answer> =>
    new Promise((resolve, reject) => {
      // Node's client states no length for DELETE by itself.
      const length = sent.body === undefined ? {} : { "Content-Length": Buffer.byteLength(sent.body) };
      const headers = { ...length, ...sent.headers };
      const outgoing = httpRequest(
        { host: sent.host ?? "127.0.0.1", port, method, path, headers },
        (response) => {
          let text = "";
          response.setEncoding("utf8");
          response.on("data", (part: string) => (text += part));
          response.on("error", reject);
          response.on("end", () =>
            resolve({
              status: response.statusCode ?? 0,
              headers: response.headers,
              text,
              json: () => JSON.parse(text),
            }),
          );
        },
      );
      outgoing.on("error", reject);
      outgoing.end(sent.body);
    });
  const command = (name: string, input: unknown = {}, token?: string): Promise<Answer> =>
    ask("POST", `/api/commands/${name}`, {
      headers: {
        "Content-Type": "application/json",
        ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify(input),
    });
  return {
    ...door,
    counter,
    log,
    port,
    ask,
    command,
    screen: (screenOptions) => TestScreen.open(door.url, screenOptions),
    async signIn(staffId = "ada", pin = "1111") {
      const answer = await command("signIn", { staffId, pin });
      return answer.json().value.token as string;
    },
  };
}
