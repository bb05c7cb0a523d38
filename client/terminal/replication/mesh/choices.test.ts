import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { DeviceId } from "#schema/bytes.ts";
import { type TradingDay } from "#schema/documents/names.ts";
import type { StoreId } from "#schema/bytes.ts";
import { andFewStray, daysAround } from "./day-rule.ts";
import { KnownAddresses, parseAddress } from "./address-book.ts";
import { backoffMs, lanBackoff } from "./backoff.ts";
import { type GatewayCandidate, electGateway } from "./gateway.ts";
import { neighboursOf } from "./neighbours.ts";

const device = (n: number) => n.toString(16).padStart(64, "0") as DeviceId;
const stores = fc
  .uniqueArray(fc.integer({ min: 0, max: 1e9 }), { minLength: 1, maxLength: 40 })
  .map((numbers) => numbers.map(device));

describe("neighbours", () => {
  test("are the same seen from either side, few, and connect the whole store", () => {
    fc.assert(
      fc.property(stores, (tills) => {
        const wants = new Map(tills.map((till) => [till, neighboursOf(till, tills)]));
        for (const [till, wanted] of wants) {
          expect(wanted.has(till)).toBe(false);
          expect(wanted.size).toBeLessThanOrEqual(4);
          expect(wanted.size).toBeGreaterThanOrEqual(Math.min(3, tills.length - 1));
          for (const other of wanted) expect(wants.get(other)!.has(till)).toBe(true);
        }
        expect(reached(wants, tills[0]!)).toBe(tills.length);
      }),
    );
  });

  test("still connect all the others when any one till is gone", () => {
    for (let count = 3; count <= 30; count++) {
      const tills = Array.from({ length: count }, (_, i) => device(i));
      for (const gone of tills) {
        const wants = new Map(tills.map((till) => [till, neighboursOf(till, tills)]));
        wants.delete(gone);
        expect(reached(wants, wants.keys().next().value!)).toBe(count - 1);
      }
    }
  });

  function reached(wants: ReadonlyMap<DeviceId, ReadonlySet<DeviceId>>, from: DeviceId): number {
    const seen = new Set([from]);
    for (const till of seen) for (const next of wants.get(till) ?? []) if (wants.has(next)) seen.add(next);
    return seen.size;
  }
});

describe("the gateway", () => {
  const candidates = fc.uniqueArray(
    fc.record<GatewayCandidate>({
      device: fc.integer({ min: 0, max: 50 }).map(device),
      relay: fc.constantFrom("up", "down", "unknown", "unconfigured"),
      gateway: fc.boolean(),
    }),
    { minLength: 1, maxLength: 10, selector: (candidate) => candidate.device },
  );

  test("is the same for all who hear the same, and never one without a relay", () => {
    fc.assert(
      fc.property(candidates, (living) => {
        const elected = living.map((self) => electGateway(living, self));
        expect(new Set(elected).size).toBe(1);
        const winner = living.find((candidate) => candidate.device === elected[0]);
        const best = (["up", "unknown", "down"] as const).find((state) =>
          living.some(({ relay }) => relay === state),
        );
        expect(winner?.relay).toBe(best);
      }),
    );
  });

  test("stays who it is once it knows it is, whoever joins with no better relay", () => {
    fc.assert(
      fc.property(candidates, candidates, (living, joining) => {
        const first = electGateway(living, living[0]!);
        const acting = living.map((one) => ({ ...one, gateway: one.device === first }));
        const relay = acting.find(({ gateway }) => gateway)?.relay;
        const newcomers = joining
          .filter((one) => !acting.some(({ device }) => device === one.device))
          .map((one) => ({ ...one, gateway: false, relay: relay === "up" ? one.relay : ("down" as const) }));
        if (first === undefined || relay === undefined) return;
        expect(electGateway([...acting, ...newcomers], acting[0]!)).toBe(first);
      }),
    );
  });

  test("of two after a cut has healed is the lower", () => {
    const living = [3, 5, 8].map((n) => ({ device: device(n), relay: "up" as const, gateway: n > 3 }));
    expect(electGateway(living, living[2]!)).toBe(device(5));
  });

  test("is somebody also while the relay is down for all, so that somebody goes on trying", () => {
    const living = [3, 5].map((n) => ({ device: device(n), relay: "down" as const, gateway: false }));
    expect(electGateway(living, living[1]!)).toBe(device(3));
  });
});

describe("backoff", () => {
  test("is spread over all of a ceiling that doubles up to its cap", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 500 }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (failures, random) => {
          const ms = backoffMs(lanBackoff, failures, random);
          expect(ms).toBeGreaterThanOrEqual(20);
          expect(ms).toBeLessThanOrEqual(Math.min(5000, 200 * 2 ** Math.min(20, failures - 1)));
        },
      ),
    );
    expect(backoffMs(lanBackoff, 1, 0.5)).toBe(100);
    expect(backoffMs(lanBackoff, 3, 0.5)).toBe(400);
    expect(backoffMs(lanBackoff, 40, 0.5)).toBe(2500);
  });
});

describe("addresses", () => {
  test.each([
    ["192.168.1.7:4711", "192.168.1.7:4711"],
    ["till-3.local:80", "till-3.local:80"],
    ["[fe80::1]:99", "[fe80::1]:99"],
    ["host", undefined],
    ["host:0", undefined],
    ["host:65536", undefined],
    ["user@host:1", undefined],
    ["host:1/path", undefined],
    ["::1:80", undefined],
    ["", undefined],
  ])("%s is %s", (text, parsed) => expect(parseAddress(text)).toBe(parsed));

  test("whoever answers at an address takes it from whom it was known by", () => {
    const known = new KnownAddresses();
    known.place("a:1");
    known.learn(device(1), ["a:1", "b:2"], 10);
    expect(known.unmet()).toEqual(["a:1"]);
    known.met(device(2), "a:1", 20);
    expect(known.unmet()).toEqual([]);
    expect(known.addressesOf(device(1))).toEqual(["b:2"]);
    expect(known.addressesOf(device(2))).toEqual(["a:1"]);
  });

  test("are bounded, and forgotten after two months", () => {
    const known = new KnownAddresses();
    for (let i = 0; i < 300; i++) known.learn(device(i), [`h:${i + 1}`], i);
    expect(known.devices()).toHaveLength(200);
    expect(known.devices()).not.toContain(device(0));
    for (let i = 0; i < 20; i++) known.learn(device(299), [`again:${i + 1}`], 300);
    expect(known.addressesOf(device(299))).toHaveLength(8);
    expect(known.known(70 * 86_400_000)).toEqual([]);
  });
});

test("days near today are taken up, and only a few others of each till", () => {
  const rule = andFewStray(
    daysAround(() => Date.UTC(2026, 10, 22), { past: 10, future: 1 }),
    2,
  );
  const take = (till: number, day: string): boolean =>
    rule({ store: "0".repeat(32) as StoreId, kind: "journal", device: device(till), day: day as TradingDay });
  expect(take(1, "2026-11-20")).toBe(true);
  expect(["2038-01-01", "2038-01-02", "2038-01-03"].map((day) => take(1, day))).toEqual([true, true, false]);
  expect(take(1, "2038-01-01"), "one that was taken up stays so").toBe(true);
  expect(take(2, "2038-01-03"), "each till has its own few").toBe(true);
});
