import * as fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { OutboxId, StorageKey, Vault, VaultWrite } from "./vault.ts";

export interface VaultUnderTest {
  readonly vault: Vault;
  /** Closes it and opens it again on the same disk. */
  reopen(): Promise<Vault>;
  dispose(): Promise<void>;
}

const durable = { durable: true };
const bytes = (...values: number[]) => Uint8Array.from(values);

/** What every vault does, whatever it stands on. */
export function runVaultTests(setup: () => Promise<VaultUnderTest>, title: string): void {
  describe(`vault conformance (${title})`, () => {
    let under: VaultUnderTest;
    beforeEach(async () => {
      under = await setup();
    });
    afterEach(() => under.dispose());

    it("gives back what was put, and nothing for what was not", async () => {
      await under.vault.commit([{ op: "put", key: ["a", "b"], data: bytes(1, 2, 3) }], durable);
      expect(await under.vault.load(["a", "b"])).toStrictEqual(bytes(1, 2, 3));
      expect(await under.vault.load(["a"])).toBeUndefined();
      expect(await under.vault.load(["a", "b", "c"])).toBeUndefined();
    });

    it("keeps empty values, empty segments and every character apart", async () => {
      const keys = [
        ["", ""],
        [""],
        ["a", ""],
        ["ab"],
        ["a", "b"],
        ["é"],
        ["e\u0301"],
        ["0a"],
        ["\n0a"],
        ["0A"],
      ];
      await under.vault.commit(
        keys.map((key, i) => ({ op: "put", key, data: new Uint8Array(i) })),
        durable,
      );
      const vault = await under.reopen();
      expect((await vault.loadRange([])).chunks).toStrictEqual(
        keys.map((key, i) => ({ key, data: new Uint8Array(i) })),
      );
    });

    it("loads a range in the order of insertion; an overwritten value keeps its place, a removed one loses it", async () => {
      const put = (name: string, value: number): VaultWrite => ({
        op: "put",
        key: ["d", name],
        data: bytes(value),
      });
      await under.vault.commit([put("z", 1), put("m", 2), put("a", 3)], durable);
      await under.vault.commit([put("m", 4)], durable);
      await under.vault.commit([{ op: "remove", key: ["d", "z"] }, put("z", 5)], durable);
      const vault = await under.reopen();
      expect(await vault.loadRange(["d"])).toStrictEqual({
        chunks: [
          { key: ["d", "m"], data: bytes(4) },
          { key: ["d", "a"], data: bytes(3) },
          { key: ["d", "z"], data: bytes(5) },
        ],
        damaged: [],
      });
    });

    it("refuses an empty key and applies nothing of that commit", async () => {
      const commit = under.vault.commit(
        [
          { op: "put", key: ["a"], data: bytes(1) },
          { op: "put", key: [], data: bytes(1) },
        ],
        durable,
      );
      await expect(commit).rejects.toThrow(RangeError);
      expect(await under.vault.load(["a"])).toBeUndefined();
    });

    it("applies commits made together in the order in which they were made", async () => {
      const commits = Array.from({ length: 50 }, (_, i) =>
        under.vault.commit([{ op: "put", key: ["k"], data: bytes(i) }], { durable: i % 7 === 0 }),
      );
      await Promise.all(commits);
      expect(await under.vault.load(["k"])).toStrictEqual(bytes(49));
    });

    it("keeps the outbox in order, beside and inside commits, numbers and texts apart", async () => {
      await under.vault.outbox.put(2, bytes(2));
      await under.vault.outbox.put("2", bytes(3));
      await under.vault.commit(
        [
          { op: "put", key: ["a"], data: bytes(9) },
          { op: "outboxPut", id: 1, bytes: bytes(1) },
          { op: "outboxPut", id: 2, bytes: bytes(4) },
        ],
        durable,
      );
      let vault = await under.reopen();
      expect(await vault.outbox.list()).toStrictEqual([
        { id: 2, bytes: bytes(4) },
        { id: "2", bytes: bytes(3) },
        { id: 1, bytes: bytes(1) },
      ]);
      await vault.outbox.remove([2, "2", 77]);
      vault = await under.reopen();
      expect(await vault.outbox.list()).toStrictEqual([{ id: 1, bytes: bytes(1) }]);
    });

    it("is closed once and for all", async () => {
      await under.vault.close();
      await under.vault.close();
      await expect(under.vault.load(["a"])).rejects.toMatchObject({ type: "vault-broken" });
      await expect(under.vault.commit([], durable)).rejects.toMatchObject({ type: "vault-broken" });
    });

    it("behaves like a map, whatever is done to it", async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
          await under.vault.commit([{ op: "removeRange", prefix: [] }], { durable: false });
          const leftover = (await under.vault.outbox.list()).map(({ id }) => id);
          await under.vault.commit([{ op: "outboxRemove", ids: leftover }], { durable: false });
          await compareWithModel(under, steps);
        }),
        { numRuns: 40 },
      );
    }, 60_000);
  });
}

