import type { z } from "zod";
import type { CommandName, commands } from "#schema/wire/commands.ts";
import type { ResultOf } from "#schema/wire/screen.ts";
import type { CounterContext } from "./context.ts";
import type { CommandContext } from "./counter-port.ts";
import type { Outcome } from "./outcome.ts";
import type { PinGuard } from "./pin-guard.ts";
import type { Session } from "./session.ts";

export type ParsedInput<Name extends CommandName> = z.output<(typeof commands)[Name]["input"]>;

/** What a use case is given besides its input. `session` is the living session the command came in. */
export interface Call {
  readonly context: CounterContext;
  readonly session: Session;
  readonly pins: PinGuard;
  readonly command: CommandContext;
}

/** Validate, then apply: nothing has happened when the outcome is a refusal. */
export type UseCase<Name extends CommandName> = (
  call: Call,
  input: ParsedInput<Name>,
) => Outcome<ResultOf<Name>> | Promise<Outcome<ResultOf<Name>>>;
