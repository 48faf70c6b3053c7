// Composes the ways to phones of Home Assistant and to browsers, and what their buttons do.
// Called by notifications.ts: the channels before deliveries are made, the rest after.
// Must stay true: the keys by which browsers know the house are made once; another pair would void every subscription.
import type { PersonId } from '#base/ids.ts';
import type { Route } from '#contract/endpoint.ts';
import type { ChannelId } from '#contract/notification-kinds.ts';
import { ActionTokens } from '#notify/action-tokens.ts';
import type { Channels } from '#notify/channels.ts';
import type { Deliveries } from '#notify/deliveries.ts';
import type { Channel, Delivery, ReadChannel } from '#notify/kinds/channel.ts';
import type { Fence } from '#notify/fence/fence.ts';
import { HomeAssistantPush } from '#notify/push/home-assistant.ts';
import { newPushKeys } from '#notify/push/web-push-request.ts';
import { WebPush, pushKeysOf } from '#notify/push/web-push.ts';
import { webPushRoutes } from '#notify/web-push-routes.ts';
import type { NotificationAction } from '#contract/notification-kinds.ts';
import type { AppContext, Storage } from './context.ts';
import type { CoreRoom } from './home-assistant-core.ts';
import { composeNotificationActions } from './notification-actions.ts';
import type { NotificationActionsDeps } from './notification-actions.ts';
import type { Render } from './notify-words.ts';
import type { PanelLinks } from './panel-links.ts';
import type { ReachRoom } from './told.ts';

export type PushChannelDeps = Pick<AppContext, 'clock' | 'stack' | 'overrides'> &
  Pick<NotificationActionsDeps, 'log' | 'devices' | 'people'> & {
    readonly storage: Pick<Storage, 'db' | 'writes'>;
    readonly channels: Channels;
    readonly fence: Fence;
    readonly render: Render;
    readonly links: Pick<PanelLinks, 'inHomeAssistant'>;
    readonly phones: CoreRoom['phones'];
    readonly actionKey: Buffer;
  };

type TellingParts = Pick<NotificationActionsDeps, 'languageOf' | 'routes'> & {
  readonly reach: Pick<ReachRoom, 'targets' | 'administrators'>;
  readonly deliveries: Pick<Deliveries, 'byId'>;
  /** Home Assistant is there again: what waits for it is tried at once. */
  readonly hasten: (channel: ChannelId) => void;
};

export type PushChannels = {
  readonly channels: readonly Channel[];
  /** The endpoints of browsers and buttons, and what is done by Home Assistant's phones from now on. */
  readonly answer: (parts: TellingParts) => readonly Route[];
};

/** Where nobody set up mail: what push services see of who sends. */
const project = 'https://github.com/gosip/gosip';

export function composePushChannels(deps: PushChannelDeps): PushChannels {
  const { channels, fence, render, links, phones, storage, actionKey, people, stack } = deps;
  const tokens = new ActionTokens(actionKey);
  const tokenOf = ({ id }: Delivery, action: NotificationAction) => tokens.make({ action, deliveryId: id });
  const readOf =
    (id: ChannelId): ReadChannel =>
    () =>
      channels.saved(id);
  const common = { render, tokenOf, linkTo: links.inHomeAssistant };
  const { pushService } = deps.overrides;
  const webPush = new WebPush({
    ...{ ...common, fence, read: readOf('web-push'), standIn: pushService?.url },
    subject: () => subjectOf(channels),
  });
  return {
    channels: [new HomeAssistantPush({ ...common, phones, read: readOf('home-assistant') }), webPush],
    answer({ reach, deliveries, hasten, ...parts }) {
      if (phones !== undefined) stack.defer(phones.onReady(() => hasten('home-assistant')));
      const actions = composeNotificationActions({
        ...deps,
        ...parts,
        tokens,
        administrators: reach.administrators,
        find(id) {
          const found = deliveries.byId(id);
          return found === undefined ? undefined : { ...found, at: found.endedAt ?? found.createdAt };
        },
        targetOf: (id) => reach.targets.byId(id),
      });
      const keys = keysOnce(readOf('web-push'), (made) => storage.writes.write(() => channels.keep('web-push', made)));
      const isPerson = (personId: PersonId) => people.byId(personId) !== undefined;
      return [...actions.routes, ...webPushRoutes({ channel: webPush, keys, targets: reach.targets, isPerson })];
    },
  };
}

type Kept = Parameters<Channels['keep']>[1];

/** Whoever asks at the same time gets the same. */
function keysOnce(read: ReadChannel, keep: (made: Kept) => Promise<void>) {
  let making: Promise<{ readonly publicKey: string }> | undefined;
  const make = async () => {
    const { publicKey, privateKey } = newPushKeys();
    await keep({ settings: { publicKey }, secrets: { privateKey } });
    return { publicKey };
  };
  return async () => {
    const known = pushKeysOf(read);
    if (known !== undefined) return known;
    making ??= make().finally(() => (making = undefined));
    return making;
  };
}

/** By which a push service reaches who runs this house; Apple's refuses what is none. */
function subjectOf(channels: Channels): string {
  const from = channels.saved('mail')?.settings['from'] as { readonly address?: unknown } | undefined;
  return typeof from?.address === 'string' ? `mailto:${from.address}` : project;
}
