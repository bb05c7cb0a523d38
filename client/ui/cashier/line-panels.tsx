import { type ReactNode, useState } from "react";
import type { CommandInput } from "#schema/wire/commands.ts";
import { parseMoneyEntry, parsePercentEntry, parseQuantityEntry } from "../format/parse-entry.ts";
import { ReasonChoice, Segments } from "../parts/choices.tsx";
import { useDesk } from "../parts/desk.tsx";
import { FigurePad, useEnter, useFigure } from "../parts/figure.tsx";
import { KeyButton } from "../parts/key-button.tsx";
import { Panel } from "../parts/panel.tsx";
import { useFormats, useView, useWords } from "../parts/screen-context.tsx";
import { useCounter } from "./counter.tsx";
import { home, type Wanted } from "./sale-state.ts";

/** How many, or how much by weight. */
export function QuantityPanel(): ReactNode {
  const words = useWords();
  const formats = useFormats();
  const { state, back, show } = useCounter();
  const { run } = useDesk();
  const line = state.selected;
  const apply = async (): Promise<void> => {
    const typed = parseQuantityEntry(figure.text);
    if (!line || typed === null) return;
    const outcome = await run("setQuantity", {
      lineId: line.lineId,
      quantityMilli: line.isReturn ? -typed : typed,
    });
    if (outcome.ok) show(home);
  };
  const figure = useFigure("");
  useEnter(() => void apply());
  const typed = parseQuantityEntry(figure.text);
  if (!line) return null;
  return (
    <Panel
      title={words.actions.quantity}
      onClose={back}
      foot={
        <KeyButton
          label={words.common.apply}
          shortcut="↵"
          look="primary"
          unavailable={typed === null ? words.reasons.figureFirst : null}
          onPress={() => void apply()}
        />
      }
    >
      <p className="subject">
        <bdi>{line.name}</bdi>
      </p>
      <FigurePad
        label={words.line.newQuantity}
        shown={
          figure.text === ""
            ? formats.quantity(Math.abs(line.quantityMilli), line.unit)
            : line.unit === "piece"
              ? figure.text
              : `${figure.text} ${words.line.units[line.unit]}`
        }
        figure={figure}
        point
      />
    </Panel>
  );
}

/** Percent or amount off one line or the whole cart, with the reason that the receipt prints. */
export function DiscountPanel(props: { readonly of: "line" | "cart" }): ReactNode {
  const words = useWords();
  const formats = useFormats();
  const store = useView("store");
  const { state, back, show } = useCounter();
  const { run } = useDesk();
  const [kind, setKind] = useState<"percent" | "amount">("percent");
  const [reason, setReason] = useState(store.discountReasons[0] ?? "");
  const line = state.selected;
  const figure = useFigure("");
  const percentBp = parsePercentEntry(figure.text);
  const amountMinor = parseMoneyEntry(figure.text, store.currencyDigits);
  const typed = kind === "percent" ? percentBp : amountMinor === 0 ? null : amountMinor;
  const why =
    typed === null ? words.reasons.figureFirst : reason.trim() === "" ? words.reasons.reasonFirst : null;

  const give = async (discount: CommandInput<"discountCart">["discount"]): Promise<void> => {
    const outcome =
      props.of === "cart"
        ? await run("discountCart", { discount })
        : await run("discountLine", { lineId: line?.lineId ?? "", discount });
    if (outcome.ok) show(home);
  };
  const apply = async (): Promise<void> => {
    if (why !== null || typed === null) return;
    await give(
      kind === "percent"
        ? { kind, percentBp: typed, reason }
        : { kind: "amount", amountMinor: typed, reason },
    );
  };
  useEnter(() => void apply());
  const has = props.of === "cart" ? state.cart?.discount !== null : (line?.discounts.length ?? 0) > 0;
  return (
    <Panel
      title={props.of === "cart" ? words.line.cartDiscount : words.line.lineDiscount}
      onClose={back}
      foot={
        <>
          {has ? <KeyButton label={words.line.clearDiscount} onPress={() => void give(null)} /> : null}
          <KeyButton
            label={words.common.apply}
            shortcut="↵"
            look="primary"
            unavailable={why}
            onPress={() => void apply()}
          />
        </>
      }
    >
      {props.of === "line" && line ? (
        <p className="subject">
          <bdi>{line.name}</bdi>
        </p>
      ) : null}
      <Segments
        label={words.line.discountKind}
        value={kind}
        onChange={setKind}
        options={[
          { value: "percent", label: words.line.percent },
          { value: "amount", label: words.line.amount },
        ]}
      />
      <FigurePad
        label={words.line.discountFigure}
        shown={
          kind === "percent"
            ? percentBp === null
              ? `${figure.text === "" ? 0 : figure.text}%`
              : formats.percent(percentBp)
            : formats.money(amountMinor ?? 0)
        }
        figure={figure}
        point
      />
      <ReasonChoice
        label={words.common.reason}
        reasons={store.discountReasons}
        value={reason}
        onChange={setReason}
      />
    </Panel>
  );
}

