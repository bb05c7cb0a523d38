import type { ReactNode } from "react";
import { WarnIcon } from "../parts/icons.tsx";
import { useDesk } from "../parts/desk.tsx";
import { useFormats, usePicture, useWords } from "../parts/screen-context.tsx";
import { errorText } from "../words/words.ts";
import { useCounter } from "./counter.tsx";
import { LineDetail } from "./lines.tsx";

/** Where the till speaks: the line added last, or what went wrong and what to do now. Always in the same place. */
export function LastLine(): ReactNode {
  const words = useWords();
  const formats = useFormats();
  const { state } = useCounter();
  const { message } = useDesk();
  const signal = usePicture((picture) => picture.signal);
  const line = state.cart?.lines.find((one) => one.lineId === state.cart?.lastLineId) ?? null;
  return (
    <section
      className={`last${message ? ` last-${message.type}` : ""}`}
      aria-label={words.sale.lastLine}
      data-signal={signal === null ? undefined : `${signal.kind}-${signal.count % 2}`}
    >
      <div aria-live="polite" aria-atomic="true" className="last-live">
        {message ? (
          <p className="last-message">
            <WarnIcon />
            <span>{message.type === "note" ? message.text : errorText(words, formats, message.error)}</span>
          </p>
        ) : line ? (
          <>
            <span className="last-quantity">
              {formats.quantity(line.quantityMilli, line.unit)}
              <span aria-hidden="true"> ×</span>
            </span>
            <bdi className="last-name">{line.name}</bdi>
            <span className="last-price">{formats.money(line.totalMinor)}</span>
            <LineDetail line={line} />
          </>
        ) : (
          <p className="last-message last-quiet">{words.sale.nothingYet}</p>
        )}
      </div>
    </section>
  );
}

/** The largest figure on the screen. */
export function Total(): ReactNode {
  const words = useWords();
  const formats = useFormats();
  const { state } = useCounter();
  const { cart, paid } = state;
  const shownPaid = cart === null ? paid : null;
  const total = cart?.totalMinor ?? shownPaid?.totalMinor ?? 0;
  const pieces = cart?.lines.length ?? 0;
  return (
    <section className="total" aria-label={words.sale.total}>
      <div className="total-notes">
        <span className="total-word">
          {shownPaid && total >= 0 ? words.sale.paid : total < 0 ? words.sale.toGiveBack : words.sale.total}
        </span>
        {cart && pieces > 0 ? (
          <span className="total-small">
            {words.sale.lineCount(pieces)}
            {cart.taxMinor === 0 ? null : ` · ${words.sale.taxOf(formats.money(cart.taxMinor))}`}
          </span>
        ) : null}
        {cart?.customer ? (
          <span className="total-small">
            <bdi>{cart.customer.name}</bdi>
            {cart.customer.taxExemptCertificate === undefined ? null : (
              <em className="tag">{words.sale.taxExempt}</em>
            )}
          </span>
        ) : null}
        {cart && cart.savingsMinor > 0 ? (
          <span className="total-small saving">{words.sale.saved(formats.money(cart.savingsMinor))}</span>
        ) : null}
      </div>
      <output className="total-figure" aria-live="polite" aria-label={words.sale.total}>
        {formats.money(Math.abs(total) === 0 ? 0 : total < 0 ? -total : total)}
      </output>
    </section>
  );
}
