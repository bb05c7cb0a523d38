import { parseStoreFile, type StoreFile } from "#terminal/setup/store-file.ts";
import type { Asking } from "./asking.ts";

interface AskedTax {
  readonly id: string;
  readonly name: string;
  readonly taxes: readonly object[];
}

/** The short guided prompt: each answer is checked as soon as it is given, and asked again with what was wrong. */
export async function askForStore(asking: Asking, overrides: object): Promise<StoreFile> {
  const name = await asking.ask("Name of the store");
  const currency = (await asking.ask("Currency", "EUR")).toUpperCase();
  const timeZone = await asking.ask("Time zone", new Intl.DateTimeFormat().resolvedOptions().timeZone);
  const dayBoundaryMinutes = await askMinutes(asking);
  const included = isYes(await asking.ask("Do the prices include tax?", "yes"));
  const taxClasses = await askTaxes(asking, included);
  const departments = taxClasses.map(({ id, name }) => ({ id, name, taxClassId: id }));
  const staff = await askStaff(asking);
  const tills = Number(await asking.ask("How many tills", "1"));
  const relay = await asking.ask("Address of a relay, or none", "none");
  const parsed = parseStoreFile({
    settings: {
      name,
      currency,
      timeZone,
      dayBoundaryMinutes,
      taxClasses,
      departments,
      tenderMethods: [
        { id: "cash", name: "Cash", kind: "cash" },
        { id: "card", name: "Card", kind: "card" },
      ],
    },
    staff,
    tills,
    relay: relay === "none" ? null : relay,
    ...overrides,
  });
  if (parsed.ok) return parsed.file;
  const problems = parsed.problems.map((one) => `  ${one.path}: ${one.message}`).join("\n");
  await asking.ask(`This cannot become a store yet:\n${problems}\nPress Enter to go through it again`);
  return askForStore(asking, overrides);
}

async function askMinutes(asking: Asking): Promise<number> {
  const text = await asking.ask("When does the trading day begin (hours:minutes)", "0:00");
  const match = /^(\d{1,2}):(\d{2})$/.exec(text);
  const minutes = match ? Number(match[1]) * 60 + Number(match[2]) : Number.NaN;
  return minutes < 1440 ? minutes : askMinutes(asking);
}

async function askTaxes(asking: Asking, included: boolean): Promise<AskedTax[]> {
  const classes: AskedTax[] = [];
  for (;;) {
    const preset = classes.length === 0 ? "Standard" : "";
    const name = await asking.ask(
      classes.length === 0 ? "Name of the first tax class" : "Another tax class, or Enter when that is all",
      preset,
    );
    if (name === "") return classes;
    const percent = (await asking.ask(`Its tax in percent, 0 for none`, "0")).replace(",", ".");
    const id = idOf(name, classes);
    const tax = { id: `tax-${id}`, name: `${name} ${percent}%`, kind: "percent", percent, included };
    classes.push({ id, name, taxes: percent === "0" ? [] : [tax] });
  }
}

async function askStaff(asking: Asking): Promise<object[]> {
  const staff: { id: string; name: string; role: string; pin: string }[] = [];
  for (;;) {
    const name = await asking.ask(
      staff.length === 0 ? "Name of the manager" : "Another person, or Enter when that is all",
      staff.length === 0 ? undefined : "",
    );
    if (name === "" && staff.length > 0) return staff;
    if (name === "") continue;
    const role =
      staff.length === 0 ? "manager" : await asking.ask("cashier, supervisor or manager", "cashier");
    const pin = await asking.ask(`PIN of ${name}, 4 to 12 digits`);
    staff.push({ id: idOf(name, staff), name, role, pin });
  }
}

function isYes(answer: string): boolean {
  return /^y/i.test(answer);
}

/** Letters and digits of the name, made different from those that are there. */
function idOf(name: string, taken: readonly { readonly id: string }[]): string {
  const plain = name
    .normalize("NFKD")
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-|-$/g, "")
    .slice(0, 30);
  const base = plain || "person";
  let id = base;
  for (let n = 2; taken.some((one) => one.id === id); n++) id = `${base}-${n}`;
  return id;
}
