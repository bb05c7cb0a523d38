import { isCurrencyCode } from "#schema/domain/money/currency.ts";
import { parseDecimal } from "#schema/domain/money/decimal.ts";
import { type StoreFile, parseStoreFile, relayUrlSchema } from "#terminal/setup/store-file.ts";
import type { Asking } from "./asking.ts";

interface AskedClass {
  readonly id: string;
  readonly name: string;
  readonly taxes: readonly object[];
}

/** The short guided prompt of `init`: a store with departments named as its tax classes, taking cash and cards. */
export async function askForStore(asking: Asking, overrides: object): Promise<StoreFile> {
  const name = await asking.ask({ text: "Name of the store", problem: tooLong(80) });
  const currency = await asking.ask({ text: "Currency", preset: "EUR", problem: currencyProblem });
  const timeZone = await asking.ask({
    text: "Time zone",
    preset: new Intl.DateTimeFormat().resolvedOptions().timeZone,
    problem: timeZoneProblem,
  });
  const begins = await asking.ask({
    text: "When does the trading day begin (hours:minutes)",
    preset: "0:00",
    problem: (answer) => (minutesOf(answer) === undefined ? "a time such as 4:00" : undefined),
  });
  const included = await asking.ask({
    text: "Do the prices include tax (yes or no)",
    preset: "yes",
    problem: oneOf("yes", "no"),
  });
  const taxClasses = await askTaxes(asking, included === "yes");
  const staff = await askStaff(asking);
  const tills = await asking.ask({
    text: "How many tills",
    preset: "1",
    problem: (answer) => (/^[1-9]\d{0,1}$/.test(answer) ? undefined : "a number from 1 to 99"),
  });
  const relay = await asking.ask({
    text: "Address of a relay, or none",
    preset: "none",
    problem: relayProblem,
  });
  const parsed = parseStoreFile({
    settings: {
      name,
      currency: currency.toUpperCase(),
      timeZone,
      dayBoundaryMinutes: minutesOf(begins),
      taxClasses,
      departments: taxClasses.map(({ id, name }) => ({ id, name, taxClassId: id })),
      tenderMethods: [
        { id: "cash", name: "Cash", kind: "cash" },
        { id: "card", name: "Card", kind: "card" },
      ],
    },
    staff,
    tills: Number(tills),
    relay: relay === "none" ? null : relay,
    ...overrides,
  });
  if (parsed.ok) return parsed.file;
  const problems = parsed.problems.map((one) => `  ${one.path}: ${one.message}`);
  asking.say(`This cannot become a store:\n${problems.join("\n")}\nOnce more, from the beginning.`);
  return askForStore(asking, overrides);
}

async function askTaxes(asking: Asking, included: boolean): Promise<AskedClass[]> {
  const classes: AskedClass[] = [];
  for (;;) {
    const name = await asking.ask(
      classes.length === 0
        ? { text: "Name of the first tax class", preset: "Standard", problem: tooLong(60) }
        : { text: "Another tax class, or Enter when that is all", preset: "", problem: tooLong(60) },
    );
    if (name === "") return classes;
    const answer = await asking.ask({ text: "Its tax in percent", preset: "0", problem: percentProblem });
    const percent = withPoint(answer);
    const id = idOf(name, classes);
    const tax = { id: `tax-${id}`, name: `${name} ${percent}%`, kind: "percent", percent, included };
    classes.push({ id, name, taxes: percent === "0" ? [] : [tax] });
  }
}

async function askStaff(asking: Asking): Promise<object[]> {
  const staff: { id: string; name: string; role: string; pin: string }[] = [];
  for (;;) {
    const first = staff.length === 0;
    const name = await asking.ask(
      first
        ? { text: "Name of the manager", problem: tooLong(80) }
        : { text: "Another person, or Enter when that is all", preset: "", problem: tooLong(80) },
    );
    if (name === "") return staff;
    const role = first
      ? "manager"
      : await asking.ask({
          text: "cashier, supervisor or manager",
          preset: "cashier",
          problem: oneOf("cashier", "supervisor", "manager"),
        });
    const pin = await asking.ask({
      text: `PIN of ${name}, 4 to 12 digits`,
      problem: (answer) => (/^\d{4,12}$/.test(answer) ? undefined : "4 to 12 digits"),
    });
    staff.push({ id: idOf(name, staff), name, role, pin });
  }
}

const tooLong = (most: number) => (answer: string) =>
  answer.length > most ? `at most ${most} characters` : undefined;

const oneOf =
  (...words: readonly string[]) =>
  (answer: string) =>
    words.includes(answer) ? undefined : `one of ${words.join(", ")}`;

function currencyProblem(answer: string): string | undefined {
  return isCurrencyCode(answer.toUpperCase()) ? undefined : "an ISO 4217 code, such as EUR";
}

function timeZoneProblem(answer: string): string | undefined {
  try {
    new Intl.DateTimeFormat("en", { timeZone: answer }).format(0);
    return undefined;
  } catch {
    return "an IANA time zone, such as Europe/Berlin";
  }
}

function percentProblem(answer: string): string | undefined {
  const parsed = parseDecimal(withPoint(answer), 4);
  const fits = parsed.ok && parsed.value >= 0 && parsed.value <= 1_000_000;
  return fits ? undefined : "a percentage from 0 to 100 with at most 4 decimals";
}

function relayProblem(answer: string): string | undefined {
  return answer === "none" || relayUrlSchema.safeParse(answer).success
    ? undefined
    : "none, or an address such as https://relay.example:4180";
}

function withPoint(decimal: string): string {
  return decimal.replace(",", ".");
}

/** After midnight. */
function minutesOf(text: string): number | undefined {
  const match = /^([01]?\d|2[0-3]):([0-5]\d)$/.exec(text);
  return match ? Number(match[1]) * 60 + Number(match[2]) : undefined;
}

/** Letters and digits of the name, made different from those that are there. */
function idOf(name: string, taken: readonly { readonly id: string }[]): string {
  const plain = name
    .normalize("NFKD")
    .replaceAll(/\p{M}/gu, "")
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-|-$/g, "")
    .slice(0, 30);
  const base = plain || "id";
  let id = base;
  for (let n = 2; taken.some((one) => one.id === id); n++) id = `${base}-${n}`;
  return id;
}
