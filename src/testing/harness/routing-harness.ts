// Builds the one routing decision with no rule of its own, for tests that are about something else.
// Called by harnesses and tests of calls, sip and twilio; nothing here runs in the product.
// Must stay true: facts are gathered and decided by what the product uses.
import { systemClock } from '#base/clock.ts';
import type { Clock } from '#base/clock.ts';
import { callDecider } from '#calls/gather-facts.ts';
import type { FactSources } from '#calls/gather-facts.ts';
import type { DecideCall } from '#calls/house-call.ts';
import { dndOff } from '#routing/dnd.ts';
import { initialRoutingSettings } from '#routing/routing-settings.ts';

type RoutingHarnessDeps = Pick<FactSources, 'devices' | 'registrations'> &
  Partial<FactSources> & { readonly ringSeconds?: number; readonly clock?: Pick<Clock, 'now'> };

export const defaultSettings = initialRoutingSettings({ timeZone: 'UTC', spamThreshold: 0.7, ringSeconds: 30 });

export function factSources({ ringSeconds = 30, ...given }: RoutingHarnessDeps): FactSources {
  return {
    people: { all: () => [] },
    mayForward: () => true,
    routesOf: () => [],
    groups: () => [],
    chains: () => [],
    dnd: () => ({ house: dndOff, persons: new Map(), devices: new Map() }),
    approvals: { linesFor: () => [], use: () => {} },
    childLines: () => new Map(),
    settings: () => ({ ...defaultSettings, ringSeconds }),
    states: () => undefined,
    history: { dialledAt: () => undefined, unansweredAt: () => undefined },
    emergencyUntil: () => undefined,
    blocklist: { match: () => undefined, hit: () => {} },
    spamLists: { match: () => undefined },
    contacts: { byNumber: () => undefined },
    ...given,
  };
}

export function routingHarness({ clock = systemClock, ...deps }: RoutingHarnessDeps): DecideCall {
  return callDecider(factSources(deps), clock);
}
