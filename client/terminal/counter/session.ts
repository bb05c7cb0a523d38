import type { FloorCart } from "#schema/documents/floor.ts";
import type { StaffEntry } from "#schema/documents/staff.ts";
import type { PaidView } from "#schema/wire/views.ts";
import type { SessionToken } from "./counter-port.ts";

/** How to take back one change of a cart. */
export interface UndoStep {
  readonly cart: string;
  readonly apply: (draft: FloorCart) => void;
}

/** One person at one screen of this till. */
export interface Session {
  readonly token: SessionToken;
  readonly staff: Pick<StaffEntry, "id" | "name" | "role">;
  /** The cart in hand. */
  cart: string | null;
  lastLine: string | null;
  undo: UndoStep[];
  paid: PaidView | null;
  /** Replies by request id: a command repeated after a lost reply is done once. */
  readonly replies: Map<string, unknown>;
}

const undoDepth = 50;

export class Sessions {
  readonly #sessions = new Map<SessionToken, Session>();
  /** The one that gave the last command: what the customer's display follows. */
  #latest: Session | undefined;

  begin(token: SessionToken, staff: Session["staff"]): Session {
    const session: Session = {
      token,
      staff,
      cart: null,
      lastLine: null,
      undo: [],
      paid: null,
      replies: new Map(),
    };
    this.#sessions.set(token, session);
    this.#latest = session;
    return session;
  }

  get(token: SessionToken | null): Session | undefined {
    return token === null ? undefined : this.#sessions.get(token);
  }

  end(session: Session): void {
    this.#sessions.delete(session.token);
    if (this.#latest === session) this.#latest = undefined;
  }

  touch(session: Session): void {
    this.#latest = session;
  }

  latest(): Session | undefined {
    return this.#latest;
  }

  all(): IterableIterator<Session> {
    return this.#sessions.values();
  }
}

export function takeInHand(session: Session, cart: string | null): void {
  session.cart = cart;
  session.lastLine = null;
  session.undo = [];
  if (cart !== null) session.paid = null;
}

export function remember(session: Session, step: UndoStep): void {
  session.undo.push(step);
  if (session.undo.length > undoDepth) session.undo.shift();
}
