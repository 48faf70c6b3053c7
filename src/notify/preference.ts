// Owns what a person chose about notifications, on top of what holds where they chose nothing.
// Called by preferences.ts, which keeps it, and by everything that asks by which ways somebody is told.
// Must stay true: pure; only what differs from the defaults is kept, so that a better default reaches everybody who never chose.
import type { OpeningHours } from '#base/opening-hours.ts';
import type { HouseLanguage } from '#contract/languages.ts';
import { kindFacts, notificationChannels, notificationKinds } from '#contract/notification-kinds.ts';
import type { ChannelId, PreferenceKind, QuietRule } from '#contract/notification-kinds.ts';

export type KindPreference = {
  /** By which it is told where the person has a target there. */
  readonly channels: readonly ChannelId[];
  readonly inQuiet: QuietRule;
  readonly inDnd: QuietRule;
};

export type Preferences = {
  /** Null: the house's. */
  readonly language: HouseLanguage | null;
  /** By the clock of the house. */
  readonly quietHours: OpeningHours;
  /** Mails of one minute come as one. */
  readonly gatherMails: boolean;
  /** Of the house's own calls, messages and voicemails; only administrators are told of them. */
  readonly houseItems: boolean;
  /** Of calls from one phone of the house to another. */
  readonly internalCalls: boolean;
  readonly kinds: Readonly<Record<PreferenceKind, KindPreference>>;
};

/** What is asked to be otherwise; what is undefined stays. */
export type PreferencesChange = { readonly [Field in Exclude<keyof Preferences, 'kinds'>]?: Preferences[Field] | undefined } & {
  readonly kinds?: { readonly [Kind in PreferenceKind]?: KindChange | undefined } | undefined;
};
type KindChange = { readonly [Field in keyof KindPreference]?: KindPreference[Field] | undefined };

export const defaultPreferences: Preferences = {
  language: null,
  quietHours: [],
  gatherMails: false,
  houseItems: true,
  internalCalls: false,
  kinds: kindsBy(({ channels, inQuiet, inDnd }) => ({ channels, inQuiet, inDnd })),
};

export function changedPreferences(before: Preferences, { kinds = {}, ...change }: PreferencesChange): Preferences {
  return {
    language: change.language === undefined ? before.language : change.language,
    quietHours: change.quietHours ?? before.quietHours,
    gatherMails: change.gatherMails ?? before.gatherMails,
    houseItems: change.houseItems ?? before.houseItems,
    internalCalls: change.internalCalls ?? before.internalCalls,
    kinds: kindsBy((_, kind) => ({
      channels: inOrder(kinds[kind]?.channels ?? before.kinds[kind].channels),
      inQuiet: kinds[kind]?.inQuiet ?? before.kinds[kind].inQuiet,
      inDnd: kinds[kind]?.inDnd ?? before.kinds[kind].inDnd,
    })),
  };
}

/** What differs from the defaults, as it is kept. */
export function differingFrom(preferences: Preferences): PreferencesChange {
  const { kinds: _, ...rest } = defaultPreferences;
  const fields = differing(preferences, rest);
  const kinds = Object.fromEntries(
    notificationKinds.flatMap((kind) => {
      const found = differing(preferences.kinds[kind], defaultPreferences.kinds[kind]);
      return Object.keys(found).length === 0 ? [] : [[kind, found]];
    }),
  );
  return { ...fields, ...(Object.keys(kinds).length === 0 ? {} : { kinds }) };
}

function differing<Value extends object>(value: Value, from: Partial<Value>): Partial<Value> {
  const names = Object.keys(from) as (keyof Value)[];
  const found = names.filter((name) => JSON.stringify(value[name]) !== JSON.stringify(from[name]));
  return Object.fromEntries(found.map((name) => [name, value[name]])) as Partial<Value>;
}

function kindsBy<Value>(
  of: (facts: (typeof kindFacts)[PreferenceKind], kind: PreferenceKind) => Value,
): Record<PreferenceKind, Value> {
  return Object.fromEntries(notificationKinds.map((kind) => [kind, of(kindFacts[kind], kind)])) as Record<PreferenceKind, Value>;
}

function inOrder(channels: readonly ChannelId[]): readonly ChannelId[] {
  return notificationChannels.filter((channel) => channels.includes(channel));
}
