import type { ReactNode } from "react";
import { useWords } from "./screen-context.tsx";

const rows = ["7", "8", "9", "4", "5", "6", "1", "2", "3"] as const;

/** Digits in the order of a till's keypad; the last row is `00`, `0` and the corner key. Left to right in every language. */
export function Keypad(props: {
  readonly onKey: (key: string) => void;
  readonly corner?: "." | "*" | "Backspace" | "Enter";
  readonly wide?: "00" | "Backspace" | ".";
}): ReactNode {
  const words = useWords();
  const names: Record<string, string> = {
    ".": words.keypad.point,
    "*": words.keypad.times,
    Backspace: words.keypad.erase,
    Enter: words.keypad.enter,
  };
  const faces: Record<string, string> = { "*": "×", Backspace: "⌫", Enter: "↵" };
  const keys = [...rows, props.wide ?? "00", "0", props.corner ?? "Backspace"];
  return (
    <div className="keypad" dir="ltr" role="group" aria-label={words.keypad.name}>
      {keys.map((key) => (
        <button
          key={key}
          type="button"
          className="key key-digit"
          aria-label={names[key]}
          onClick={() => props.onKey(key)}
        >
          {faces[key] ?? key}
        </button>
      ))}
    </div>
  );
}
