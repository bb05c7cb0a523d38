import { type ReactNode, useState } from "react";
import { emptyEntry, typeEntry } from "../keys/entry.ts";
import { Keypad } from "./keypad.tsx";
import { useKeyLayer } from "./screen-context.tsx";

export interface Figure {
  readonly text: string;
  readonly type: (key: string) => void;
}

/** A figure keyed on the keypad or the keyboard, without a text field: digits go here whatever has the focus. */
export function useFigure(begin: string): Figure {
  const [text, set] = useState(begin);
  const [fresh, setFresh] = useState(begin !== "");
  const type = (key: string): void => {
    // The first key replaces a figure that was there, as on a pocket calculator.
    const from = fresh && key !== "Backspace" ? "" : text;
    setFresh(false);
    set(typeEntry({ ...emptyEntry, text: from }, key).text);
  };
  useKeyLayer(1, {
    onKey: (key, inText) => {
      if (key !== "Backspace" || inText) return false;
      type(key);
      return true;
    },
    onCharacter: (character) => {
      if (/[\d.,]/.test(character)) type(character);
      return true;
    },
  });
  return { text, type };
}

/** What Enter does in a panel. A key on the screen that has the focus keeps its own Enter. */
export function useEnter(onEnter: () => void): void {
  useKeyLayer(1, {
    onKey: (key, inText) => {
      if (key !== "Enter" || (!inText && focusedOnKey())) return false;
      onEnter();
      return true;
    },
  });
}

function focusedOnKey(): boolean {
  return document.activeElement instanceof HTMLButtonElement;
}

/** The figure, large, and the keypad under it. */
export function FigurePad(props: {
  readonly label: string;
  readonly shown: string;
  readonly figure: Figure;
  readonly point?: boolean;
}): ReactNode {
  return (
    <>
      <div className="figure-field">
        <span className="field-label">{props.label}</span>
        <output aria-live="polite" aria-label={props.label}>
          {props.shown}
        </output>
      </div>
      <Keypad wide={props.point ? "." : "00"} corner="Backspace" onKey={props.figure.type} />
    </>
  );
}
