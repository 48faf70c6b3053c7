import type { PersonId } from '#base/ids.ts';
import { handle } from '#contract/endpoint.ts';
import type { Route } from '#contract/endpoint.ts';
import type { ChannelId, DeliveryReason, PreferenceKind } from '#contract/notification-kinds.ts';
import { notificationKinds } from '#contract/notification-kinds.ts';
import { changeNotificationPreferences, getNotificationPreferences } from '#contract/notifications.ts';
import type { Preferences } from './preferences.ts';
import { whose } from './whose.ts';
import type { IsPerson } from './whose.ts';

export type PreferenceRoutesDeps = {
  readonly preferences: Preferences;
  readonly isPerson: IsPerson;
  /** Of the house, by their role here or in Home Assistant. */
  readonly administrators: () => readonly PersonId[];
  /** The house's. */
  readonly timeZone: string;
  /** Which ways of reaching people the house has; `problem` null: it works. */
  readonly available: () => readonly Available[];
};

type Available = { readonly channel: ChannelId; readonly isSetUp: boolean; readonly problem: DeliveryReason | null };

/** People choose for themselves; an admin for everybody. */
export function preferenceRoutes({
  preferences,
  isPerson,
  administrators,
  timeZone,
  available,
}: PreferenceRoutesDeps): readonly Route[] {
  const toReply = (personId: PersonId) => {
    const { quietHours, kinds, ...chosen } = preferences.of(personId);
    const hours = quietHours.map(({ days, ...span }) => ({ days: [...days], ...span }));
    const shown = { ...chosen, quietHours: hours, kinds: toKinds(kinds) };
    return { personId, isAdministrator: administrators().includes(personId), ...shown, timeZone, available: [...available()] };
  };
  return [
    handle(getNotificationPreferences, ({ params, identity }) => toReply(whose(params.personId, identity, isPerson))),
    handle(changeNotificationPreferences, async ({ params, body, identity }) => {
      const personId = whose(params.personId, identity, isPerson);
      await preferences.change(personId, body);
      return toReply(personId);
    }),
  ];
}

type Kinds = ReturnType<Preferences['of']>['kinds'];

function toKinds(kinds: Kinds) {
  const entries = notificationKinds.map((kind) => [kind, { ...kinds[kind], channels: [...kinds[kind].channels] }]);
  return Object.fromEntries(entries) as Record<
    PreferenceKind,
    Omit<Kinds[PreferenceKind], 'channels'> & { channels: ChannelId[] }
  >;
}
