import { existsSync, lstatSync, mkdirSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { writeSafely } from "#terminal/setup/found-store.ts";
import { type FolderLock, lockFolder } from "#terminal/vault/folder-lock.ts";
import { Refused } from "../command.ts";

const markerName = "tillmesh-demo.json";

const port = z.int().min(1).max(65_535);
const markerSchema = z.strictObject({
  v: z.literal(1),
  what: z.string(),
  /** `making` while it is provisioned: if that is cut off, it begins again from nothing. */
  state: z.enum(["making", "made"]),
  /** How many tills have been enrolled. */
  tills: z.int().min(0),
  /** Memory for Argon2id of its vaults and files. A real store takes 256. */
  argonMib: z.int().min(1),
  /** Of the last start, taken again when they are free. */
  ports: z.strictObject({ doors: z.array(port), lan: z.array(port), relay: port, proxy: port }).nullable(),
});

/** What a demo shop's folder says of itself. Only a folder with this file is ever wiped. */
export type DemoMarker = z.infer<typeof markerSchema>;
export type DemoPorts = NonNullable<DemoMarker["ports"]>;

const demoArgonMib = 64;

/** Where everything of a demo shop lies. */
export class DemoFolder {
  readonly path: string;
  #lock: FolderLock | undefined;

  private constructor(path: string) {
    this.path = path;
  }

  /** Takes the folder, making it when it is not there. Throws `Refused` when it is something else, or in use. */
  static take(path: string): DemoFolder {
    const folder = new DemoFolder(path);
    if (existsSync(path)) {
      const foreign = readdirSync(path).some((name) => name !== "lock");
      if (folder.#readMarker() === undefined && foreign)
        throw new Refused(`${path} is not a demo shop's folder, and not empty. Say another with --data DIR.`);
    }
    folder.#take();
    return folder;
  }

  marker(): DemoMarker {
    const marker = this.#readMarker();
    if (!marker)
      throw new Refused(`${join(this.path, markerName)} is gone or damaged. Delete the folder by hand.`);
    return marker;
  }

  write(change: Partial<DemoMarker>): void {
    const text = JSON.stringify({ ...this.marker(), ...change }, undefined, 1);
    writeSafely(join(this.path, markerName), new TextEncoder().encode(`${text}\n`));
  }

  /** Deletes everything in it. Throws `Refused` unless this program made it. */
  wipe(): void {
    this.marker();
    if (lstatSync(this.path).isSymbolicLink())
      throw new Refused(`${this.path} is a link to another folder: delete what it leads to by hand.`);
    this.release();
    for (const name of readdirSync(this.path).toSorted(markerLast))
      rmSync(join(this.path, name), { recursive: true, force: true });
    this.#take();
  }

  release(): void {
    this.#lock?.release();
    this.#lock = undefined;
  }

  /** A path inside it; its folder is made. */
  place(...parts: readonly string[]): string {
    mkdirSync(join(this.path, ...parts.slice(0, -1)), { recursive: true, mode: 0o700 });
    return join(this.path, ...parts);
  }

  /** Passphrases of the demo lie in the open, for its user alone: a demo must start by itself. */
  passphraseFile(of: string): string {
    return this.place("passphrases", of);
  }

  writePassphrase(of: string, passphrase: string): void {
    writeSafely(this.passphraseFile(of), new TextEncoder().encode(`${passphrase}\n`));
  }

  readPassphrase(of: string): string {
    return readFileSync(this.passphraseFile(of), "utf8").trim();
  }

  #take(): void {
    mkdirSync(this.path, { recursive: true, mode: 0o700 });
    const lock = lockFolder(this.path);
    if (typeof lock === "string") throw new Refused(`Another demo runs in ${this.path}.`);
    this.#lock = lock;
    if (this.#readMarker()) return;
    const marker: DemoMarker = {
      v: 1,
      what: "A demo shop of Tillmesh. Everything in this folder may be deleted.",
      state: "making",
      tills: 0,
      argonMib: demoArgonMib,
      ports: null,
    };
    writeSafely(join(this.path, markerName), new TextEncoder().encode(JSON.stringify(marker, undefined, 1)));
  }

  #readMarker(): DemoMarker | undefined {
    try {
      const parsed = markerSchema.safeParse(JSON.parse(readFileSync(join(this.path, markerName), "utf8")));
      return parsed.success ? parsed.data : undefined;
    } catch {
      return undefined;
    }
  }
}

/** The marker goes last: a wipe that is cut off can be done again. */
function markerLast(a: string, b: string): number {
  return Number(a === markerName) - Number(b === markerName);
}
