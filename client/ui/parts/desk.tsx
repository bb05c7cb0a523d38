import { createContext, type ReactNode, useCallback, useContext, useMemo, useRef, useState } from "react";
import type { CommandInput, CommandName } from "#schema/wire/commands.ts";
import type { Outcome, ScreenError } from "../link/till-link.ts";
import { useScreen } from "./screen-context.tsx";

export interface Approval {
  readonly staffId: string;
  readonly pin: string;
}

/** What the till asks before it goes on. Asked beside the cart, never over it. */
export type Question =
  | { readonly type: "confirm"; readonly error: ScreenError; readonly answer: (yes: boolean) => void }
  | {
      readonly type: "approval";
      readonly error: ScreenError;
      /** Why the last attempt was refused. */
      readonly problem: ScreenError | null;
      readonly answer: (approval: Approval | null) => void;
    };

/** The one thing said last, in the place of the last line. */
export type Message =
  | { readonly type: "error"; readonly error: ScreenError }
  | { readonly type: "note"; readonly text: string };

interface Desk {
  readonly question: Question | null;
  readonly message: Message | null;
  readonly busy: boolean;
  readonly say: (message: Message | null) => void;
  /** Gives the till a command; asks for confirmation and approval as it wants them, and says why it did not do it. */
  readonly run: <Name extends CommandName>(
    name: Name,
    input: CommandInput<Name>,
    options?: RunOptions,
  ) => Promise<Outcome<Name>>;
}

export interface RunOptions {
  /** Keeps an agreement for the next of several commands that belong together. */
  readonly shared?: { approval?: Approval };
  /** The caller shows the failure itself. */
  readonly quiet?: boolean;
  readonly begun?: (id: number) => void;
}

const DeskContext = createContext<Desk | null>(null);

export function DeskProvider(props: { readonly children: ReactNode }): ReactNode {
  const { link } = useScreen();
  const [question, setQuestion] = useState<Question | null>(null);
  const [message, say] = useState<Message | null>(null);
  const [busy, setBusy] = useState(false);
  const running = useRef(0);
  const declineOpen = useRef<(() => void) | null>(null);
  const underWay = useRef(new Map<string, Promise<unknown>>());

  const attempt = useCallback(
    async <Name extends CommandName>(
      name: Name,
      input: CommandInput<Name>,
      options: RunOptions = {},
    ): Promise<Outcome<Name>> => {
      running.current++;
      setBusy(true);
      const ask = <Answer,>(make: (answer: (value: Answer) => void) => Question): Promise<Answer | null> =>
        new Promise((resolve) => {
          // A second question takes the place of the first, which counts as declined.
          declineOpen.current?.();
          declineOpen.current = () => resolve(null);
          setQuestion(
            make((value) => {
              declineOpen.current = null;
              setQuestion(null);
              resolve(value);
            }),
          );
        });
      let given: CommandInput<Name> & { approval?: Approval; confirm?: boolean } = {
        ...input,
        ...(options.shared?.approval ? { approval: options.shared.approval } : {}),
      };
      let asked: ScreenError | null = null;
      let outcome = await link.command(name, given, options.begun);
      while (!outcome.ok) {
        const { error } = outcome;
        if (error.code === "confirm") {
          const yes = await ask<boolean>((answer) => ({ type: "confirm", error, answer }));
          if (yes !== true) break;
          given = { ...given, confirm: true };
        } else if (error.code === "approval-needed" || (asked !== null && repeats.has(error.code))) {
          const wanted: ScreenError = asked ?? error;
          const problem = asked === null ? null : error;
          asked = wanted;
          const approval = await ask<Approval | null>((answer) => ({
            type: "approval",
            error: wanted,
            problem,
            answer,
          }));
          if (approval === null) break;
          given = { ...given, approval };
          if (options.shared) options.shared.approval = approval;
        } else break;
        outcome = await link.command(name, given, options.begun);
      }
      running.current--;
      if (running.current === 0) setBusy(false);
      if (outcome.ok) say(null);
      else if (options.quiet !== true && !settled.has(outcome.error.code)) {
        say({ type: "error", error: outcome.error });
      }
      return outcome;
    },
    [link],
  );

  const run = useCallback(
    <Name extends CommandName>(
      name: Name,
      input: CommandInput<Name>,
      options?: RunOptions,
    ): Promise<Outcome<Name>> => {
      if (repeatable.has(name)) return attempt(name, input, options);
      // Enter pressed twice is one wish: the same command is not given again while the first is under way.
      const key = `${name} ${JSON.stringify(input)}`;
      const before = underWay.current.get(key);
      if (before) return before as Promise<Outcome<Name>>;
      const now = attempt(name, input, options).finally(() => underWay.current.delete(key));
      underWay.current.set(key, now);
      return now;
    },
    [attempt],
  );

  const desk = useMemo(() => ({ question, message, busy, say, run }), [question, message, busy, run]);
  return <DeskContext value={desk}>{props.children}</DeskContext>;
}

/** Commands that mean one more each time they are given. */
const repeatable = new Set<CommandName>(["scan", "addItem", "undo", "receipt"]);
/** Refusals of an approval that may simply be typed again. */
const repeats = new Set<ScreenError["code"]>(["wrong-pin", "not-allowed", "approval-needed"]);
/** Already asked about and declined, or asked for in a panel of its own. */
const settled = new Set<ScreenError["code"]>(["confirm", "approval-needed", "weight-needed", "price-needed"]);

export function useDesk(): Desk {
  const desk = useContext(DeskContext);
  if (!desk) throw new Error("drawn outside a DeskProvider");
  return desk;
}
