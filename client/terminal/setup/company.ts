import { z } from "zod";
import {
  type Bytes,
  type DeviceId,
  type RandomBytes,
  type StoreId,
  type TimeMs,
  fromHex,
  toHex,
} from "#schema/bytes.ts";
import type { Canonical } from "#schema/canonical.ts";
import type { StoreSettings } from "#schema/domain/settings.ts";
import {
  type SigningKey,
  type SymmetricKey,
  cryptoReady,
  newSymmetricKey,
  signingKeyFromSeed,
} from "#schema/trust/crypto.ts";
import { type EnrolmentRole, type SignedEnrolment, signEnrolment } from "#schema/trust/enrolment.ts";
import type { StretchCost } from "#terminal/vault/passphrase-slot.ts";
import { initialStoreBytes } from "./initial-store.ts";
import { type NewStaff, pinCost, staffEntry } from "./pin.ts";
import { type Pack, packContent } from "./pack.ts";
import { type SealOptions, type SealedFileRefusal, openFile, sealFile } from "./sealed-file.ts";

/**
 * What the owner of a store keeps: its root key and what every till begins with. In memory while a command works with
 * it, on disk only as a sealed file. Whoever has the file and its passphrase is the store: keep it off the tills.
 */
export interface Company {
  readonly store: StoreId;
  /** Of the store, for people. */
  readonly name: string;
  /** 32 bytes: the seed of the root Ed25519 key, which signs enrolments. */
  readonly rootSeed: Bytes;
  /** The key of epoch 1, under which everything leaves for the relay. */
  readonly epochKey: SymmetricKey;
  /** The `store` document of the first day, as Automerge bytes. */
  readonly initialStore: Bytes;
  /** `http(s)://host:port`, or null. */
  readonly relay: string | null;
  /** Every enrolment ever signed, oldest first; a label is for people, two may be alike. */
  readonly issued: readonly IssuedEnrolment[];
}

interface IssuedEnrolment {
  readonly device: DeviceId;
  readonly series: number;
  readonly label: string;
  readonly role: EnrolmentRole;
  readonly time: TimeMs;
}

export interface NewCompany {
  readonly settings: StoreSettings;
  readonly staff: readonly NewStaff[];
  readonly relay?: string | null;
  readonly time: TimeMs;
  readonly random: RandomBytes;
  /** For PINs; lower only in tests. */
  readonly pinCost?: StretchCost;
}

/** Draws the store's id and keys, and writes the document it begins with. Takes some 0.1 s a person for the PINs. */
export async function createCompany(options: NewCompany): Promise<Company> {
  await cryptoReady;
  const { settings, time, random } = options;
  const rootSeed = random(32);
  const staff = [];
  for (const person of options.staff)
    staff.push(await staffEntry(person, options.pinCost ?? pinCost, random));
  return {
    store: toHex(random(16)) as StoreId,
    name: settings.name,
    rootSeed,
    epochKey: newSymmetricKey(random),
    initialStore: initialStoreBytes({ settings, staff, root: signingKeyFromSeed(rootSeed), time, random }),
    relay: options.relay ?? null,
    issued: [],
  };
}

/** The key that signs enrolments; its public half is pinned in every till and at the relay. */
export function rootKey(company: Company): SigningKey {
  return signingKeyFromSeed(company.rootSeed);
}

export interface IssueOptions {
  /** What people call the till, at most 60 characters. */
  readonly label: string;
  /** `host:port` of tills that are tried whatever discovery finds. */
  readonly neighbours?: readonly string[];
  readonly time: TimeMs;
  readonly random: RandomBytes;
}

export interface Issued {
  /** Remembers the enrolment: save it before the pack is handed out, or a series might be given twice. */
  readonly company: Company;
  readonly pack: Pack;
}

/**
 * Enrols a till. The pack carries the till's secret key, made here: whoever has pack and passphrase is that till. With
 * tickets a till will make its own key and show its public half, and only `enrol` below remains of this.
 */