/** Another unit price for this line alone, with its reason. */
export function PricePanel(): ReactNode {
  const words = useWords();
  const formats = useFormats();
  const store = useView("store");
  const { state, back, show } = useCounter();
  const { run } = useDesk();
  const [reason, setReason] = useState(words.line.priceReasons[0] ?? "");
  const line = state.selected;
  const figure = useFigure("");
  const typed = parseMoneyEntry(figure.text, store.currencyDigits);
  const why =
    typed === null ? words.reasons.figureFirst : reason.trim() === "" ? words.reasons.reasonFirst : null;
  const set = async (priceMinor: number | null): Promise<void> => {
    if (!line) return;
    const outcome = await run("overridePrice", { lineId: line.lineId, priceMinor, reason });
    if (outcome.ok) show(home);
  };
  const apply = async (): Promise<void> => {
    if (why === null) await set(typed);
  };
  useEnter(() => void apply());
  if (!line) return null;
  return (
    <Panel
      title={words.line.price}
      onClose={back}
      foot={
        <>
          {line.overriddenFromMinor === undefined ? null : (
            <KeyButton label={words.line.ownPrice} onPress={() => void set(null)} />
          )}
          <KeyButton
            label={words.common.apply}
            shortcut="↵"
            look="primary"
            unavailable={why}
            onPress={() => void apply()}
          />
        </>
      }
    >
      <p className="subject">
        <bdi>{line.name}</bdi>
      </p>
      <FigurePad
        label={words.line.newPrice(formats.money(line.overriddenFromMinor ?? line.unitPriceMinor))}
        shown={formats.money(typed ?? line.unitPriceMinor)}
        figure={figure}
        point
      />
      <ReasonChoice
        label={words.common.reason}
        reasons={words.line.priceReasons}
        value={reason}
        onChange={setReason}
      />
    </Panel>
  );
}

/** A sale at an open price under a department: the figure keyed before counts as the price. */
export function DepartmentPanel(props: {
  readonly departmentId: string;
  readonly name?: string | undefined;
}): ReactNode {
  const words = useWords();
  const formats = useFormats();
  const store = useView("store");
  const { entry, clearEntry, back, show } = useCounter();
  const { run } = useDesk();
  const figure = useFigure(entry.text);
  const typed = parseMoneyEntry(figure.text, store.currencyDigits);
  const department = store.departments.find((one) => one.id === props.departmentId);
  const sell = async (): Promise<void> => {
    if (typed === null) return;
    const outcome = await run("addDepartment", {
      departmentId: props.departmentId,
      priceMinor: typed,
      ...(props.name === undefined ? {} : { name: props.name }),
      ...(entry.quantityMilli === null ? {} : { quantityMilli: entry.quantityMilli }),
    });
    if (outcome.ok) {
      clearEntry();
      show(home);
    }
  };
  useEnter(() => void sell());
  return (
    <Panel
      title={props.name ?? department?.name ?? ""}
      onClose={back}
      foot={
        <KeyButton
          label={words.line.sellAt}
          shortcut="↵"
          look="primary"
          unavailable={typed === null ? words.reasons.figureFirst : null}
          onPress={() => void sell()}
        />
      }
    >
      <FigurePad label={words.line.openPrice} shown={formats.money(typed ?? 0)} figure={figure} />
    </Panel>
  );
}

/** Goods by weight or volume, keyed where no scale says it. */
export function WeightPanel(props: {
  readonly name: string;
  readonly unit: "kg" | "l";
  readonly of: Wanted;
}): ReactNode {
  const words = useWords();
  const formats = useFormats();
  const { back, addWeighed } = useCounter();
  const figure = useFigure("");
  const typed = parseQuantityEntry(figure.text);
  const ready = typed !== null && typed > 0;
  const sell = (): void => {
    if (ready) addWeighed(props.of, typed);
  };
  useEnter(() => sell());
  return (
    <Panel
      title={props.unit === "kg" ? words.line.weigh : words.line.volume}
      onClose={back}
      foot={
        <KeyButton
          label={words.line.sellAt}
          shortcut="↵"
          look="primary"
          unavailable={ready ? null : words.reasons.figureFirst}
          onPress={sell}
        />
      }
    >
      <p className="subject">
        <bdi>{props.name}</bdi>
      </p>
      <FigurePad
        label={props.unit === "kg" ? words.line.weight : words.line.volume}
        shown={
          figure.text === ""
            ? formats.quantity(0, props.unit)
            : `${figure.text} ${words.line.units[props.unit]}`
        }
        figure={figure}
        point
      />
    </Panel>
  );
}