type Step =
  | { readonly step: "commit"; readonly writes: readonly VaultWrite[]; readonly durable: boolean }
  | { readonly step: "reopen" };

const segment = fc.constantFrom("a", "b", "snapshot", "00ff", "é");
const key = fc.array(segment, { minLength: 1, maxLength: 3 });
const data = fc.uint8Array({ maxLength: 1500 });
const id = fc.constantFrom<OutboxId>(1, 2, "1", "x");
const write: fc.Arbitrary<VaultWrite> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ op: fc.constant("put" as const), key, data }) },
  { weight: 2, arbitrary: fc.record({ op: fc.constant("remove" as const), key }) },
  {
    weight: 1,
    arbitrary: fc.record({
      op: fc.constant("removeRange" as const),
      prefix: fc.array(segment, { maxLength: 2 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ op: fc.constant("outboxPut" as const), id, bytes: data }) },
  {
    weight: 1,
    arbitrary: fc.record({ op: fc.constant("outboxRemove" as const), ids: fc.array(id, { maxLength: 2 }) }),
  },
);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      step: fc.constant("commit" as const),
      writes: fc.array(write, { maxLength: 6 }),
      durable: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ step: fc.constant("reopen" as const) }) },
);

async function compareWithModel(under: VaultUnderTest, steps: readonly Step[]): Promise<void> {
  const model = new Map<string, { readonly key: StorageKey; readonly data: Uint8Array }>();
  const outbox = new Map<OutboxId, Uint8Array>();
  let vault = under.vault;
  let generation = vault.generation();
  for (const next of steps) {
    if (next.step === "reopen") vault = await under.reopen();
    else {
      await vault.commit(next.writes, { durable: next.durable });
      for (const write of next.writes) applyToModel(model, outbox, write);
    }
    expect(vault.generation()).toBeGreaterThanOrEqual(generation);
    generation = vault.generation();
  }
  for (const prefix of [[], ["a"], ["a", "b"], ["00ff"], ["snapshot", "a", "é"]] as StorageKey[]) {
    const expected = [...model.values()].filter(({ key }) => prefix.every((part, i) => key[i] === part));
    expect(await vault.loadRange(prefix)).toStrictEqual({
      chunks: expected.map(({ key, data }) => ({ key, data: Uint8Array.from(data) })),
      damaged: [],
    });
  }
  for (const { key, data } of model.values())
    expect(await vault.load(key)).toStrictEqual(Uint8Array.from(data));
  expect(await vault.outbox.list()).toStrictEqual(
    [...outbox].map(([id, bytes]) => ({ id, bytes: Uint8Array.from(bytes) })),
  );
}

function applyToModel(
  model: Map<string, { readonly key: StorageKey; readonly data: Uint8Array }>,
  outbox: Map<OutboxId, Uint8Array>,
  write: VaultWrite,
): void {
  switch (write.op) {
    case "put":
      model.set(JSON.stringify(write.key), { key: write.key, data: write.data });
      break;
    case "remove":
      model.delete(JSON.stringify(write.key));
      break;
    case "removeRange":
      for (const [text, { key }] of model)
        if (write.prefix.every((part, i) => key[i] === part)) model.delete(text);
      break;
    case "outboxPut":
      outbox.set(write.id, write.bytes);
      break;
    case "outboxRemove":
      for (const id of write.ids) outbox.delete(id);
      break;
  }
}
