import { type ReactNode, useId } from "react";
import { useDesk } from "./desk.tsx";

/**
 * A key of the till: a label, its shortcut, and, when it cannot be used now, why. Such a key stays where it is and can
 * still be reached; pressed, it says its reason in the place where the till speaks.
 */
export function KeyButton(props: {
  readonly label: string;
  readonly onPress: () => void;
  readonly shortcut?: string | undefined;
  readonly unavailable?: string | null | undefined;
  readonly look?: "plain" | "primary" | "quiet" | "danger" | "digit" | undefined;
  readonly icon?: ReactNode;
  readonly name?: string | undefined;
  readonly pressed?: boolean | undefined;
  readonly children?: ReactNode;
}): ReactNode {
  const { say } = useDesk();
  const reasonId = useId();
  const unavailable = props.unavailable ?? null;
  return (
    <button
      type="button"
      className={`key key-${props.look ?? "plain"}`}
      aria-label={props.name}
      aria-disabled={unavailable === null ? undefined : true}
      aria-describedby={unavailable === null ? undefined : reasonId}
      aria-keyshortcuts={props.shortcut === undefined ? undefined : ariaKeys(props.shortcut)}
      aria-pressed={props.pressed}
      onClick={() => (unavailable === null ? props.onPress() : say({ type: "note", text: unavailable }))}
    >
      {props.icon}
      <span className="key-label">{props.label}</span>
      {props.children}
      {props.shortcut === undefined ? null : (
        <kbd aria-hidden="true" dir="ltr">
          {props.shortcut}
        </kbd>
      )}
      {unavailable === null ? null : (
        <span id={reasonId} className="unseen">
          {unavailable}
        </span>
      )}
    </button>
  );
}

const ariaNames: Record<string, string> = {
  Del: "Delete",
  "Ctrl Z": "Control+Z",
  "↵": "Enter",
  Esc: "Escape",
};

function ariaKeys(shortcut: string): string {
  return ariaNames[shortcut] ?? shortcut;
}
