import type { CommandName } from "#schema/wire/commands.ts";
import type { Reply } from "#schema/wire/screen.ts";
import type { CustomerView, ScreenView } from "#schema/wire/views.ts";

/** Names a staff session of this till; 32 random hex digits, good until lock, sign-out or the end of the process. */
export type SessionToken = string;

export interface CommandContext {
  /** The session the command is given in; null before anybody has signed in. */
  readonly session: SessionToken | null;
  /** Told of work over a second: 0 to 1. */
  readonly onProgress?: (done: number, what: string) => void;
}

/**
 * The counter as the door sees it: commands in, views out. The input has passed its schema at the door; who may give
 * the command is checked here. Never rejects: what went wrong is in the reply.
 */
export interface CounterPort {
  execute<Name extends CommandName>(
    name: Name,
    input: unknown,
    context: CommandContext,
  ): Promise<Reply<Name>>;
  /** Whether the token names a living session. */
  hasSession(token: SessionToken): boolean;
  /** The whole picture for a screen; parts that did not change since the last call for this session are the same objects. */
  view(session: SessionToken | null): ScreenView;
  customerView(): CustomerView;
  /** Something in some view may have changed; many changes in one turn of the event loop are told once. */
  onChange(listener: () => void): () => void;
}
