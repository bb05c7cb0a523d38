/**
 * Tells a keyboard-wedge scanner from a hand. A scanner types a code in a burst, a few milliseconds a key, and ends it
 * with Enter or Tab; a hand does not. Keys that may begin a burst are held back until it is known which it was, so that
 * a code never lands in a text field, not even for a moment.
 */
export interface Wedge {
  readonly held: string;
  readonly lastMs: number;
}

export interface WedgeStep {
  readonly wedge: Wedge;
  /** Held keys that a hand typed after all: to be typed now, before anything else. */
  readonly release: string;
  /** `hold`: keep the key from the page. `pass`: let it do what it does. `scan`: a code was read. */
  readonly verdict: { readonly type: "hold" | "pass" } | { readonly type: "scan"; readonly code: string };
}

/** Two keys further apart than this come from a hand. Fast typists stay above 60 ms, scanners below 30. */
export const burstGapMs = 50;
/** The shortest code taken from a burst: EAN-8 and UPC-E have eight digits. */
export const shortestCode = 8;

export const idleWedge: Wedge = { held: "", lastMs: 0 };

const pass = { type: "pass" } as const;
const hold = { type: "hold" } as const;

/** One key press at `atMs`, `key` as the DOM names it. */
export function pressWedge(wedge: Wedge, key: string, atMs: number): WedgeStep {
  if (key === "Shift") return { wedge, release: "", verdict: pass };
  const inBurst = wedge.held !== "" && atMs - wedge.lastMs <= burstGapMs;
  if (key === "Enter" || key === "Tab") {
    if (inBurst && wedge.held.length >= shortestCode) {
      return { wedge: idleWedge, release: "", verdict: { type: "scan", code: wedge.held } };
    }
    return { wedge: idleWedge, release: wedge.held, verdict: pass };
  }
  const printable = key.length === 1 && key !== "*" && key !== " ";
  if (printable && inBurst) {
    return { wedge: { held: wedge.held + key, lastMs: atMs }, release: "", verdict: hold };
  }
  if (printable && /[0-9\]]/.test(key)) {
    return { wedge: { held: key, lastMs: atMs }, release: wedge.held, verdict: hold };
  }
  return { wedge: idleWedge, release: wedge.held, verdict: pass };
}

/** What a hand typed, once the time for a burst to go on has passed. */
export function expireWedge(wedge: Wedge, nowMs: number): WedgeStep {
  if (wedge.held === "" || nowMs - wedge.lastMs <= burstGapMs) return { wedge, release: "", verdict: pass };
  return { wedge: idleWedge, release: wedge.held, verdict: pass };
}
