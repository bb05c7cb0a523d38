import type { Bytes } from "../bytes.ts";
import { type Canonical, decodeTrusted, encodeCanonical } from "../canonical.ts";

/**
 * The plaintext of a stock segment: canonical CBOR `[items, quantities]`, the ids ascending and joined by line feeds,
 * a quantity in thousandths for each. Two columns, so that 100,000 balances are read in some tens of milliseconds.
 */
export function encodeBalances(balances: ReadonlyMap<string, number>): Bytes {
  const items = [...balances.keys()].toSorted();
  return encodeCanonical([items.join("\n"), items.map((item) => balances.get(item)!)]);
}

/** Undefined for anything else. The segment's name is the hash of its bytes: their form need not be checked again. */
export function decodeBalances(bytes: Bytes): Map<string, number> | undefined {
  let value: Canonical;
  try {
    value = decodeTrusted(bytes);
  } catch {
    return undefined;
  }
  if (!Array.isArray(value)) return undefined;
  const [text, quantities] = value as readonly Canonical[];
  if (typeof text !== "string" || !Array.isArray(quantities)) return undefined;
  const items = text === "" ? [] : text.split("\n");
  if (items.length !== quantities.length || quantities.some((quantity) => !Number.isSafeInteger(quantity)))
    return undefined;
  return new Map(items.map((item, at) => [item, quantities[at] as number]));
}
