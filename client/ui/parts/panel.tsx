import { type ReactNode, useEffect, useId, useRef } from "react";
import { CloseIcon } from "./icons.tsx";
import { useWords } from "./screen-context.tsx";

/**
 * A dialog that stands beside the cart, in the pane, so that the lines and the total stay in sight. It takes the focus
 * when it opens and gives it back when it goes; Escape is the screen's one step back.
 */
export function Panel(props: {
  readonly title: string;
  readonly onClose?: (() => void) | undefined;
  readonly children: ReactNode;
  readonly foot?: ReactNode;
  readonly role?: "dialog" | "alertdialog";
  readonly className?: string;
  /** A command that was given here is under way: what is pressed meanwhile is let pass. */
  readonly busy?: boolean;
}): ReactNode {
  const words = useWords();
  const titleId = useId();
  const box = useRef<HTMLElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    const first = box.current?.querySelector<HTMLElement>("[data-first]");
    (first ?? box.current)?.focus();
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true });
    };
  }, []);
  return (
    <section
      ref={box}
      className={`panel ${props.className ?? ""}`}
      role={props.role ?? "dialog"}
      aria-labelledby={titleId}
      aria-busy={props.busy ?? false}
      tabIndex={-1}
    >
      <header className="panel-head">
        <h2 id={titleId}>{props.title}</h2>
        {props.onClose ? (
          <button type="button" className="key key-quiet key-square" onClick={props.onClose}>
            <CloseIcon />
            <span className="unseen">{words.common.back}</span>
            <kbd aria-hidden="true">Esc</kbd>
          </button>
        ) : null}
      </header>
      <div className="panel-body">{props.children}</div>
      {props.foot ? <footer className="panel-foot">{props.foot}</footer> : null}
    </section>
  );
}
