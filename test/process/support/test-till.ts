import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Program, startProgram } from "./program.ts";
import { type DoorAddress, TillClient } from "./till-client.ts";

export interface TillSetup {
  readonly folder: string;
  readonly passphrase: string;
  readonly pack: { readonly path: string; readonly passphrase: string };
  readonly relay: string | null;
  /** Over the defaults: loopback, any port, no discovery. */
  readonly lan?: Readonly<Record<string, unknown>>;
  readonly namespace?: string;
  /** How to reach a door that is in a namespace of its own. */
  readonly doorThrough?: (url: string) => Promise<DoorAddress>;
}

/** One till of a test: its folder outlives its processes. */
export class TestTill {
  readonly setup: TillSetup;
  readonly dataDir: string;
  readonly logFile: string;
  device = "";
  label = "";
  #program: Program | undefined;
  #client: TillClient | undefined;
  #joined = false;
  readonly #neighbours: string[] = [];
  readonly #onAddress: ((address: string | null) => void)[] = [];

  constructor(setup: TillSetup) {
    this.setup = setup;
    this.dataDir = join(setup.folder, "data");
    this.logFile = join(setup.folder, "log");
  }

  addNeighbour(address: string): void {
    this.#neighbours.push(address);
  }

  onAddress(listener: (address: string | null) => void): void {
    this.#onAddress.push(listener);
  }

  get client(): TillClient {
    if (!this.#client) throw new Error(`${this.setup.folder} does not run`);
    return this.#client;
  }

  get pid(): number {
    return this.#program!.pid;
  }

  get runs(): boolean {
    return this.#program !== undefined;
  }

  /** Ready to sell, and a manager signed in, when it resolves. */
  async start(env: Readonly<Record<string, string>> = {}): Promise<TillClient> {
    const { folder, passphrase, pack, relay, namespace } = this.setup;
    const config = {
      door: { port: 0 },
      lan: {
        host: "127.0.0.1",
        port: 0,
        mdns: false,
        gossip: false,
        neighbours: this.#neighbours,
        ...this.setup.lan,
      },
      relay,
    };
    writeFileSync(join(folder, "config.json"), JSON.stringify(config));
    const joining = this.#joined ? [] : ["--join", pack.path, "--argon-mib", "1"];
    const program = await startProgram(
      ["till", "--data", this.dataDir, "--config", join(folder, "config.json"), ...joining],
      {
        logFile: this.logFile,
        env: { TILLMESH_PASSPHRASE: passphrase, TILLMESH_PACK_PASSPHRASE: pack.passphrase, ...env },
        ...(namespace === undefined ? {} : { namespace }),
      },
    );
    this.#joined = true;
    this.#program = program;
    const { door, lan, device, label } = program.ready as Record<string, string>;
    this.device = device!;
    this.label = label!;
    for (const tell of this.#onAddress) tell(lan!);
    this.#client = new TillClient((await this.setup.doorThrough?.(door!)) ?? { type: "url", url: door! });
    await this.#client.signIn();
    return this.#client;
  }

  async stop(): Promise<void> {
    await this.#gone((program) => program.stop());
  }

  /** `kill -9`. */
  async kill(): Promise<void> {
    await this.#gone((program) => program.kill());
  }

  async #gone(end: (program: Program) => Promise<unknown>): Promise<void> {
    const program = this.#program;
    this.#program = undefined;
    for (const tell of this.#onAddress) tell(null);
    if (program) await end(program);
    this.#client?.close();
    this.#client = undefined;
  }
}
