// Owns by what a button of a notification is known when it is pressed.
// Called by the channels that have buttons, and by actions.ts, to which they come back from outside.
// Must stay true: nobody makes one but us, since anybody in Home Assistant may say that a button was pressed.
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { DeliveryId } from '#base/ids.ts';
import { notificationActions } from '#contract/notification-kinds.ts';
import type { NotificationAction } from '#contract/notification-kinds.ts';

export type Pressed = { readonly action: NotificationAction; readonly deliveryId: DeliveryId };

const prefix = 'gosip';
const macBytes = 16;

export class ActionTokens {
  readonly #key: Buffer;

  constructor(key: Buffer) {
    this.#key = key;
  }

  /** `gosip:<action>:<delivery>:<hmac>`. */
  make({ action, deliveryId }: Pressed): string {
    const text = `${prefix}:${action}:${deliveryId}`;
    return `${text}:${this.#mac(text).toString('base64url')}`;
  }

  /** Undefined where it is none of ours. */
  read(token: string): Pressed | undefined {
    const [first, name, deliveryId, mac, ...more] = token.split(':');
    const action = notificationActions.find((one) => one === name);
    if (first !== prefix || action === undefined || deliveryId === undefined || mac === undefined || more.length > 0)
      return undefined;
    const given = Buffer.from(mac, 'base64url');
    const wanted = this.#mac(`${prefix}:${action}:${deliveryId}`);
    if (given.length !== macBytes || !timingSafeEqual(given, wanted)) return undefined;
    return { action, deliveryId: deliveryId as DeliveryId };
  }

  #mac(text: string): Buffer {
    return createHmac('sha256', this.#key).update(text).digest().subarray(0, macBytes);
  }
}
