import { createHash } from 'node:crypto';
import type { PersonId } from '#base/ids.ts';
import type { ChannelId, DeliveryReason } from '#contract/notification-kinds.ts';
import type { Target } from './kinds/target.ts';

/** As it is kept and shown; its secret is opened only where something is sent. */
export type KeptTarget = Omit<Target, 'secret'> & {
  /** Why nothing arrives there; undefined where all is well. */
  readonly problem: DeliveryReason | undefined;
  readonly deliveredAt: number | undefined;
  readonly createdAt: number;
  readonly changedAt: number;
};

/** How a browser came to the panel, and with it how a link in its notifications is made whole. */
export type PanelWay = 'ingress' | 'own';

/** Where somebody wants to be reached. `name` undefined: as it is called by itself. */
export type NewTarget = { readonly personId: PersonId; readonly name?: string | undefined } & (
  | { readonly channel: 'mail'; readonly address: string }
  | { readonly channel: 'gotify'; readonly token: string }
  | { readonly channel: 'ntfy'; readonly topic: string }
  | { readonly channel: 'home-assistant'; readonly target: string }
  | NewBrowser
);

export type NewBrowser = {
  readonly channel: 'web-push';
  readonly subscription: WebPushSubscription;
  readonly via: PanelWay;
  /** The endpoint that this browser had before. */
  readonly replaces?: string | undefined;
};

/** As the browser gives it (RFC 8291): `endpoint` alone lets anybody reach it. */
export type WebPushSubscription = {
  readonly endpoint: string;
  readonly keys: { readonly p256dh: string; readonly auth: string };
};

/** How many of each a person may have. */
export const maxTargets: Readonly<Record<ChannelId, number>> = {
  mail: 5,
  gotify: 5,
  ntfy: 5,
  'home-assistant': 10,
  'web-push': 10,
};

type Parts = Pick<Target, 'name' | 'address' | 'settings' | 'secret'>;

/** What is kept of a new one, and what of it is to be sealed. */
export function partsOf(given: NewTarget): Parts {
  switch (given.channel) {
    case 'mail':
      return { name: given.name ?? given.address, address: normalMail(given.address), settings: {}, secret: undefined };
    case 'home-assistant':
      return { name: given.name ?? given.target, address: given.target, settings: {}, secret: undefined };
    case 'gotify':
      return { name: given.name ?? 'Gotify', ...secretParts(given.token) };
    case 'ntfy':
      return { name: given.name ?? 'ntfy', ...secretParts(given.topic) };
    case 'web-push': {
      const { subscription, via } = given;
      const { settings, address } = secretParts(subscription.endpoint);
      return { name: given.name ?? 'Browser', address, settings: { ...settings, via }, secret: JSON.stringify(subscription) };
    }
  }
}

/** As a person may see it. */
export function shownAddress({ address, settings }: Pick<KeptTarget, 'address' | 'settings'>): string {
  return typeof settings.hint === 'string' ? `…${settings.hint}` : address;
}

/** By which what is secret is found again. */
export function addressOfSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

/** Enough of it to tell it from another, and never more than a quarter. */
function secretParts(secret: string): Pick<Parts, 'address' | 'settings'> & { readonly secret: string } {
  const hint = secret.slice(secret.length - Math.min(4, Math.floor(secret.length / 4)));
  return { address: addressOfSecret(secret), settings: { hint }, secret };
}

/** Only the domain is known not to mind how it is written (RFC 5321 section 2.4). */
function normalMail(address: string): string {
  const at = address.lastIndexOf('@');
  return address.slice(0, at) + address.slice(at).toLowerCase();
}
