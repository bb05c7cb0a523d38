import type { DocumentId } from "@automerge/automerge-repo";
import { toHex } from "#schema/bytes.ts";
import { type DocumentName, parseDocumentName } from "#schema/documents/names.ts";
import { hash } from "#schema/trust/crypto.ts";
import { headsDigest, idOf } from "../lan/document-door.ts";
import type { ReplicaPort } from "../replica-port.ts";
import type { PresenceDigests } from "./presence.ts";

/** Digests of the open documents, each document's heads looked at again only after it changed. */
export class OpenDocumentDigests {
  readonly #replica: ReplicaPort;
  readonly #lines = new Map<DocumentName, string>();
  readonly #ids = new Map<DocumentName, DocumentId>();
  #answer: PresenceDigests | undefined;

  constructor(replica: ReplicaPort) {
    this.#replica = replica;
  }

  changed(name: DocumentName): void {
    this.#lines.delete(name);
    this.#answer = undefined;
  }

  digests(): PresenceDigests {
    if (this.#answer) return this.#answer;
    const open = this.#replica.names().filter((name) => this.#isOpen(name));
    const prices = open.filter((name) => parseDocumentName(name)?.kind === "prices");
    this.#answer = { docsDigest: this.#over(open), pricesDigest: this.#over(prices) };
    return this.#answer;
  }

  #over(names: readonly DocumentName[]): string {
    const lines = [...names].sort().map((name) => this.#line(name));
    return toHex(hash(new TextEncoder().encode(lines.join("\n"))).subarray(0, 16));
  }

  #line(name: DocumentName): string {
    const known = this.#lines.get(name);
    if (known !== undefined) return known;
    let line = name as string;
    try {
      line = `${name} ${headsDigest(this.#replica.heads(name))}`;
    } catch {
      // closed this very moment
    }
    this.#lines.set(name, line);
    return line;
  }

  #isOpen(name: DocumentName): boolean {
    let id = this.#ids.get(name);
    if (id === undefined) this.#ids.set(name, (id = idOf(name)));
    return this.#replica.repo.handles[id]?.isReady() ?? false;
  }
}
