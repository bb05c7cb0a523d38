import type { ReactNode } from "react";
import type { ReceiptLine } from "#schema/wire/views.ts";
import { useWords } from "./screen-context.tsx";

/** The receipt as the printer lays it out. */
export function ReceiptPaper(props: { readonly lines: readonly ReceiptLine[] }): ReactNode {
  const words = useWords();
  return (
    <div className="paper" role="region" aria-label={words.receipts.preview} tabIndex={0}>
      {props.lines.map((line, index) =>
        line.kind === "rule" ? (
          <hr key={index} />
        ) : (
          <p key={index} className={`paper-${line.kind}`}>
            <bdi>{line.left}</bdi>
            {line.right === undefined ? null : <bdi dir="ltr">{line.right}</bdi>}
          </p>
        ),
      )}
    </div>
  );
}
