import type { PartHealth } from '#contract/system.ts';

type RelayState = {
  /** Why calls through trunks have no media. */
  readonly problem: string | undefined;
  health(): PartHealth;
};

/** Without a trunk no relay is missed: phones send to each other. */
export function relayHealth(relay: RelayState, hasTrunk: boolean): PartHealth {
  if (hasTrunk || relay.problem === undefined) return relay.health();
  return {
    status: 'ok',
    message: `Nothing to relay: there is no trunk, and phones send to each other. With one: ${relay.problem}`,
  };
}
