import type { Events } from '#base/events.ts';
import { givenFields } from '#base/given-fields.ts';
import { handle } from '#contract/endpoint.ts';
import type { Route } from '#contract/endpoint.ts';
import type { Facts } from '#contract/facts.ts';
import { changeRoutingSettings, getRoutingSettings } from '#contract/routing-settings.ts';
import type { RoutingSettings } from './routing-settings.ts';
import type { RoutingSettingsChange, RoutingSettingsStore } from './settings-store.ts';

export function routingSettingsRoutes(settings: RoutingSettingsStore, events: Events<Facts>): readonly Route[] {
  const change = async (given: RoutingSettingsChange) => {
    const changed = await settings.change(given);
    events.emit('routing-settings.changed', {});
    return toReply(changed);
  };
  return [
    handle(getRoutingSettings, () => toReply(settings.current)),
    handle(changeRoutingSettings, async ({ body: { challengeDigit, ...rest } }) => {
      const changes = Object.fromEntries(Object.entries(givenFields(rest)).map(([name, value]) => [name, value ?? undefined]));
      if (challengeDigit === undefined) return change(changes);
      return change({ ...changes, challenge: challengeDigit === null ? undefined : { digit: challengeDigit } });
    }),
  ];
}

function toReply({ challenge, holidays, holidayCalendars, vipGroups, ...rest }: RoutingSettings) {
  const lists = { holidays: [...holidays], holidayCalendars: [...holidayCalendars], vipGroups: [...vipGroups] };
  return { ...rest, ...lists, challengeDigit: challenge?.digit ?? null };
}
