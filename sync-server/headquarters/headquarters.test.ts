import * as Automerge from "@automerge/automerge";
import { afterEach, expect, test, vi } from "vitest";
import type { StoreId } from "#schema/bytes.ts";
import { type LogKeys, firstEpochKeys, keyedHead, keyedName, sealBundle } from "#schema/documents/bundle.ts";
import { frozenChangeBytes } from "#schema/documents/genesis.ts";
import type { JournalDocument } from "#schema/documents/journal.ts";
import { type DocumentName, type TradingDay, documentName } from "#schema/documents/names.ts";
import { type RecordOf, encodeRecord, firstPrev } from "#schema/documents/record.ts";
import { type SigningKey, newSymmetricKey } from "#schema/trust/crypto.ts";
import { startRelay } from "../relay/start.ts";
import { connectPeer, entryOf, makeStore, random, temporaryFolder } from "../testing/peers.ts";
import { deflateCompressor } from "./compressor.ts";
import { startHeadquarters } from "./start.ts";

const cleanups: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean();
});

const token = "a token for the tests";

/** A till's records, day by day, chained and signed. */
function journalOf(store: StoreId, key: SigningKey) {
  const docs = new Map<string, Automerge.Doc<JournalDocument>>();
  let prev = firstPrev;
  let seq = 0;
  return {
    name: (day: string) =>
      documentName({ store, kind: "journal", device: key.device, day: day as TradingDay }),
    /** The change that adds a sale of this total, tax 20% included, paid in cash. */
    sell(day: string, total: number): readonly Uint8Array[] {
      seq += 1;
      const tax = Math.round(total / 6);
      const record: RecordOf<"sale"> = {
        store,
        device: key.device,
        series: 1,
        seq,
        time: seq,
        prev,
        kind: "sale",
        body: {
          number: seq,
          cart: `cart ${seq}`,
          day,
          shift: "s1",
          staff: { id: "1", name: "Ada" },
          currency: "GBP",
          lines: [],
          taxes: [
            {
              tax: "vat",
              name: "VAT 20%",
              ratePpm: 200_000,
              included: true,
              treatment: "taxed",
              base: total - tax,
              amount: tax,
            },
          ],
          subtotal: total,
          discount: 0,
          savings: 0,
          net: total - tax,
          tax,
          total,
          rounding: 0,
          tenders: [{ id: `t${seq}`, method: "cash", kind: "cash", amount: total + 5 }],
          change: 5,
        },
      };
      const { hash, bytes } = encodeRecord(record, key);
      prev = hash;
      const before =
        docs.get(day) ??
        Automerge.applyChanges(Automerge.init<JournalDocument>(), frozenChangeBytes("journal"))[0];
      const after = Automerge.change(before, (doc) => void doc.records.push(bytes));
      docs.set(day, after);
      return Automerge.getAllChanges(after);
    },
    heads: (day: string) => Automerge.getHeads(docs.get(day)!),
  };
}

function bundleOf(
  store: StoreId,
  keys: LogKeys,
  name: DocumentName,
  chunks: readonly Uint8Array[],
  heads: readonly string[],
) {
  return entryOf("", {
    docs: [{ name: keyedName(keys.names, name), heads: heads.map((head) => keyedHead(keys.names, head)) }],
    ...sealBundle({ docs: [{ name, chunks, whole: false }] }, store, keys, deflateCompressor, random),
  });
}

async function world() {
  const folder = temporaryFolder();
  cleanups.push(folder.remove);
  const store = makeStore();
  const relay = await startRelay({ dataDir: folder.path, port: 0, stores: [store.registration] });
  cleanups.push(() => relay.close());
  const keys = firstEpochKeys(newSymmetricKey(random));
  const start = async () => {
    const headquarters = await startHeadquarters({
      relayUrl: relay.url,
      stores: [{ self: store.reader(), keys }],
      token,
    });
    cleanups.push(() => headquarters.close());
    return headquarters;
  };
  const till = store.till();
  const peer = await connectPeer(relay.url, till);
  return { store, keys, start, till, peer };
}

async function report(url: string, store: string, day: string, bearer = token) {
  const response = await fetch(`${url}/v1/stores/${store}/report?day=${day}`, {
    headers: { authorization: `Bearer ${bearer}` },
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

test("figures of a day from the log: from its start, as pushed, and in whatever order the days arrive", async () => {
  const { store, keys, start, till, peer } = await world();
  const journal = journalOf(store.id, till.key);
  const [one, two] = ["2026-11-21", "2026-11-22"];
  const first = journal.sell(one, 1200);
  const later = journal.sell(two, 600);
  // The later day reaches the log first.
  await peer.append([bundleOf(store.id, keys, journal.name(two), later, journal.heads(two))]);
  const headquarters = await start();
  await vi.waitFor(async () => expect((await report(headquarters.url, store.id, two)).body["sales"]).toBe(1));
  await peer.append([bundleOf(store.id, keys, journal.name(one), first, journal.heads(one))]);
  await vi.waitFor(async () =>
    expect((await report(headquarters.url, store.id, one)).body).toMatchObject({
      sales: 1,
      gross: 1200,
      net: 1000,
      taxes: [{ name: "VAT 20%", base: 1000, amount: 200 }],
      tenders: [{ method: "cash", amount: 1200 }],
      faults: [],
    }),
  );
  const more = journal.sell(two, 300);
  await peer.append([bundleOf(store.id, keys, journal.name(two), more, journal.heads(two))]);
  await vi.waitFor(async () =>
    expect((await report(headquarters.url, store.id, two)).body).toMatchObject({ sales: 2, gross: 900 }),
  );
  expect((await report((await start()).url, store.id, "2026-11-20")).body).toMatchObject({
    sales: 0,
    gross: 0,
  });
});

test("a record in another till's journal is named as a fault, and not counted", async () => {
  const { store, keys, start, till, peer } = await world();
  const other = store.till();
  const journal = journalOf(store.id, till.key);
  const chunks = journal.sell("2026-11-22", 500);
  const name = documentName({
    store: store.id,
    kind: "journal",
    device: other.key.device,
    day: "2026-11-22" as TradingDay,
  });
  await peer.append([bundleOf(store.id, keys, name, chunks, [])]);
  const headquarters = await start();
  await vi.waitFor(async () =>
    expect((await report(headquarters.url, store.id, "2026-11-22")).body).toMatchObject({
      sales: 0,
      faults: [{ journal: name, index: 0, fault: "other-device" }],
    }),
  );
});

test("what cannot be opened is passed over, and questions at the door are checked", async () => {
  const { store, keys, start, till, peer } = await world();
  await peer.append([entryOf("garbage")]);
  const journal = journalOf(store.id, till.key);
  const chunks = journal.sell("2026-11-22", 100);
  await peer.append([
    bundleOf(store.id, keys, journal.name("2026-11-22"), [random(100)], []),
    bundleOf(store.id, keys, journal.name("2026-11-22"), chunks, journal.heads("2026-11-22")),
  ]);
  const headquarters = await start();
  await vi.waitFor(async () =>
    expect((await report(headquarters.url, store.id, "2026-11-22")).body).toMatchObject({
      sales: 1,
      log: { skipped: 2, cursor: 3, current: true, relay: "up" },
    }),
  );
  expect((await report(headquarters.url, store.id, "2026-11-22", "wrong")).status).toBe(401);
  expect((await report(headquarters.url, store.id, "today")).status).toBe(400);
  expect((await report(headquarters.url, "no-such-store", "2026-11-22")).status).toBe(404);
  expect((await fetch(`${headquarters.url}/healthz`)).status).toBe(200);
});
