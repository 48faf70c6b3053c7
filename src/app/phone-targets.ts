// Composes which of Home Assistant's phones somebody may be told on.
// Called by app.ts.
// Must stay true: people see and add the phones alone that Home Assistant says are theirs; an administrator may give anybody any of them.
import type { PersonId } from '#base/ids.ts';
import { handle } from '#contract/endpoint.ts';
import type { DeliveryReason } from '#contract/notification-kinds.ts';
import { listHomeAssistantTargets } from '#contract/notifications.ts';
import { CoreError } from '#home-assistant/core-connection.ts';
import type { CorePhone } from '#home-assistant/core-phone-list.ts';
import type { CorePhones } from '#home-assistant/core-phones.ts';
import type { People } from '#people/people.ts';
import type { RoomFace } from './context.ts';
import { faceOf } from './face.ts';

type PhoneTargetsDeps = {
  /** Undefined where the house has no Home Assistant. */
  readonly phones: Pick<CorePhones, 'list'> | undefined;
  readonly people: Pick<People, 'byId'>;
};

export type PhoneTargets = {
  readonly face: RoomFace;
  /** Whether Home Assistant says so; not while it is away. Never rejects. */
  readonly isOwnPhone: (personId: PersonId, target: string) => Promise<boolean>;
};

type Listed = { readonly phones: readonly CorePhone[]; readonly problem: DeliveryReason | null };

export function composePhoneTargets({ phones, people }: PhoneTargetsDeps): PhoneTargets {
  const isOf = (personId: PersonId | undefined) => {
    const userId = personId === undefined ? undefined : people.byId(personId)?.homeAssistantUserId;
    return (phone: CorePhone) => userId !== undefined && phone.userIds.includes(userId);
  };
  const route = handle(listHomeAssistantTargets, async ({ identity }) => {
    const { phones: all, problem } = await listed(phones);
    const isOwn = isOf(identity?.personId);
    const shown = all.filter((phone) => identity?.role === 'admin' || isOwn(phone));
    const items = shown.map((phone) => ({ target: phone.target, name: phone.name, kind: phone.kind, isOwn: isOwn(phone) }));
    return { items, problem };
  });
  return {
    face: faceOf({ routes: [route] }),
    async isOwnPhone(personId, target) {
      return (await listed(phones)).phones.filter(isOf(personId)).some((phone) => phone.target === target);
    },
  };
}

async function listed(phones: Pick<CorePhones, 'list'> | undefined): Promise<Listed> {
  if (phones === undefined) return { phones: [], problem: 'not-set-up' };
  try {
    return { phones: await phones.list(), problem: null };
  } catch (error) {
    if (!(error instanceof CoreError)) throw error;
    return { phones: [], problem: error.code === 'forbidden' ? 'refused-login' : 'unreachable' };
  }
}
