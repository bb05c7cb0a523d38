import type { ReactNode } from "react";
import { useDesk } from "../parts/desk.tsx";
import { CheckIcon } from "../parts/icons.tsx";
import { KeyButton } from "../parts/key-button.tsx";
import { useFormats, useWords } from "../parts/screen-context.tsx";
import { useCounter } from "./counter.tsx";

/** The sale is on disk: the change, as large as it can be, until the next one begins. */
export function PaidPanel(): ReactNode {
  const words = useWords();
  const formats = useFormats();
  const { state } = useCounter();
  const { run } = useDesk();
  const { paid } = state;
  if (!paid) return null;
  const refund = paid.totalMinor < 0;
  return (
    <section className="done" aria-label={words.tender.done}>
      <p className="done-mark">
        <CheckIcon /> {words.tender.doneNumber(formats.code(paid.number))}
      </p>
      <p className="done-word" id="change-word">
        {refund ? words.tender.gaveBack : words.tender.change}
      </p>
      <output className="done-figure" aria-live="assertive" aria-labelledby="change-word">
        {formats.money(refund ? -paid.totalMinor : paid.changeMinor)}
      </output>
      {refund ? null : (
        <dl className="done-sums">
          <dt>{words.sale.total}</dt>
          <dd>{formats.money(paid.totalMinor)}</dd>
          <dt>{words.tender.received}</dt>
          <dd>{formats.money(paid.paidMinor)}</dd>
        </dl>
      )}
      <p className="quiet">{words.tender.scanOn}</p>
      <KeyButton
        label={words.receipts.reprint}
        look="quiet"
        onPress={() => void run("reprint", { receiptId: paid.receiptId })}
      />
    </section>
  );
}
