// Owns at which targets a person is told of something, and when.
// Called by deliveries.ts for what is told, and again for what was held.
// Must stay true: a target that is switched off is told nothing; the way that fails is never used to say that it fails.
import type { PersonId } from '#base/ids.ts';
import { closesAt } from '#base/opening-hours.ts';
import type { Notification } from './kinds/notification.ts';
import type { Target } from './kinds/target.ts';
import type { KindPreference } from './preference.ts';
import type { Preferences } from './preferences.ts';
import { whenTold } from './quiet.ts';
import type { Quiet, When } from './quiet.ts';
import type { ToTell } from './to-tell.ts';

/** One of a person's targets, as far as it decides whether it is told. */
export type ReachedTarget = Omit<Target, 'secret'>;

export type Reached = { readonly target: ReachedTarget; readonly when: When };

export type ReachDeps = {
  readonly preferences: Pick<Preferences, 'of'>;
  readonly targetsOf: (personId: PersonId) => readonly ReachedTarget[];
  /** Do not disturb of the person or of the house. */
  readonly dndUntil: (personId: PersonId, now: number) => Quiet['dndUntil'];
  readonly timeZone: string;
};

export class Reach {
  readonly #deps: ReachDeps;

  constructor(deps: ReachDeps) {
    this.#deps = deps;
  }

  channelsFor(
    { notification, personId, isUrgent }: Pick<ToTell, 'notification' | 'personId' | 'isUrgent'>,
    now: number,
  ): readonly Reached[] {
    const { preferences, targetsOf, dndUntil, timeZone } = this.#deps;
    const chosen = preferences.of(personId);
    const preference = preferenceFor(notification, chosen.kinds);
    const quiet = { quietUntil: closesAt(chosen.quietHours, now, timeZone), dndUntil: dndUntil(personId, now) };
    return targetsOf(personId)
      .filter(({ isEnabled, channel }) => isEnabled && preference.channels.includes(channel))
      .filter(({ channel }) => channel !== failingChannel(notification))
      .map((target) => ({ target, when: whenTold({ channel: target.channel, preference, isUrgent, quiet }, now) }));
  }
}

/** What takes the place of a push that was told goes where that went, and makes no noise. */
function preferenceFor({ kind }: Notification, kinds: ReturnType<Preferences['of']>['kinds']): KindPreference {
  return kind === 'call-over' ? { ...kinds['incoming-call'], inQuiet: 'send', inDnd: 'send' } : kinds[kind];
}

function failingChannel(notification: Notification): string | undefined {
  const { kind, item } = notification;
  return kind === 'alert' && (item.alertId as string) === 'notifications-failing' ? item.about : undefined;
}
