import { type ReactNode, useCallback, useEffect, useState } from "react";
import type { ExceptionView } from "#schema/wire/views.ts";
import { TextField } from "../parts/choices.tsx";
import { useDesk } from "../parts/desk.tsx";
import { KeyButton } from "../parts/key-button.tsx";
import { useFormats, useScreen, useView, useWords } from "../parts/screen-context.tsx";

/** What a person has to settle; what was settled stays below, with how and by whom. */
export function Exceptions(): ReactNode {
  const words = useWords();
  const { link } = useScreen();
  const open = useView("exceptions");
  const [exceptions, setExceptions] = useState<readonly ExceptionView[] | null>(null);
  const look = useCallback(() => {
    void link.command("exceptions", {}).then((outcome) => {
      if (outcome.ok) setExceptions(outcome.value.exceptions);
    });
  }, [link]);
  // The count in the view changes when the list does.
  useEffect(look, [look, open]);
  const unsettled = exceptions?.filter((one) => one.settled === null) ?? [];
  const settled = exceptions?.filter((one) => one.settled !== null) ?? [];
  return (
    <section className="sheet" aria-label={words.manager.exceptions}>
      <h2>{words.manager.exceptions}</h2>
      {exceptions !== null && unsettled.length === 0 ? (
        <p className="lead">{words.manager.nothingToSettle}</p>
      ) : null}
      <ul className="cards">
        {[...unsettled, ...settled].map((one) => (
          <Exception key={one.exceptionId} exception={one} settled={look} />
        ))}
      </ul>
    </section>
  );
}

function Exception(props: { readonly exception: ExceptionView; readonly settled: () => void }): ReactNode {
  const { exception } = props;
  const words = useWords();
  const formats = useFormats();
  const { run } = useDesk();
  const [note, setNote] = useState("");
  const why = note.trim() === "" ? words.manager.noteFirst : null;
  const settle = async (): Promise<void> => {
    if (why !== null) return;
    const outcome = await run("settleException", { exceptionId: exception.exceptionId, note });
    if (outcome.ok) props.settled();
  };
  return (
    <li className="card exception">
      <p className="card-title">
        <span>
          <em className={exception.settled ? "tag" : "tag tag-warn"}>
            {words.manager.exceptionKinds[exception.kind]}
          </em>
        </span>
        <span className="card-note">{formats.dateTime(exception.timeMs)}</span>
      </p>
      <p>
        <bdi>{exception.summary}</bdi>
      </p>
      {exception.receipts.length > 0 ? (
        <ul className="rows">
          {exception.receipts.map((receipt) => (
            <li key={receipt.receiptId}>
              <span>{formats.code(receipt.number)}</span>
              <bdi className="quiet">{receipt.tillLabel}</bdi>
              <span>{formats.money(receipt.totalMinor)}</span>
            </li>
          ))}
        </ul>
      ) : null}
      {exception.settled ? (
        <p className="card-note">
          <bdi>{exception.settled.note}</bdi> ·{" "}
          {words.manager.settledBy(exception.settled.staffName, formats.dateTime(exception.settled.timeMs))}
        </p>
      ) : (
        <form
          className="settle"
          onSubmit={(event) => {
            event.preventDefault();
            void settle();
          }}
        >
          <TextField label={words.manager.settleNote} value={note} onChange={setNote} maxLength={200} />
          <KeyButton label={words.manager.settle} unavailable={why} onPress={() => void settle()} />
        </form>
      )}
    </li>
  );
}
