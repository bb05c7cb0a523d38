import { type ReactNode, useState } from "react";
import type { CommandInput } from "#schema/wire/commands.ts";
import type { ResultOf } from "#schema/wire/screen.ts";
import { parseMoneyEntry } from "../format/parse-entry.ts";
import { ReasonChoice, Segments } from "../parts/choices.tsx";
import { useDesk } from "../parts/desk.tsx";
import { FigurePad, useEnter, useFigure } from "../parts/figure.tsx";
import { KeyButton } from "../parts/key-button.tsx";
import { Panel } from "../parts/panel.tsx";
import { useFormats, useView, useWords } from "../parts/screen-context.tsx";
import { useCounter } from "./counter.tsx";
import { home } from "./sale-state.ts";

type Direction = CommandInput<"moveCash">["direction"];

/** Cash in, cash out, or a drop to the safe. */
export function CashPanel(): ReactNode {
  const words = useWords();
  const formats = useFormats();
  const store = useView("store");
  const { back, show } = useCounter();
  const { run } = useDesk();
  const [direction, setDirection] = useState<Direction>("drop");
  const reasons = words.drawer.cashReasons;
  const [reason, setReason] = useState(reasons[0] ?? "");
  const figure = useFigure("");
  const typed = parseMoneyEntry(figure.text, store.currencyDigits);
  const why = !typed ? words.reasons.figureFirst : reason.trim() === "" ? words.reasons.reasonFirst : null;
  const apply = async (): Promise<void> => {
    if (why !== null || typed === null) return;
    const outcome = await run("moveCash", { direction, amountMinor: typed, reason });
    if (outcome.ok) show(home);
  };
  useEnter(() => void apply());
  return (
    <Panel
      title={words.drawer.cashTitle}
      onClose={back}
      foot={
        <KeyButton
          label={words.drawer.book}
          shortcut="↵"
          look="primary"
          unavailable={why}
          onPress={() => void apply()}
        />
      }
    >
      <Segments
        label={words.drawer.direction}
        value={direction}
        onChange={setDirection}
        options={[
          { value: "in", label: words.drawer.in },
          { value: "out", label: words.drawer.out },
          { value: "drop", label: words.drawer.drop },
        ]}
      />
      <FigurePad label={words.tender.amount} shown={formats.money(typed ?? 0)} figure={figure} />
      <ReasonChoice label={words.common.reason} reasons={reasons} value={reason} onChange={setReason} />
    </Panel>
  );
}

/** Opens the drawer without a sale; the reason is recorded. */
export function DrawerPanel(): ReactNode {
  const words = useWords();
  const { back, show } = useCounter();
  const { run } = useDesk();
  const reasons = words.drawer.openReasons;
  const [reason, setReason] = useState(reasons[0] ?? "");
  const open = async (): Promise<void> => {
    const outcome = await run("openDrawer", { reason });
    if (outcome.ok) show(home);
  };
  return (
    <Panel
      title={words.drawer.openTitle}
      onClose={back}
      foot={
        <KeyButton
          label={words.drawer.open}
          look="primary"
          unavailable={reason.trim() === "" ? words.reasons.reasonFirst : null}
          onPress={() => void open()}
        />
      }
    >
      <ReasonChoice label={words.common.reason} reasons={reasons} value={reason} onChange={setReason} />
    </Panel>
  );
}

/** A blind count: what should be there is said only after what is there was counted. */
export function CloseShiftPanel(): ReactNode {
  const words = useWords();
  const formats = useFormats();
  const store = useView("store");
  const shift = useView("shift");
  const { back, state, shiftClosed } = useCounter();
  const { run } = useDesk();
  const figure = useFigure("");
  const typed = parseMoneyEntry(figure.text, store.currencyDigits);
  const why =
    (state.cart?.lines.length ?? 0) > 0
      ? words.reasons.cartInHand
      : typed === null
        ? words.reasons.countFirst
        : null;
  const close = async (): Promise<void> => {
    if (why !== null || typed === null) return;
    const outcome = await run("closeShift", { countedCashMinor: typed });
    if (outcome.ok) shiftClosed(outcome.value);
  };
  useEnter(() => void close());
  return (
    <Panel
      title={words.shift.closeTitle}
      onClose={back}
      foot={
        <KeyButton
          label={words.shift.close}
          shortcut="↵"
          look="primary"
          unavailable={why}
          onPress={() => void close()}
        />
      }
    >
      <p className="lead">{words.shift.closeHow}</p>
      {shift ? (
        <p className="card-note">{words.shift.since(shift.staffName, formats.dateTime(shift.openedMs))}</p>
      ) : null}
      <FigurePad label={words.shift.counted} shown={formats.money(typed ?? 0)} figure={figure} />
    </Panel>
  );
}

/** Counted against expected. */
export function ShiftClosed(props: { readonly closed: ResultOf<"closeShift"> }): ReactNode {
  const words = useWords();
  const formats = useFormats();
  const { closed } = props;
  const over = closed.overShortMinor;
  return (
    <section className="closed" aria-label={words.shift.closedTitle}>
      <h2>{words.shift.closedTitle}</h2>
      <dl className="sums">
        <dt>{words.shift.counted}</dt>
        <dd>{formats.money(closed.countedCashMinor)}</dd>
        <dt>{words.shift.expected}</dt>
        <dd>{formats.money(closed.expectedCashMinor)}</dd>
        <dt className="sums-last">
          {over === 0 ? words.shift.exact : over > 0 ? words.shift.over : words.shift.short}
        </dt>
        <dd className="sums-last">{formats.money(Math.abs(over))}</dd>
      </dl>
    </section>
  );
}
