import type { CommandError, ErrorCode } from "#schema/wire/screen.ts";

const statuses = {
  "bad-input": 400,
  "bad-check-digit": 400,
  "bad-time": 400,
  "import-rejected": 400,
  "weight-needed": 400,
  "price-needed": 400,
  "not-signed-in": 401,
  "session-ended": 401,
  "not-allowed": 403,
  "approval-needed": 403,
  "unknown-barcode": 404,
  "unknown-item": 404,
  "unknown-cart": 404,
  "unknown-line": 404,
  "unknown-receipt": 404,
  confirm: 409,
  "cart-closed": 409,
  "cart-not-empty": 409,
  "cart-held": 409,
  "no-cart": 409,
  "no-shift": 409,
  "shift-open": 409,
  "age-not-checked": 409,
  "not-paid": 409,
  "already-paid": 409,
  "over-tender": 409,
  "has-tenders": 409,
  "discount-too-large": 409,
  "return-too-many": 409,
  "not-voidable": 409,
  "nothing-to-undo": 409,
  "wrong-pin": 429,
  internal: 500,
  "storage-full": 503,
  "storage-damaged": 503,
  "clock-untrusted": 503,
  busy: 503,
} as const satisfies Record<ErrorCode, number>;

/** The HTTP status of a refusal. A wrong PIN is 429 only once there is a wait. */
export function statusOf(error: CommandError): number {
  if (error.code === "wrong-pin" && error.params["waitMs"] === 0) return 401;
  return statuses[error.code];
}

/** Every status a command may answer with, each with the codes that lead to it. */
export function codesByStatus(): ReadonlyMap<number, readonly ErrorCode[]> {
  const byStatus = new Map<number, ErrorCode[]>();
  const list = (status: number, code: ErrorCode) =>
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  for (const [code, status] of Object.entries(statuses) as [ErrorCode, number][]) list(status, code);
  list(401, "wrong-pin");
  return byStatus;
}

export const errorCodes = Object.keys(statuses) as readonly ErrorCode[];

/** Seconds for `Retry-After`; null when trying again sooner does no harm. */
export function retryAfterSeconds(error: CommandError): number | null {
  const waitMs = error.params["waitMs"];
  if (error.code === "wrong-pin" && typeof waitMs === "number" && waitMs > 0) return Math.ceil(waitMs / 1000);
  return error.code === "busy" ? 1 : null;
}
