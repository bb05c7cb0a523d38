/** What went wrong, or was refused, on the LAN: counted by kind, and told to whoever listens. */
export type LinkTrouble =
  | "handshake-refused"
  | "handshake-timeout"
  | "handshake-limit"
  | "malformed-message"
  | "oversize-frame"
  | "wrong-sender"
  | "bad-sync-message"
  | "flood"
  | "slow-receiver"
  | "silent-socket"
  | "socket-error"
  | "name-refused"
  | "unknown-document"
  | "segment-mismatch"
  | "open-failed"
  | "handler-threw"
  | "dial-failed"
  | "mdns-error"
  | "bad-beat"
  | "bad-request";

export interface LinkLog {
  note(trouble: LinkTrouble, detail: string): void;
  counts(): Readonly<Partial<Record<LinkTrouble, number>>>;
}

/** `listener` gets each trouble; what it throws is its own affair and must not reach a socket. */
export function linkLog(listener: (trouble: LinkTrouble, detail: string) => void = () => {}): LinkLog {
  const counts: Partial<Record<LinkTrouble, number>> = {};
  return {
    note(trouble, detail) {
      counts[trouble] = (counts[trouble] ?? 0) + 1;
      try {
        listener(trouble, detail);
      } catch {
        // a log that fails must not end a link
      }
    },
    counts: () => ({ ...counts }),
  };
}
