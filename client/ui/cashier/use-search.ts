import { useCallback, useEffect, useRef, useState } from "react";
import type { SearchResult } from "#schema/wire/views.ts";
import { useScreen } from "../parts/screen-context.tsx";

export interface Search {
  readonly text: string;
  readonly setText: (text: string) => void;
  /** Null before the first answer. Kept while the next one is on its way, so that nothing flickers. */
  readonly result: SearchResult | null;
  readonly at: number;
  readonly move: (by: number) => void;
  /** The field says here that it is drawn. */
  readonly attach: (field: HTMLInputElement | null) => void;
  readonly focused: boolean;
  readonly setFocused: (focused: boolean) => void;
  readonly focus: () => void;
  /** Begins with a letter that was typed elsewhere. */
  readonly begin: (letter: string) => void;
  readonly clear: () => void;
}

const shown = 40;

/** Search as you type; only the newest question's answer is shown. */
export function useSearch(): Search {
  const { link } = useScreen();
  const [text, setTextOnly] = useState("");
  const [result, setResult] = useState<SearchResult | null>(null);
  const [at, setAt] = useState(0);
  const [focused, setFocused] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const newest = useRef(0);

  useEffect(() => {
    const ticket = ++newest.current;
    if (text.trim() === "") return;
    void link.command("search", { text, limit: shown }).then((outcome) => {
      if (ticket === newest.current && outcome.ok) setResult(outcome.value);
    });
  }, [link, text]);

  const setText = useCallback((next: string) => {
    setTextOnly(next);
    setAt(0);
    if (next.trim() === "") setResult(null);
  }, []);
  const clear = useCallback(() => {
    setText("");
    field.current?.blur();
  }, [setText]);
  const attach = useCallback((element: HTMLInputElement | null) => {
    field.current = element;
  }, []);
  const focus = useCallback(() => field.current?.focus(), []);
  const count = result?.items.length ?? 0;
  return {
    text,
    setText,
    result,
    at,
    move: (by) => setAt((before) => Math.max(0, Math.min(count - 1, before + by))),
    attach,
    focused,
    setFocused,
    focus,
    begin: (letter) => {
      focus();
      setText(text + letter);
    },
    clear,
  };
}
