import { handle } from '#contract/endpoint.ts';
import type { Route } from '#contract/endpoint.ts';
import { changeRoutingSettings, getRoutingSettings } from '#contract/routing-settings.ts';
import type { RoutingSettings } from './routing-settings.ts';
import type { RoutingSettingsStore } from './settings-store.ts';

export function routingSettingsRoutes(settings: RoutingSettingsStore): readonly Route[] {
  return [
    handle(getRoutingSettings, () => toReply(settings.current)),
    handle(changeRoutingSettings, async ({ body: { challengeDigit, ...rest } }) => {
      const given = Object.entries(rest).filter(([, value]) => value !== undefined);
      const change = Object.fromEntries(given.map(([name, value]) => [name, value ?? undefined]));
      if (challengeDigit === undefined) return toReply(await settings.change(change));
      const challenge = challengeDigit === null ? undefined : { digit: challengeDigit };
      return toReply(await settings.change({ ...change, challenge }));
    }),
  ];
}

function toReply({ challenge, holidays, vipGroups, ...rest }: RoutingSettings) {
  return { ...rest, holidays: [...holidays], vipGroups: [...vipGroups], challengeDigit: challenge?.digit ?? null };
}
