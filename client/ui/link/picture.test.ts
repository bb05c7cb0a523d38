import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ScreenView } from "#schema/wire/views.ts";
import { applyMessage, emptyPicture } from "./picture.ts";
import { share } from "./share.ts";

const line = (lineId: string, totalMinor: number) => ({ lineId, name: `item ${lineId}`, totalMinor });
const withCart = (lines: readonly unknown[]) => ({
  type: "view" as const,
  view: { cart: { cartId: "c", lines, discount: null } } as unknown as Partial<ScreenView>,
});

describe("the picture", () => {
  it("replaces the parts that came and keeps the others as they are", () => {
    const first = applyMessage(emptyPicture, {
      type: "view",
      view: { exceptions: 1, openCarts: [] } as unknown as Partial<ScreenView>,
    });
    const second = applyMessage(first, { type: "view", view: { exceptions: 2 } });
    expect(second.view?.exceptions).toBe(2);
    expect(second.view?.openCarts).toBe(first.view?.openCarts);
  });

  it("keeps each line that did not change the very same object when one is added or struck", () => {
    const first = applyMessage(emptyPicture, withCart([line("a", 1), line("b", 2)]));
    const [a, b] = first.view?.cart?.lines ?? [];
    const added = applyMessage(first, withCart([line("a", 1), line("b", 2), line("c", 3)]));
    expect(added.view?.cart?.lines[0]).toBe(a);
    expect(added.view?.cart?.lines[1]).toBe(b);
    const struck = applyMessage(added, withCart([line("b", 2), line("c", 3)]));
    expect(struck.view?.cart?.lines[0]).toBe(b);
    const changed = applyMessage(struck, withCart([line("b", 9), line("c", 3)]));
    expect(changed.view?.cart?.lines[0]).not.toBe(b);
    expect(changed.view?.cart?.lines[1]).toBe(struck.view?.cart?.lines[1]);
  });

  it("counts signals, so that two alike are two", () => {
    const once = applyMessage(emptyPicture, { type: "signal", signal: "accepted" });
    const twice = applyMessage(once, { type: "signal", signal: "accepted" });
    expect([once.signal?.count, twice.signal?.count]).toEqual([1, 2]);
  });

  it("ends the progress of a command with its reply, and of no other", () => {
    const under = applyMessage(emptyPicture, { type: "progress", id: 7, done: 0.5, what: "x" });
    const reply = (id: number) => ({
      type: "reply" as const,
      id,
      result: { ok: true as const, value: null },
    });
    expect(applyMessage(under, reply(6)).progress?.id).toBe(7);
    expect(applyMessage(under, reply(7)).progress).toBeNull();
  });
});

describe("sharing", () => {
  it("gives a value equal to the new one, whatever was there before", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (before, next) => {
        expect(share(before, next)).toEqual(next);
      }),
    );
  });

  it("gives the old object itself when nothing changed", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        const copy: unknown = structuredClone(value);
        // JSON has no minus zero: a till never sends one.
        fc.pre(!JSON.stringify(value).includes("-0") && !hasMinusZero(value));
        expect(share(value, copy)).toBe(value);
      }),
    );
  });
});

function hasMinusZero(value: unknown): boolean {
  if (Object.is(value, -0)) return true;
  return typeof value === "object" && value !== null && Object.values(value).some(hasMinusZero);
}
