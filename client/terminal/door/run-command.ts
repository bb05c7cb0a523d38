import { type CommandName, commands } from "#schema/wire/commands.ts";
import type { CommandError, Reply } from "#schema/wire/screen.ts";
import type { CommandContext, CounterPort } from "#terminal/counter/counter-port.ts";
import { checkInput, isCommandName } from "./check-input.ts";
import type { DoorLog } from "./door-log.ts";
import type { DoorMetrics } from "./metrics.ts";
import { nearestCommand } from "./nearest-command.ts";

export type AnyReply = Reply<CommandName>;
type Failure = { readonly ok: false; readonly error: CommandError };

export interface CommandRunner {
  /** Checks the session and the input, then asks the counter. Never rejects: a counter that throws becomes `internal`. */
  run(name: CommandName, input: unknown, context: CommandContext): Promise<AnyReply>;
  /** Logs a bug under an id, and answers with that id. */
  internal(error: unknown, where: string): Failure;
}

export function commandRunner(using: {
  readonly counter: CounterPort;
  readonly log: DoorLog;
  readonly metrics: DoorMetrics;
  readonly nowMs: () => number;
  readonly newId: () => string;
}): CommandRunner {
  const { counter, log, metrics, nowMs } = using;

  const internal = (error: unknown, where: string): Failure => {
    const id = using.newId();
    const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
    log("error", `A bug in ${where}`, { id, stack });
    return {
      ok: false,
      error: {
        code: "internal",
        params: { id },
        message: `This failed through a fault of the till. Its log has it as ${id}.`,
      },
    };
  };

  const answer = async (name: CommandName, input: unknown, context: CommandContext): Promise<AnyReply> => {
    let { session } = context;
    if (session !== null && !counter.hasSession(session)) {
      if (commands[name].access !== "open") return sessionEnded();
      session = null;
    }
    if (session === null && commands[name].access !== "open") return notSignedIn();
    const checked = checkInput(name, input);
    if (checked.type === "bad") return badInput(checked.field, checked.problem);
    return counter.execute(name, checked.input, { ...context, session });
  };

  return {
    internal,
    async run(name, input, context) {
      const from = nowMs();
      let reply: AnyReply;
      try {
        reply = await answer(name, input, context);
      } catch (error) {
        reply = internal(error, name);
      }
      metrics.commandSeconds.observe({ command: name }, (nowMs() - from) / 1000);
      metrics.commands.inc({ command: name, outcome: reply.ok ? "done" : reply.error.code });
      return reply;
    },
  };
}

/** `field` and `problem` make a sentence. */
export function badInput(field: string, problem: string): Failure {
  return {
    ok: false,
    error: { code: "bad-input", params: { field, problem }, message: `${field} ${problem}.` },
  };
}

export function unknownCommand(name: string): Failure {
  const shown = JSON.stringify(name.slice(0, 64));
  return badInput("name", `is no command of a till: ${shown}; the nearest is ${nearestCommand(name)}`);
}

export function commandNamed(
  name: string,
):
  | { readonly type: "known"; readonly name: CommandName }
  | { readonly type: "unknown"; readonly reply: Failure } {
  return isCommandName(name) ? { type: "known", name } : { type: "unknown", reply: unknownCommand(name) };
}

export function refusal(
  code: CommandError["code"],
  message: string,
  params: CommandError["params"] = {},
): Failure {
  return { ok: false, error: { code, params, message } };
}

const notSignedIn = (): Failure => refusal("not-signed-in", "Sign in first.");

export const sessionEnded = (): Failure =>
  refusal("session-ended", "This session is over, or was never one of this till. Sign in again.");
