import type { TimeMs } from "#schema/bytes.ts";
import type { StaffEntry } from "#schema/documents/staff.ts";
import { type CounterContext, stateOf } from "./context.ts";
import { type Outcome, type Refusal, answer, refuse } from "./outcome.ts";

interface Attempts {
  failures: number;
  notBefore: TimeMs;
}

/** Two may slip; then each wrong PIN makes the next wait twice as long, to at most five minutes. */
function waitAfter(failures: number): number {
  return failures < 3 ? 0 : Math.min(300_000, 1000 * 2 ** (failures - 3));
}

/** Checks PINs, and slows down whoever guesses. Time is monotonic, so turning the clock does not help. */
export class PinGuard {
  readonly #context: CounterContext;
  readonly #monotonicMs: () => number;
  readonly #attempts = new Map<string, Attempts>();
  #queue: Promise<unknown> = Promise.resolve();

  constructor(context: CounterContext, monotonicMs: () => number) {
    this.#context = context;
    this.#monotonicMs = monotonicMs;
  }

  /** One at a time, so that many guesses at once gain nothing. */
  check(staffId: string, pin: string): Promise<Outcome<StaffEntry> | Refusal> {
    const checked = this.#queue.then(() => this.#check(staffId, pin));
    this.#queue = checked.catch(() => undefined);
    return checked;
  }

  async #check(staffId: string, pin: string): Promise<Outcome<StaffEntry>> {
    const entry = stateOf(this.#context).staff.get(staffId);
    const attempts = this.#attempts.get(staffId) ?? { failures: 0, notBefore: 0 };
    const waitMs = Math.ceil(attempts.notBefore - this.#monotonicMs());
    if (waitMs > 0)
      return refuse("wrong-pin", `too many wrong PINs: wait ${Math.ceil(waitMs / 1000)} s`, { waitMs });
    const right = entry?.active === true && (await this.#context.verifyPin(entry, pin));
    if (right) {
      this.#attempts.delete(staffId);
      return answer(entry);
    }
    if (!entry) return refuse("wrong-pin", "the PIN is wrong", { waitMs: 0 });
    const failures = attempts.failures + 1;
    const delay = waitAfter(failures);
    this.#attempts.set(staffId, { failures, notBefore: this.#monotonicMs() + delay });
    return refuse("wrong-pin", "the PIN is wrong", { waitMs: delay });
  }
}
