import type { ReactNode } from "react";
import { useFormats, useWords } from "../parts/screen-context.tsx";

/** What a new price would do, before it does it: old, new, and by how much. Empty while there is nothing to say. */
export function Effect(props: { readonly oldMinor: number; readonly newMinor: number | null }): ReactNode {
  const { oldMinor, newMinor } = props;
  const words = useWords();
  const formats = useFormats();
  const shown =
    newMinor === null || newMinor === oldMinor
      ? ""
      : words.manager.effectOf(
          formats.money(oldMinor),
          formats.money(newMinor),
          oldMinor === 0
            ? ""
            : formats.signedPercent(Math.round(((newMinor - oldMinor) * 10_000) / oldMinor)),
        );
  return (
    <output className="effect" aria-label={words.manager.effect}>
      {shown}
    </output>
  );
}
