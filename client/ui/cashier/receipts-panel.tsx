import { type ReactNode, useEffect, useState } from "react";
import type { ReceiptDetail, ReceiptSummary } from "#schema/wire/views.ts";
import { ReasonChoice, TextField } from "../parts/choices.tsx";
import { type Approval, useDesk } from "../parts/desk.tsx";
import { KeyButton } from "../parts/key-button.tsx";
import { Panel } from "../parts/panel.tsx";
import { ReceiptPaper } from "../parts/receipt-paper.tsx";
import { useFormats, useKeyLayer, useScreen, useWords } from "../parts/screen-context.tsx";
import { useCounter } from "./counter.tsx";
import { home } from "./sale-state.ts";

/** Finds a receipt by number, day, amount or item. */
export function ReceiptsPanel(): ReactNode {
  const words = useWords();
  const formats = useFormats();
  const { link } = useScreen();
  const { back, show } = useCounter();
  const [text, setText] = useState("");
  const [day, setDay] = useState("");
  const [found, setFound] = useState<readonly ReceiptSummary[] | null>(null);
  useEffect(() => {
    let newest = true;
    void link
      .command("findReceipts", {
        ...(text.trim() === "" ? {} : { text: text.trim() }),
        ...(day === "" ? {} : { day }),
        limit: 50,
      })
      .then((outcome) => {
        if (newest && outcome.ok) setFound(outcome.value.receipts);
      });
    return () => {
      newest = false;
    };
  }, [link, text, day]);
  useKeyLayer(1, {
    onKey: (key, inText) => {
      const first = found?.[0];
      if (key !== "Enter" || !inText || !first) return false;
      show({ type: "receipt", receiptId: first.receiptId });
      return true;
    },
    onScan: (code) => {
      setText(code);
      return true;
    },
    onCharacter: (character) => {
      setText((before) => before + character);
      return true;
    },
  });
  return (
    <Panel title={words.receipts.title} onClose={back}>
      <div className="finder">
        <TextField
          label={words.receipts.find}
          hint={words.receipts.findHint}
          value={text}
          onChange={setText}
          type="search"
          first
        />
        <TextField label={words.receipts.day} value={day} onChange={setDay} type="date" />
      </div>
      <p className="unseen" role="status">
        {found === null ? "" : words.receipts.found(formats.count(found.length))}
      </p>
      {found?.length === 0 ? <p className="lead quiet">{words.receipts.none}</p> : null}
      <ul className="cards">
        {found?.map((receipt) => (
          <li key={receipt.receiptId}>
            <button
              type="button"
              className="card card-key"
              onClick={() => show({ type: "receipt", receiptId: receipt.receiptId })}
            >
              <span className="card-title">
                <span>
                  {formats.code(receipt.number)}
                  {receipt.kind === "sale" ? null : (
                    <em className="tag tag-warn">{words.receipts[receipt.kind]}</em>
                  )}
                  {receipt.voided ? <em className="tag tag-warn">{words.receipts.voided}</em> : null}
                </span>
                <span className="card-figure">{formats.money(receipt.totalMinor)}</span>
              </span>
              <span className="card-note">
                {formats.dateTime(receipt.timeMs)} · <bdi>{receipt.tillLabel}</bdi> ·{" "}
                <bdi>{receipt.staffName}</bdi> · {words.sale.lineCount(receipt.lines)}
              </span>
            </button>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

/** One receipt: choose lines and how many come back. */
export function ReceiptPanel(props: { readonly receiptId: string }): ReactNode {
  const words = useWords();
  const formats = useFormats();
  const { back, show } = useCounter();
  const { run } = useDesk();
  const [receipt, setReceipt] = useState<ReceiptDetail | null>(null);
  const [chosen, setChosen] = useState<ReadonlyMap<number, number>>(new Map());
  const reasons = words.receipts.reasons;
  const [reason, setReason] = useState(reasons[0] ?? "");
  const [seen, setSeen] = useState<"lines" | "paper" | "void">("lines");
  const { receiptId } = props;
  useEffect(() => {
    void run("receipt", { receiptId }).then((outcome) => {
      if (outcome.ok) setReceipt(outcome.value);
    });
  }, [run, receiptId]);
  useKeyLayer(1, { onCharacter: () => true });
  if (!receipt)
    return (
      <Panel title={words.receipts.title} onClose={back}>
        {null}
      </Panel>
    );

  const choose = (lineNo: number, quantityMilli: number): void => {
    const next = new Map(chosen);
    if (quantityMilli <= 0) next.delete(lineNo);
    else next.set(lineNo, quantityMilli);
    setChosen(next);
  };
  const returnChosen = async (): Promise<void> => {
    const shared: { approval?: Approval } = {};
    for (const [lineNo, quantityMilli] of chosen) {
      const outcome = await run("returnLine", { receiptId, lineNo, quantityMilli, reason }, { shared });
      if (!outcome.ok) return;
    }
    show(home);
  };
  const voidSale = async (): Promise<void> => {
    const outcome = await run("voidSale", { receiptId, reason });
    if (outcome.ok) show({ type: "receipts" });
  };
  const returnable = receipt.items.filter((item) => item.returnableMilli > 0);
  const why =
    chosen.size === 0 ? words.reasons.chooseLines : reason.trim() === "" ? words.reasons.reasonFirst : null;
  return (
    <Panel
      title={words.receipts.numbered(formats.code(receipt.number))}
      onClose={back}
      foot={
        seen === "lines" ? (
          <>
            <KeyButton
              label={words.receipts.all}
              unavailable={returnable.length === 0 ? words.reasons.nothingReturnable : null}
              onPress={() =>
                setChosen(new Map(returnable.map((item) => [item.lineNo, item.returnableMilli])))
              }
            />
            <KeyButton
              label={words.receipts.returnChosen}
              look="primary"
              unavailable={returnable.length === 0 ? words.reasons.nothingReturnable : why}
              onPress={() => void returnChosen()}
            />
          </>
        ) : seen === "paper" ? (
          <KeyButton
            label={words.receipts.reprint}
            look="primary"
            onPress={() => void run("reprint", { receiptId })}
          />
        ) : (
          <KeyButton
            label={words.receipts.voidNow}
            look="danger"
            unavailable={
              receipt.voided
                ? words.reasons.alreadyVoided
                : reason.trim() === ""
                  ? words.reasons.reasonFirst
                  : null
            }
            onPress={() => void voidSale()}
          />
        )
      }
    >
      <Segments
        value={seen}
        onChange={setSeen}
        label={words.receipts.numbered(formats.code(receipt.number))}
      />
      <p className="card-note">
        {formats.dateTime(receipt.timeMs)} · <bdi>{receipt.tillLabel}</bdi> ·{" "}
        {formats.money(receipt.totalMinor)}
      </p>
      {seen === "paper" ? <ReceiptPaper lines={receipt.receipt} /> : null}
      {seen === "void" ? (
        <p className="lead">{words.receipts.voidWhat(formats.money(receipt.totalMinor))}</p>
      ) : null}
      {seen === "lines" ? (
        <ul className="returns" aria-label={words.receipts.linesToReturn}>
          {receipt.items.map((item) => (
            <ReturnRow
              key={item.lineNo}
              item={item}
              chosenMilli={chosen.get(item.lineNo) ?? 0}
              choose={choose}
            />
          ))}
        </ul>
      ) : null}
      {seen === "paper" ? null : (
        <ReasonChoice label={words.common.reason} reasons={reasons} value={reason} onChange={setReason} />
      )}
    </Panel>
  );
}

function Segments(props: {
  readonly label: string;
  readonly value: "lines" | "paper" | "void";
  readonly onChange: (value: "lines" | "paper" | "void") => void;
}): ReactNode {
  const words = useWords();
  return (
    <div className="segments" role="radiogroup" aria-label={props.label}>
      {(["lines", "paper", "void"] as const).map((value) => (
        <button
          key={value}
          type="button"
          role="radio"
          aria-checked={value === props.value}
          className="segment"
          onClick={() => props.onChange(value)}
        >
          {words.receipts.views[value]}
        </button>
      ))}
    </div>
  );
}

function ReturnRow(props: {
  readonly item: ReceiptDetail["items"][number];
  readonly chosenMilli: number;
  readonly choose: (lineNo: number, quantityMilli: number) => void;
}): ReactNode {
  const { item, chosenMilli, choose } = props;
  const words = useWords();
  const formats = useFormats();
  // A weighed line comes back whole; pieces come back one by one.
  const step = item.unit === "piece" ? Math.min(1000, item.returnableMilli) : item.returnableMilli;
  return (
    <li className={`return-row${chosenMilli > 0 ? " return-row-on" : ""}`}>
      <span className="return-name">
        <bdi>{item.name}</bdi>
        <span className="card-note">
          {formats.quantity(item.quantityMilli, item.unit)} · {formats.money(item.totalMinor)}
          {item.returnableMilli < item.quantityMilli
            ? ` · ${words.receipts.stillReturnable(formats.quantity(item.returnableMilli, item.unit))}`
            : null}
        </span>
      </span>
      <span className="stepper">
        <KeyButton
          label="−"
          name={words.receipts.fewer(item.name)}
          unavailable={chosenMilli > 0 ? null : words.reasons.noneChosen}
          onPress={() => choose(item.lineNo, chosenMilli - step)}
        />
        <output aria-label={words.receipts.returning(item.name)}>
          {formats.quantity(chosenMilli, item.unit)}
        </output>
        <KeyButton
          label="+"
          name={words.receipts.more(item.name)}
          unavailable={
            step > 0 && chosenMilli + step <= item.returnableMilli ? null : words.reasons.noMoreReturnable
          }
          onPress={() => choose(item.lineNo, chosenMilli + step)}
        />
      </span>
    </li>
  );
}
