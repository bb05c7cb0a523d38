import type { DeviceId } from "#schema/bytes.ts";
import type { RelayState } from "#schema/wire/lan.ts";

/** What the election looks at, of one living till. */
export interface GatewayCandidate {
  readonly device: DeviceId;
  readonly relay: RelayState;
  /** Whether it acts as gateway now. */
  readonly gateway: boolean;
}

/**
 * Which living till speaks to the relay for the store; undefined when none has a relay. Every till computes it for
 * itself from the beats it hears, its own included: `living` holds `self`.
 *
 * Tills whose relay is up come first, then those that do not know, then those that failed (somebody must go on
 * trying). Among equals whoever is gateway stays, so that a lower id that comes back changes nothing; two that both are,
 * after a cut has healed, agree on the lower id.
 */
export function electGateway(
  living: readonly GatewayCandidate[],
  self: GatewayCandidate,
): DeviceId | undefined {
  const all = [self, ...living.filter(({ device }) => device !== self.device)];
  return all
    .map((candidate) => ({ candidate, rank: ranks[candidate.relay] }))
    .filter(({ rank }) => rank < none)
    .sort(
      (a, b) =>
        a.rank - b.rank ||
        Number(b.candidate.gateway) - Number(a.candidate.gateway) ||
        (a.candidate.device < b.candidate.device ? -1 : 1),
    )[0]?.candidate.device;
}

const none = 9;
const ranks = { up: 0, unknown: 1, down: 2, unconfigured: none } as const satisfies Record<
  RelayState,
  number
>;
