import * as A from "@automerge/automerge";
import type { Bytes, TimeMs } from "../../bytes.ts";
import { type PriceEdit, type PricesDocument, decodeEdit, editPlace } from "../prices.ts";

/** What managers changed on top of a published price book, by item and in order of when it holds. */
export class PriceFold {
  readonly #edits = new Map<string, Map<string, PriceEdit>>();
  readonly #seen = new Map<string, PricesDocument>();

  /**
   * Reads what is new in a prices document; cheap when little is. `source` names the document. Answers with the items
   * whose prices changed. `vouched`: the bytes come out of this till's own vault or were made here.
   */
  read(source: string, document: PricesDocument, vouched: boolean): string[] {
    const before = this.#seen.get(source);
    this.#seen.set(source, document);
    const items: string[] = [];
    for (const [bucket, edits] of Object.entries(document.edits)) {
      const old = before?.edits[bucket];
      if (old === edits) continue;
      for (const [key, bytes] of Object.entries(edits)) {
        if (old?.[key] === bytes) continue;
        const item = this.#put(source, { bucket, key }, bytes, vouched);
        if (item !== undefined) items.push(item);
      }
    }
    return items;
  }

  /** Forgets all: another base counts, and its documents are to be read. */
  clear(): void {
    this.#seen.clear();
    this.#edits.clear();
  }

  /** The price in force at `at`, or undefined where the price book's own holds. */
  inForce(item: string, at: TimeMs): PriceEdit | undefined {
    let best: PriceEdit | undefined;
    for (const edit of this.#standing(item))
      if ((edit.now || edit.from <= at) && (!best || edit.from > best.from)) best = edit;
    return best;
  }

  /** Every edit of an item that was not withdrawn, oldest first. */
  of(item: string): PriceEdit[] {
    return this.#standing(item).toSorted((a, b) => a.from - b.from);
  }

  /** Items with a price that comes into force after `at`. */
  *scheduledAfter(at: TimeMs): Generator<PriceEdit> {
    for (const item of this.#edits.keys())
      for (const edit of this.of(item)) if (!edit.now && edit.from > at) yield edit;
  }

  /** Whether a scheduled price comes into force after `then`, up to `now`. */
  comesDue(then: TimeMs, now: TimeMs): boolean {
    for (const edits of this.#edits.values())
      for (const edit of edits.values()) if (!edit.now && edit.from > then && edit.from <= now) return true;
    return false;
  }

  /** Of edits under one `from`, which two documents may hold, the one made last; none where that withdraws it. */
  #standing(item: string): PriceEdit[] {
    const edits = this.#edits.get(item);
    if (!edits) return [];
    const byFrom = new Map<TimeMs, PriceEdit>();
    for (const edit of edits.values()) {
      const other = byFrom.get(edit.from);
      if (!other || isLater(edit, other)) byFrom.set(edit.from, edit);
    }
    return [...byFrom.values()].filter((edit) => edit.value !== null);
  }

  #put(
    source: string,
    { bucket, key }: { readonly bucket: string; readonly key: string },
    bytes: Bytes,
    vouched: boolean,
  ): string | undefined {
    const edit = decodeEdit(bytes, vouched);
    if (!edit) return undefined;
    // A signed edit that was copied elsewhere, where withdrawing it would not reach it, says nothing.
    const place = editPlace(edit);
    if (place.key !== key || place.bucket !== bucket) return undefined;
    let edits = this.#edits.get(edit.item);
    if (!edits) this.#edits.set(edit.item, (edits = new Map()));
    edits.set(`${source}\n${key}`, edit);
    return edit.item;
  }
}

function isLater(a: PriceEdit, b: PriceEdit): boolean {
  if (a.time !== b.time) return a.time > b.time;
  return a.device === b.device ? (a.value ?? -1) > (b.value ?? -1) : a.device > b.device;
}

/**
 * What of a prices document a later base does not contain: the base was published from these heads, and what others
 * edited apart from it still holds on top. Nothing while the heads themselves have not arrived.
 */
export function editsBeyond(
  document: A.Doc<PricesDocument>,
  heads: readonly string[],
): PricesDocument | undefined {
  if (!A.hasHeads(document, [...heads])) return undefined;
  const then = A.view(document, [...heads]);
  const edits = Object.entries(document.edits).map(([bucket, now]) => {
    const old = then.edits?.[bucket] ?? {}; // nothing is there before the genesis
    const beyond = Object.entries(now).filter(([key, bytes]) => !sameBytes(old[key], bytes));
    return [bucket, Object.fromEntries(beyond)] as const;
  });
  return { v: document.v, edits: Object.fromEntries(edits) };
}

function sameBytes(a: Bytes | undefined, b: Bytes): boolean {
  return a !== undefined && a.length === b.length && a.every((byte, i) => byte === b[i]);
}
