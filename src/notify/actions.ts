// Owns what becomes of a button of a notification that was pressed: whether it still holds, for whom, and that it is done once.
// Called by app/notification-actions.ts, for Home Assistant's phones and for browsers.
// Must stay true: it is done with the rights that the person has now, within a day, each button once, also where the house was started again
// meanwhile; a fault is told and may be tried again.
import { AppError } from '#base/errors.ts';
import type { Clock } from '#base/clock.ts';
import type { DeliveryId, PersonId } from '#base/ids.ts';
import { kindFacts } from '#contract/notification-kinds.ts';
import type { NotificationAction } from '#contract/notification-kinds.ts';
import type { DoneOnce } from '#storage/done-once.ts';
import type { WriteBatch } from '#storage/write-batch.ts';
import type { ActionTokens, Pressed } from './action-tokens.ts';
import type { Notification } from './kinds/notification.ts';

/** What was told, and to whom. */
export type ToldDelivery = {
  readonly id: DeliveryId;
  readonly personId: PersonId;
  readonly notification: Notification;
  /** When it arrived, or was first to be sent. */
  readonly at: number;
};

/** Of whom it is asked, and about what. */
export type Asked = Pick<ToldDelivery, 'personId' | 'notification'> & { readonly action: NotificationAction };

export type ActionsDeps = {
  readonly tokens: ActionTokens;
  readonly find: (id: DeliveryId) => ToldDelivery | undefined;
  /** Does it as the person would in the panel, and says what came of it, in their language. Rejects with an AppError where it cannot be done. */
  readonly carryOut: (asked: Asked) => Promise<string>;
  readonly once: Pick<DoneOnce, 'begin' | 'forget'>;
  readonly writes: Pick<WriteBatch, 'write'>;
  readonly clock: Pick<Clock, 'now'>;
};

const lifetimeMs = 86_400_000;

export class Actions {
  readonly #deps: ActionsDeps;

  constructor(deps: ActionsDeps) {
    this.#deps = deps;
  }

  /** Which delivery it is of; undefined where the token is not ours. */
  read(token: string): Pressed | undefined {
    return this.#deps.tokens.read(token);
  }

  /** `by`: who presses it, where that is known. Rejects with an AppError: `forbidden` where it is nothing of theirs, `conflict` where it is over. */
  async press(token: string, by?: PersonId): Promise<string> {
    const { find, carryOut, writes, once } = this.#deps;
    const pressed = this.read(token);
    const told = pressed === undefined ? undefined : find(pressed.deliveryId);
    if (pressed === undefined || told === undefined || (by !== undefined && by !== told.personId))
      throw new AppError('forbidden', 'There is no such notification of yours');
    const { personId, notification } = told;
    await this.#begin(pressed, told);
    try {
      return await carryOut({ action: pressed.action, personId, notification });
    } catch (error) {
      await writes.write(() => once.forget(keyOf(pressed)));
      throw error;
    }
  }

  async #begin(pressed: Pressed, { notification: { kind }, personId, at }: ToldDelivery): Promise<void> {
    const { clock, once, writes } = this.#deps;
    const now = clock.now();
    const until = at + lifetimeMs;
    const allowed = kind === 'call-over' ? [] : kindFacts[kind].actions;
    if (!allowed.includes(pressed.action) || now >= until)
      throw new AppError('conflict', 'This notification is too old: open GoSIP instead');
    const isNew = await writes.write(() => once.begin({ key: keyOf(pressed), asked: '', personId, until }, now));
    if (!isNew) throw new AppError('conflict', 'This is done already');
  }
}

function keyOf({ action, deliveryId }: Pressed): string {
  return `button ${action}:${deliveryId}`;
}