export function issueTillPack(company: Company, options: IssueOptions): Issued {
  return issue(company, "till", options);
}

/** Enrols a reader, such as headquarters: it follows the store's log and never sells. */
export function issueReaderPack(company: Company, options: IssueOptions): Issued {
  return issue(company, "reader", options);
}

interface EnrolOptions {
  readonly device: DeviceId;
  readonly label: string;
  readonly role: EnrolmentRole;
  readonly time: TimeMs;
}

/** Signs that a device belongs to the store, with a receipt series that no other enrolment has. */
function enrol(
  company: Company,
  { device, label, role, time }: EnrolOptions,
): { readonly company: Company; readonly enrolment: SignedEnrolment; readonly series: number } {
  const series = company.issued.reduce((most, one) => Math.max(most, one.series), 0) + 1;
  const { store } = company;
  const enrolment = signEnrolment(rootKey(company), { v: 1, store, device, series, label, role, time });
  const issued = [...company.issued, { device, series, label, role, time }];
  return { company: { ...company, issued }, enrolment, series };
}

function issue(company: Company, role: EnrolmentRole, options: IssueOptions): Issued {
  const { label, time, random } = options;
  const seed = random(32);
  const { device } = signingKeyFromSeed(seed);
  const enrolled = enrol(company, { device, label, role, time });
  const pack: Pack = {
    store: company.store,
    role,
    seed,
    series: enrolled.series,
    label,
    enrolment: enrolled.enrolment,
    rootPublicKey: rootKey(company).publicKey,
    epochKey: company.epochKey,
    initialStore: company.initialStore,
    relay: company.relay,
    neighbours: options.neighbours ?? [],
  };
  packContent(pack);
  return { company: enrolled.company, pack };
}

export function sealCompany(company: Company, options: SealOptions): Promise<Bytes> {
  return sealFile("company", companyContent(company), options);
}

export type OpenCompanyResult = { readonly type: "opened"; readonly company: Company } | SealedFileRefusal;

export async function openCompany(bytes: Bytes, passphrase: string): Promise<OpenCompanyResult> {
  const opened = await openFile(bytes, ["company"], passphrase);
  if (opened.type !== "opened") return opened;
  const content = companySchema.safeParse(opened.content);
  if (!content.success) return { type: "damaged" };
  const { store, epochKey, issued, name, rootSeed, initialStore, relay } = content.data;
  return {
    type: "opened",
    company: {
      store: toHex(store) as StoreId,
      name,
      rootSeed,
      epochKey: epochKey as SymmetricKey,
      initialStore,
      relay,
      issued: issued.map(({ device, ...rest }) => ({ ...rest, device: toHex(device) as DeviceId })),
    },
  };
}

const bytesOf = (length: number) =>
  z.custom<Bytes>((value) => value instanceof Uint8Array && value.length === length);

const companySchema = z.strictObject({
  v: z.literal(1),
  store: bytesOf(16),
  name: z.string(),
  rootSeed: bytesOf(32),
  epochKey: bytesOf(32),
  initialStore: z.custom<Bytes>((value) => value instanceof Uint8Array),
  relay: z.string().nullable(),
  issued: z.array(
    z.strictObject({
      device: bytesOf(32),
      series: z.int().min(1),
      label: z.string(),
      role: z.enum(["till", "reader"]),
      time: z.int().min(0),
    }),
  ),
});

function companyContent(company: Company): Canonical {
  return {
    v: 1,
    store: fromHex(company.store),
    name: company.name,
    rootSeed: company.rootSeed,
    epochKey: company.epochKey,
    initialStore: company.initialStore,
    relay: company.relay,
    issued: company.issued.map(({ device, series, label, role, time }) => ({
      device: fromHex(device),
      series,
      label,
      role,
      time,
    })),
  };
}
