import { memo, type ReactNode, useEffect, useRef } from "react";
import type { CartLineView } from "#schema/wire/views.ts";
import { ScanIcon } from "../parts/icons.tsx";
import { useFormats, useWords } from "../parts/screen-context.tsx";
import { useCounter } from "./counter.tsx";

/** The goods, oldest first, growing down from the upper edge. */
export function Lines(): ReactNode {
  const words = useWords();
  const { state, select } = useCounter();
  const list = useRef<HTMLDivElement>(null);
  const lines = state.cart?.lines ?? [];
  const selectedId = state.selected?.lineId ?? null;
  useEffect(() => {
    const row = document.getElementById(`line-${selectedId}`);
    if (list.current && row) keepInSight(list.current, row);
  }, [selectedId]);
  if (lines.length === 0) {
    return (
      <div className="lines lines-empty">
        <ScanIcon />
        <p className="lines-hint">{words.sale.scanFirst}</p>
        <p className="lines-hint-small">{words.sale.scanHow}</p>
      </div>
    );
  }
  return (
    <div
      ref={list}
      className="lines"
      role="listbox"
      aria-label={words.sale.lines}
      tabIndex={0}
      aria-activedescendant={selectedId === null ? undefined : `line-${selectedId}`}
    >
      {lines.map((line) => (
        <Line
          key={line.lineId}
          line={line}
          selected={line.lineId === selectedId}
          last={line.lineId === state.cart?.lastLineId}
          select={select}
        />
      ))}
    </div>
  );
}

/** Scrolls the list alone, never the page around it. */
function keepInSight(list: HTMLElement, row: HTMLElement): void {
  const box = list.getBoundingClientRect();
  const place = row.getBoundingClientRect();
  if (place.top < box.top) list.scrollTop -= box.top - place.top + 8;
  else if (place.bottom > box.bottom) list.scrollTop += place.bottom - box.bottom + 8;
}

const Line = memo(function Line(props: {
  readonly line: CartLineView;
  readonly selected: boolean;
  readonly last: boolean;
  readonly select: (lineId: string) => void;
}): ReactNode {
  const { line } = props;
  const words = useWords();
  const formats = useFormats();
  return (
    <div
      id={`line-${line.lineId}`}
      role="option"
      aria-selected={props.selected}
      className={`line${props.last ? " line-last" : ""}${line.isReturn ? " line-return" : ""}`}
      onClick={() => props.select(line.lineId)}
    >
      <span className="line-quantity">{formats.quantity(line.quantityMilli, line.unit)}</span>
      <span className="line-name">
        <bdi>{line.name}</bdi>
        {line.isReturn ? <em className="tag tag-warn">{words.sale.return}</em> : null}
        {line.ageYears === undefined ? null : <em className="tag">{words.sale.ageTag(line.ageYears)}</em>}
        {line.stockAfterMilli === undefined ? null : (
          <em className="tag tag-warn">
            {words.sale.stockBelow(formats.quantity(line.stockAfterMilli, line.unit))}
          </em>
        )}
      </span>
      <span className="line-total">{formats.money(line.totalMinor)}</span>
      <LineDetail line={line} />
    </div>
  );
});

/** Unit price where it says something, and every discount with its reason. */
export function LineDetail(props: { readonly line: CartLineView }): ReactNode {
  const { line } = props;
  const words = useWords();
  const formats = useFormats();
  const each = line.unit !== "piece" || Math.abs(line.quantityMilli) !== 1000;
  if (!each && line.discounts.length === 0 && line.overriddenFromMinor === undefined) return null;
  return (
    <span className="line-detail">
      {each || line.overriddenFromMinor !== undefined ? (
        <span>{words.sale.unitPrice(formats.money(line.unitPriceMinor), line.unit)}</span>
      ) : null}
      {line.overriddenFromMinor === undefined ? null : (
        <span>{words.sale.insteadOf(formats.money(line.overriddenFromMinor))}</span>
      )}
      {line.discounts.map((discount, index) => (
        <span key={index} className="saving">
          {formats.money(-Math.abs(discount.amountMinor))} · <bdi>{discount.reason}</bdi>
        </span>
      ))}
    </span>
  );
}
