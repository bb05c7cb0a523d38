import { toHex } from "#schema/bytes.ts";
import { type Company, rootKey } from "#terminal/setup/company.ts";
import { writeSafely } from "#terminal/setup/found-store.ts";
import { Refused } from "../command.ts";
import { operatorTokenFile } from "../register.ts";
import { readText } from "../secrets.ts";
import { type Internet, startInternet } from "./internet.ts";
import type { DemoFolder, DemoPorts } from "./layout.ts";
import { LocalApi } from "./local-api.ts";
import { choosePorts } from "./ports.ts";
import { type Exit, Processes, type RunningCommand } from "./processes.ts";
import { demoPriceBook, demoStaff, destroyPack, provision, waitingPack } from "./provision.ts";

export interface ShopOptions {
  readonly folder: DemoFolder;
  readonly tills: number;
  /** Of the first till's door; undefined: friendly ones, 0: any that are free. */
  readonly basePort: number | undefined;
  /** Tells what it is about to do. */
  readonly say: (what: string) => void;
  /** A till or the relay has ended, and nobody asked it to. */
  readonly onCrash: (what: string, exit: Exit) => void;
}

type TillState = "running" | "starting" | "stopping" | "stopped" | "ended";

interface TillPlace {
  readonly n: number;
  state: TillState;
  process: RunningCommand | undefined;
  device: string;
  label: string;
}

/** A whole shop on this machine: the relay, the tills and headquarters, each a process of its own. */
export class DemoShop {
  readonly #options: ShopOptions;
  readonly #processes = new Processes();
  readonly #tills: TillPlace[];
  #ports: DemoPorts | undefined;
  #internet: Internet | undefined;
  #relay: RunningCommand | undefined;
  #headquarters: RunningCommand | undefined;
  #closing: Promise<void> | undefined;

