import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { burstGapMs, expireWedge, idleWedge, pressWedge, shortestCode, type Wedge } from "./wedge.ts";

/** Plays keys with the gap before each; what reached the page as text, what was scanned, what was passed on. */
function play(keys: readonly { readonly key: string; readonly gapMs: number }[]) {
  let wedge: Wedge = idleWedge;
  let nowMs = 1_000;
  let typed = "";
  const scans: string[] = [];
  const passed: string[] = [];
  for (const { key, gapMs } of keys) {
    // The timer that settles a pause runs before the next key arrives.
    const settled = expireWedge(wedge, nowMs + gapMs);
    wedge = settled.wedge;
    typed += settled.release;
    nowMs += gapMs;
    const step = pressWedge(wedge, key, nowMs);
    wedge = step.wedge;
    typed += step.release;
    if (step.verdict.type === "scan") scans.push(step.verdict.code);
    if (step.verdict.type === "pass") {
      passed.push(key);
      if (key.length === 1) typed += key;
    }
  }
  typed += expireWedge(wedge, nowMs + burstGapMs + 1).release;
  return { typed, scans, passed };
}

const burst = (text: string, gapMs = 4) => [
  ...Array.from(text, (key, index) => ({ key, gapMs: index === 0 ? 500 : gapMs })),
  { key: "Enter", gapMs },
];
const byHand = (text: string, gapMs = 110) => Array.from(text, (key) => ({ key, gapMs }));

const digit = fc.constantFrom("0", "1", "2", "3", "4", "5", "6", "7", "8", "9");

describe("the keyboard wedge", () => {
  it("takes a burst of digits ended by Enter as a scan, and lets none of it through", () => {
    expect(play(burst("4006381333931"))).toEqual({ typed: "", scans: ["4006381333931"], passed: [] });
  });

  it("takes a GS1 element string with its symbology identifier, letters and all", () => {
    const code = "]C10109501101530003AB-12";
    expect(play(burst(code)).scans).toEqual([code]);
  });

  it("lets a hand's digits and its Enter through", () => {
    const { typed, scans, passed } = play([...byHand("12345678"), { key: "Enter", gapMs: 110 }]);
    expect(typed).toBe("12345678");
    expect(scans).toEqual([]);
    expect(passed).toEqual(["Enter"]);
  });

  it("takes no burst shorter than a code for a scan", () => {
    expect(play(burst("1234567"))).toEqual({ typed: "1234567", scans: [], passed: ["Enter"] });
  });

  it("never holds what begins with a letter, so that the search is typed at once", () => {
    expect(play(byHand("milk", 10)).passed).toEqual(["m", "i", "l", "k"]);
  });

  it("keeps the times key out of a burst", () => {
    const { typed, scans } = play([...byHand("3*", 3), ...burst("96385074")]);
    expect(typed).toBe("3*");
    expect(scans).toEqual(["96385074"]);
  });

  it("loses and reorders nothing that is typed, however fast or slow", () => {
    const key = fc.constantFrom(..."0123456789abc*]. ".split(""));
    fc.assert(
      fc.property(fc.array(fc.record({ key, gapMs: fc.integer({ min: 0, max: 200 }) })), (keys) => {
        expect(play(keys).typed).toBe(keys.map((one) => one.key).join(""));
      }),
    );
  });

  it("scans exactly the codes, between any amounts of slow typing", () => {
    const digits = fc.array(digit, { minLength: shortestCode, maxLength: 14 }).map((list) => list.join(""));
    const slow = fc.array(digit, { maxLength: 12 }).map((list) => list.join(""));
    fc.assert(
      fc.property(fc.array(fc.tuple(slow, digits)), (pairs) => {
        const result = play(pairs.flatMap(([hand, code]) => [...byHand(hand), ...burst(code)]));
        expect(result.scans).toEqual(pairs.map(([, code]) => code));
        expect(result.typed).toBe(pairs.map(([hand]) => hand).join(""));
      }),
    );
  });
});
