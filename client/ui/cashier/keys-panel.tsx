import type { ReactNode } from "react";
import { Panel } from "../parts/panel.tsx";
import { useWords } from "../parts/screen-context.tsx";
import { useCounter } from "./counter.tsx";
import { type ActionId, actions } from "./sale-state.ts";

/** All keys on one page, from the very table that the keyboard works by. */
export function KeysPanel(): ReactNode {
  const words = useWords();
  const { back } = useCounter();
  return (
    <Panel title={words.keys.title} onClose={back}>
      <dl className="key-list" tabIndex={0}>
        {words.keys.typing.map(([keys, what]) => (
          <div key={keys}>
            <dt>
              <kbd dir="ltr">{keys}</kbd>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
        {(Object.keys(actions) as ActionId[]).map((id) => (
          <div key={id}>
            <dt>
              <kbd dir="ltr">{actions[id].shown}</kbd>
            </dt>
            <dd>{words.actions[id]}</dd>
          </div>
        ))}
      </dl>
    </Panel>
  );
}
