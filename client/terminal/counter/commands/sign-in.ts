import { permissions } from "#schema/domain/staff/permissions.ts";
import type { SessionView } from "#schema/wire/views.ts";
import { type CounterContext, randomId } from "../context.ts";
import { type Outcome, done, refuse } from "../outcome.ts";
import type { PinGuard } from "../pin-guard.ts";
import { type Session, takeInHand } from "../session.ts";
import type { ParsedInput, UseCase } from "../use-case.ts";

export interface SignedIn {
  readonly token: string;
  readonly session: SessionView;
}

/** Begins a session, and takes up the cart that was left open on this till, after a lock or a crash alike. */
export async function signIn(
  context: CounterContext,
  pins: PinGuard,
  input: ParsedInput<"signIn">,
): Promise<Outcome<SignedIn>> {
  if (!context.shop.state()) return refuse("busy", "this till is still joining its store");
  const checked = await pins.check(input.staffId, input.pin);
  if (!checked.ok) return checked;
  const { id, name, role } = checked.value;
  const session = context.sessions.begin(randomId(context, 16), { id, name, role });
  const left = leftOpenHere(context);
  if (left !== undefined) takeInHand(session, left);
  return { ok: true, value: { token: session.token, session: sessionView(session) } };
}

export const lock: UseCase<"lock"> = ({ context, session }) => {
  context.sessions.end(session);
  return done;
};

export function sessionView(session: Session): SessionView {
  const { id, name, role } = session.staff;
  return { staffId: id, name, role, may: permissions[role] };
}

function leftOpenHere(context: CounterContext): string | undefined {
  const inHand = new Set([...context.sessions.all()].map((session) => session.cart));
  let latest: { id: string; openedMs: number } | undefined;
  for (const { cart, remainder } of context.shop.carts.all()) {
    if (remainder || cart.state !== "open" || cart.at !== context.device || inHand.has(cart.id)) continue;
    if (cart.lines.every((line) => line.void) && cart.tenders.every((tender) => tender.void)) continue;
    if (!latest || cart.openedMs > latest.openedMs) latest = cart;
  }
  return latest?.id;
}
