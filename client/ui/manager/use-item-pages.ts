import { useEffect, useMemo, useRef, useState } from "react";
import type { CommandInput } from "#schema/wire/commands.ts";
import type { ItemView } from "#schema/wire/views.ts";
import { useScreen } from "../parts/screen-context.tsx";

export type ItemSort = NonNullable<CommandInput<"search">["sort"]>;

export interface ItemPages {
  /** How many there are in all; null before the first answer. */
  readonly total: number | null;
  readonly at: (index: number) => ItemView | undefined;
  /** Asks for the pages that hold these rows, once each. */
  readonly need: (first: number, last: number) => void;
  /** Replaces one item where it stands, after it was changed here. */
  readonly replace: (item: ItemView) => void;
}

const pageSize = 100;

/** The items that match, fetched a page at a time as they come into sight; a new question forgets the old pages. */
export function useItemPages(text: string, sort: ItemSort | null, descending: boolean): ItemPages {
  const { link } = useScreen();
  const [pages, setPages] = useState<ReadonlyMap<number, readonly ItemView[]>>(new Map());
  const [total, setTotal] = useState<number | null>(null);
  const asked = useRef(new Set<number>());
  const question = useRef(0);

  const ask = useMemo(
    () =>
      (page: number, ticket: number): void => {
        if (asked.current.has(page)) return;
        asked.current.add(page);
        void link
          .command("search", {
            text,
            limit: pageSize,
            offset: page * pageSize,
            ...(sort === null ? {} : { sort, descending }),
          })
          .then((outcome) => {
            if (ticket !== question.current) return;
            if (!outcome.ok) {
              asked.current.delete(page);
              return;
            }
            const { items } = outcome.value;
            setTotal(outcome.value.total);
            setPages((before) =>
              new Map(page === 0 && asked.current.size === 1 ? [] : before).set(page, items),
            );
          });
      },
    [link, text, sort, descending],
  );

  useEffect(() => {
    question.current++;
    asked.current = new Set();
    ask(0, question.current);
  }, [ask]);

  return {
    total,
    at: (index) => pages.get(Math.floor(index / pageSize))?.[index % pageSize],
    need: (first, last) => {
      for (let page = Math.floor(first / pageSize); page <= Math.floor(last / pageSize); page++) {
        ask(page, question.current);
      }
    },
    replace: (item) =>
      setPages(
        (before) =>
          new Map(
            [...before].map(([page, items]) => [
              page,
              items.map((one) => (one.itemId === item.itemId ? item : one)),
            ]),
          ),
      ),
  };
}
