import { isoTime, isoTimeOrNull } from '#base/clock.ts';
import type { Clock } from '#base/clock.ts';
import { AppError } from '#base/errors.ts';
import type { PersonId, TargetId } from '#base/ids.ts';
import { ownerOf } from '#base/owner-of.ts';
import { visiblePerson } from '#base/visible-person.ts';
import { handle } from '#contract/endpoint.ts';
import type { Identity, Route } from '#contract/endpoint.ts';
import type { DeliveryReason } from '#contract/notification-kinds.ts';
import {
  changeNotificationTarget,
  createNotificationTarget,
  deleteNotificationTarget,
  listNotificationTargets,
  testNotificationTarget,
} from '#contract/notifications.ts';
import { answerPage } from '#contract/page.ts';
import { shownAddress } from './target.ts';
import type { KeptTarget } from './target.ts';
import type { Targets } from './targets.ts';
import { isTheirs } from './whose.ts';
import type { IsPerson } from './whose.ts';

export type TargetRoutesDeps = {
  readonly targets: Targets;
  readonly isPerson: IsPerson;
  readonly clock: Pick<Clock, 'monotonic'>;
  /** Whether Home Assistant says that this phone of its is the person's. */
  readonly isOwnPhone: (personId: PersonId, target: string) => Promise<boolean>;
  /** One attempt, now. Never rejects. */
  readonly tryTarget: (targetId: TargetId) => Promise<Tried>;
};

export type Tried = { readonly isDelivered: boolean; readonly reason: DeliveryReason | null; readonly detail: string };

/** Between two tests of one person: whoever may send mail through the house must not send much. */
const betweenTestsMs = 10_000;

/** People have their own targets; an admin those of all. What is not yours looks as if it were not there. */
export function targetRoutes({ targets, isPerson, clock, isOwnPhone, tryTarget }: TargetRoutesDeps): readonly Route[] {
  const visible = (id: TargetId, identity: Identity | undefined): KeptTarget => {
    const found = targets.byId(id);
    if (found === undefined || !isTheirs(found.personId, identity)) throw new AppError('not-found', 'There is no such target');
    return found;
  };
  const testedAt = new Map<string, number>();
  return [
    handle(listNotificationTargets, ({ query, identity }) => {
      const { person, channel } = query;
      const personId = visiblePerson(identity, person === 'me' ? identity?.personId : person);
      return answerPage(query, (request) => targets.list({ personId, channel }, request), toReply);
    }),
    handle(createNotificationTarget, async ({ body, identity }) => {
      const personId = ownerOfNew(body.personId, identity, isPerson);
      if (body.channel === 'home-assistant' && identity?.role !== 'admin' && !(await isOwnPhone(personId, body.target))) {
        const details = [
          { field: 'target', message: 'is not one of your phones in Home Assistant; an administrator can add it' },
        ];
        throw new AppError('invalid', 'Home Assistant does not say that this phone is yours', { details });
      }
      return toReply(await targets.add({ ...body, personId }));
    }),
    handle(changeNotificationTarget, async ({ params, body, identity }) =>
      toReply(await targets.change(visible(params.id, identity).id, body)),
    ),
    handle(deleteNotificationTarget, ({ params, identity }) => targets.delete(visible(params.id, identity).id)),
    handle(testNotificationTarget, async ({ params, identity }) => {
      const { id } = visible(params.id, identity);
      const asker = identity?.personId ?? identity?.id ?? '';
      const now = clock.monotonic();
      if (now - (testedAt.get(asker) ?? -betweenTestsMs) < betweenTestsMs)
        throw new AppError('rate-limited', 'A test was sent a moment ago: wait ten seconds');
      testedAt.set(asker, now);
      return tryTarget(id);
    }),
  ];
}

/** Throws `forbidden` for somebody else's, `invalid` where there is no such person. */
function ownerOfNew(given: PersonId | 'me', identity: Identity | undefined, isPerson: IsPerson): PersonId {
  const personId = ownerOf(given === 'me' ? identity?.personId : given, identity);
  if (personId !== undefined && isPerson(personId)) return personId;
  const details = [{ field: 'personId', message: 'must be that of a person of the house' }];
  throw new AppError('invalid', 'A target is always a person’s', { details });
}

/** Never what is secret. */
export function toReply(target: KeptTarget) {
  const { id, personId, channel, name, isEnabled, problem = null, deliveredAt, createdAt } = target;
  const times = { deliveredAt: isoTimeOrNull(deliveredAt), createdAt: isoTime(createdAt) };
  return { id, personId, channel, name, address: shownAddress(target), isEnabled, problem, ...times };
}