  constructor(options: ShopOptions) {
    this.#options = options;
    this.#tills = Array.from({ length: options.tills }, (_, at) => ({
      n: at + 1,
      state: "stopped",
      process: undefined,
      device: "",
      label: `Till ${at + 1}`,
    }));
  }

  /** Ready to sell when it resolves. Throws `Refused`; call `close` then, too. */
  async open(): Promise<void> {
    const { folder, tills, basePort, say } = this.#options;
    if (folder.marker().state === "making") say("Making the demo shop, once …");
    const company = await provision(folder, tills);
    this.#ports = await choosePorts(tills, basePort, folder.marker().ports);
    folder.write({ ports: this.#ports });
    say("Starting the relay …");
    await this.#openRelay(company);
    say(`Starting ${tills === 1 ? "the till" : `${tills} tills`} …`);
    await Promise.all([...this.#tills.map(({ n }) => this.start(n)), this.#openHeadquarters()]);
    await this.#fillPriceBook();
  }

  turnInternet(on: boolean): void {
    this.#internet!.turn(on);
  }

  /** Throws `Refused` when it is running already, or when it does not start. */
  async start(n: number): Promise<void> {
    const till = this.#till(n);
    if (till.state !== "stopped" && till.state !== "ended")
      throw new Refused(`${till.label} is ${till.state}.`);
    till.state = "starting";
    try {
      const process = await this.#processes.start(
        till.label,
        this.#tillArguments(n),
        this.#logOf(`till-${n}`),
      );
      destroyPack(this.#options.folder, n);
      till.process = process;
      till.state = "running";
      till.device = String(process.ready["device"]);
      till.label = String(process.ready["label"]);
      void process.exited.then((exit) => this.#ended(till, process, exit));
    } catch (error) {
      till.state = "ended";
      throw error;
    }
  }

  /** As a cashier would at night. */
  async stop(n: number): Promise<void> {
    await this.#end(n, (process) => process.stop());
  }

  /** As a power cut would. */
  async kill(n: number): Promise<void> {
    await this.#end(n, (process) => process.kill());
  }

  status() {
    const { folder } = this.#options;
    const ports = this.#ports!;
    return {
      folder: folder.path,
      internet: this.#internet?.isOn() ?? false,
      relay: {
        url: `http://127.0.0.1:${ports.relay}`,
        /** Where the tills see it: cut while the internet is off. */
        seenByTills: `http://127.0.0.1:${ports.proxy}`,
        pid: this.#relay?.pid ?? null,
        dataDir: folder.place("relay"),
      },
      headquarters: this.#headquarters
        ? {
            url: String(this.#headquarters.ready["url"]),
            pid: this.#headquarters.pid,
            store: String(this.#headquarters.ready["store"]),
            tokenFile: String(this.#headquarters.ready["tokenFile"]),
          }
        : null,
      tills: this.#tills.map((till) => ({
        n: till.n,
        label: till.label,
        state: till.state,
        device: till.device,
        pid: till.process?.pid ?? null,
        door: this.#doorOf(till.n),
        cashier: `${this.#doorOf(till.n)}/`,
        manager: `${this.#doorOf(till.n)}/manager`,
        customer: `${this.#doorOf(till.n)}/customer`,
        lan: `127.0.0.1:${ports.lan[till.n - 1]!}`,
        dataDir: folder.place(`till-${till.n}`, "data"),
        config: folder.place(`till-${till.n}`, "config.json"),
        passphraseFile: folder.passphraseFile(`till-${till.n}`),
        log: this.#logOf(`till-${till.n}`),
      })),
      staff: demoStaff(),
    };
  }

  /** No process is left when it resolves. */
  close(): Promise<void> {
    return (this.#closing ??= this.#close());
  }

  async #close(): Promise<void> {
    for (const till of this.#tills) till.state = "stopping";
    await this.#processes.close();
    await this.#internet?.close();
  }

  async #end(n: number, how: (process: RunningCommand) => Promise<Exit>): Promise<void> {
    const till = this.#till(n);
    const { process } = till;
    if (!process || till.state !== "running") throw new Refused(`${till.label} is ${till.state}.`);
    till.state = "stopping";
    await how(process);
    till.process = undefined;
    till.state = "stopped";
  }

  #ended(till: TillPlace, process: RunningCommand, exit: Exit): void {
    if (this.#closing || till.process !== process || till.state !== "running") return;
    till.process = undefined;
    till.state = "ended";
    this.#options.onCrash(till.label, exit);
  }

  #till(n: number): TillPlace {
    const till = this.#tills[n - 1];
    if (till) return till;
    throw new Refused(`There is no till ${n}: say one from 1 to ${this.#tills.length}.`);
  }

  #doorOf(n: number): string {
    return `http://127.0.0.1:${this.#ports!.doors[n - 1]!}`;
  }

  #logOf(of: string): string {
    return this.#options.folder.place("logs", `${of}.jsonl`);
  }

  #tillArguments(n: number): string[] {
    const { folder } = this.#options;
    const ports = this.#ports!;
    const mine = ports.lan[n - 1]!;
    const config = {
      door: { port: ports.doors[n - 1] },
      lan: {
        host: "127.0.0.1",
        port: mine,
        neighbours: ports.lan.filter((port) => port !== mine).map((port) => `127.0.0.1:${port}`),
        mdns: false,
      },
      relay: `http://127.0.0.1:${ports.proxy}`,
    };
    const configFile = folder.place(`till-${n}`, "config.json");
    writeSafely(configFile, new TextEncoder().encode(`${JSON.stringify(config, undefined, 1)}\n`));
    const pack = waitingPack(folder, n);
    const joining =
      pack === undefined
        ? {}
        : {
            "--join": pack,
            "--pack-passphrase-file": folder.passphraseFile(`pack-${n}`),
            "--argon-mib": String(folder.marker().argonMib),
          };
    return words("till", {
      "--data": folder.place(`till-${n}`, "data"),
      "--config": configFile,
      "--passphrase-file": folder.passphraseFile(`till-${n}`),
      ...joining,
    });
  }

  async #openRelay(company: Company): Promise<void> {
    const { folder } = this.#options;
    const { relay: port, proxy } = this.#ports!;
    const dataDir = folder.place("relay");
    const args = words("relay", { "--data": dataDir, "--port": String(port) });
    const relay = await this.#processes.start("The relay", args, this.#logOf("relay"));
    this.#relay = relay;
    void relay.exited.then((exit) => {
      this.#relay = undefined;
      if (!this.#closing) this.#options.onCrash("The relay", exit);
    });
    const token = readText(operatorTokenFile(dataDir), "the relay's operator token").trim();
    const root = toHex(rootKey(company).publicKey);
    const { registerStore } = await import("#relay/relay/register.ts");
    const url = String(relay.ready["url"]);
    const registered = await registerStore(url, token, { store: company.store, root });
    if (registered.type !== "registered")
      throw new Refused(`The relay refused the store: ${registered.message}`);
    this.#internet = await startInternet(proxy, port);
  }

  async #openHeadquarters(): Promise<void> {
    const { folder } = this.#options;
    const args = words("headquarters", {
      "--data": folder.place("headquarters", "data"),
      "--pack": folder.place("headquarters", "reader.pack"),
      "--passphrase-file": folder.passphraseFile("headquarters"),
      "--relay": `http://127.0.0.1:${this.#ports!.relay}`,
    });
    this.#headquarters = await this.#processes.start("Headquarters", args, this.#logOf("headquarters"));
    void this.#headquarters.exited.then((exit) => {
      this.#headquarters = undefined;
      if (!this.#closing) this.#options.onCrash("Headquarters", exit);
    });
  }

  /** Imports the demo's price book at till 1 as its manager would, when the shop has none, and waits for all tills. */
  async #fillPriceBook(): Promise<void> {
    const { say } = this.#options;
    const apis = this.#tills.map(({ n }) => new LocalApi(this.#doorOf(n)));
    const first = apis[0]!;
    if ((await first.view()).till.priceBook === null) {
      say("Importing the price book at till 1 …");
      const manager = demoStaff().find(({ role }) => role === "manager")!;
      await first.signIn(manager.id, manager.pin);
      await first.command("importPriceBook", { csv: demoPriceBook() });
      await first.signOut();
    }
    await waitUntil("All tills have the same price book", async () => {
      const views = await Promise.all(apis.map((api) => api.view()));
      const generations = new Set(views.map(({ till }) => till.priceBook?.generation));
      return generations.size === 1 && !generations.has(undefined);
    });
  }
}

/** A command with its options, as the command line takes them. */
function words(command: string, options: Readonly<Record<string, string>>): string[] {
  return [command, ...Object.entries(options).flat()];
}

async function waitUntil(what: string, isSo: () => Promise<boolean>): Promise<void> {
  const giveUpMs = performance.now() + 60_000;
  while (!(await isSo())) {
    if (performance.now() > giveUpMs) throw new Refused(`This did not come to be within a minute: ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
