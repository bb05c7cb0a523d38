import type { DeviceId } from "#schema/bytes.ts";
import { type Base, decodeBase } from "#schema/documents/base.ts";
import { type StaffEntry, decodeStaff } from "#schema/documents/staff.ts";
import type { StoreDocument } from "#schema/documents/store-document.ts";
import { fromValue } from "#schema/documents/value.ts";
import { type StoreSettings, parseSettings } from "#schema/domain/settings.ts";
import { openEnrolment } from "#schema/trust/enrolment.ts";

/** The store document, read. */
export interface StoreState {
  readonly settings: StoreSettings;
  readonly staff: ReadonlyMap<string, StaffEntry>;
  readonly labels: ReadonlyMap<DeviceId, string>;
  readonly bases: readonly Base[];
}

const decodedBases = new WeakMap<Uint8Array, Base | null>();

/** Undefined while the document says too little to be a store, as on a till that has just joined. */
export function readStore(document: StoreDocument): StoreState | undefined {
  const given = Object.fromEntries(
    Object.entries(document.settings).map(([name, bytes]) => [name, jsonFrom(bytes)]),
  );
  const settings = parseSettings(given);
  if (!settings.ok) return undefined;
  const staff = Object.values(document.staff).flatMap((bytes) => decodeStaff(bytes) ?? []);
  return {
    settings: settings.settings,
    staff: new Map(staff.map((entry) => [entry.id, entry])),
    labels: new Map(Object.values(document.tills).flatMap(labelOf)),
    bases: Object.values(document.bases).flatMap((bytes) => baseFrom(bytes) ?? []),
  };
}

function labelOf(bytes: Uint8Array): [DeviceId, string][] {
  const opened = openEnrolment(bytes);
  return opened.type === "opened" ? [[opened.enrolment.device, opened.enrolment.label]] : [];
}

function jsonFrom(bytes: unknown): unknown {
  const text = fromValue(bytes);
  try {
    return typeof text === "string" ? (JSON.parse(text) as unknown) : undefined;
  } catch {
    return undefined;
  }
}

function baseFrom(bytes: Uint8Array): Base | undefined {
  let base = decodedBases.get(bytes);
  if (base === undefined) decodedBases.set(bytes, (base = decodeBase(bytes) ?? null));
  return base ?? undefined;
}
