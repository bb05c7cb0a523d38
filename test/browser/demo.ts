import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Program, startProgram } from "../process/support/program.ts";

export interface DemoTill {
  readonly n: number;
  readonly label: string;
  readonly state: string;
  readonly pid: number | null;
  /** `http://127.0.0.1:port`; the same after it was killed and started again. */
  readonly door: string;
}

interface Status {
  readonly control: string;
  readonly tills: readonly DemoTill[];
}

/** The demo, as `npm start -- --json` runs it: a relay, headquarters and three tills, each a process of its own. */
export class Demo {
  readonly #program: Program;
  readonly #folder: string;
  readonly #status: Status;

  private constructor(program: Program, folder: string) {
    this.#program = program;
    this.#folder = folder;
    this.#status = program.ready as unknown as Status;
  }

  static async start(): Promise<Demo> {
    const folder = mkdtempSync(join(tmpdir(), "tillmesh-browser-"));
    const args = ["demo", "--data", join(folder, "shop"), "--port", "0", "--json"];
    return new Demo(await startProgram(args, { logFile: join(folder, "demo.log") }), folder);
  }

  door(n: number): string {
    return this.#status.tills[n - 1]!.door;
  }

  async turnInternet(on: boolean): Promise<void> {
    await this.#ask("/internet", { on });
  }

  /** `kill -9`. */
  async kill(n: number): Promise<void> {
    await this.#ask(`/tills/${n}/kill`, {});
  }

  async startTill(n: number): Promise<void> {
    await this.#ask(`/tills/${n}/start`, {});
  }

  async stop(): Promise<void> {
    await this.#program.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #ask(path: string, body: object): Promise<void> {
    const response = await fetch(`${this.#status.control}${path}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  }
}
