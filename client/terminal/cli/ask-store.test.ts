import { expect, test } from "vitest";
import { askForStore } from "./ask-store.ts";
import type { Asking } from "./asking.ts";

/** Answers in turn, as a person who tries again when an answer was refused. */
function person(answers: readonly string[]): Asking & { readonly refused: string[] } {
  const left = [...answers];
  const refused: string[] = [];
  return {
    refused,
    async ask({ text, preset, problem }) {
      for (;;) {
        const given = left.shift();
        if (given === undefined) throw new Error(`nothing left to answer: ${text}`);
        const answer = given || (preset ?? "");
        const wrong = problem?.(answer);
        if (wrong === undefined) return answer;
        refused.push(`${text}: ${wrong}`);
      }
    },
    say: () => undefined,
    close: () => undefined,
  };
}

test("the guided prompt asks again what will not do, and makes a store of the rest", async () => {
  const shop = ["Zoë’s Café", "doubloons", "eur", "Mars", "Europe/Paris", "25:00", "4:00", "yes"];
  const taxes = ["", "20", "Food", "five", "5,5", "Books", "0", ""];
  const people = ["Zoë", "12", "8642", "Zoe", "owner", "", "1234", ""];
  const network = ["many", "2", "somewhere", "http://relay.example:4180"];
  const asked = person([shop, taxes, people, network].flat());
  const file = await askForStore(asked, {});
  expect(asked.refused).toEqual([
    "Currency: an ISO 4217 code, such as EUR",
    "Time zone: an IANA time zone, such as Europe/Berlin",
    "When does the trading day begin (hours:minutes): a time such as 4:00",
    "Its tax in percent: a percentage from 0 to 100 with at most 4 decimals",
    "PIN of Zoë, 4 to 12 digits: 4 to 12 digits",
    "cashier, supervisor or manager: one of cashier, supervisor, manager",
    "How many tills: a number from 1 to 99",
    "Address of a relay, or none: none, or an address such as https://relay.example:4180",
  ]);
  expect(file).toMatchObject({
    settings: {
      name: "Zoë’s Café",
      currency: "EUR",
      timeZone: "Europe/Paris",
      dayBoundaryMinutes: 240,
      taxClasses: [
        { id: "standard", taxes: [{ ratePpm: 200_000, included: true }] },
        { id: "food", taxes: [{ ratePpm: 55_000, included: true }] },
        { id: "books", taxes: [] },
      ],
    },
    staff: [
      { id: "zoe", name: "Zoë", role: "manager", pin: "8642" },
      { id: "zoe-2", name: "Zoe", role: "cashier", pin: "1234" },
    ],
    tillLabels: ["Till 1", "Till 2"],
    relay: "http://relay.example:4180",
  });
});
