// Composes what the house tells people: who is told what (told.ts), by which channels, and what is on its way.
// Called by app.ts, once every room is there that people are told of.
// Must stay true: nothing is sent before all of it is there; secrets are sealed with the house's key.
import type { PersonId, TargetId } from '#base/ids.ts';
import type { Route } from '#contract/endpoint.ts';
import type { ChannelId } from '#contract/notification-kinds.ts';
import { mailSettings } from '#contract/mail-settings.ts';
import { isUrgentAlert } from '#notify/alert-episodes.ts';
import { channelAlerts } from '#notify/channel-alerts.ts';
import { ChannelHealth } from '#notify/channel-health.ts';
import { channelRoutes } from '#notify/channel-routes.ts';
import { ChannelStore } from '#notify/channel-store.ts';
import { Channels } from '#notify/channels.ts';
import { Deliveries } from '#notify/deliveries.ts';
import { deliveryHandlers } from '#notify/delivery-handler.ts';
import { deliveryRoutes } from '#notify/delivery-routes.ts';
import { DeliveryStore } from '#notify/delivery-store.ts';
import { notificationHealth } from '#notify/notification-health.ts';
import { Sending } from '#notify/sending.ts';
import type { OpenAlerts } from '#notify/told-alerts.ts';
import type { Fence } from '#notify/fence/fence.ts';
import type { Channel, Outcome, ReadChannel } from '#notify/kinds/channel.ts';
import { MailChannel } from '#notify/mail/mail-channel.ts';
import { Gotify } from '#notify/push/gotify.ts';
import { Ntfy } from '#notify/push/ntfy.ts';
import type { SealedSecrets } from '#storage/sealed-secrets.ts';
import type { Outbox } from '#storage/outbox.ts';
import type { AppContext, RoomFace, Storage } from './context.ts';
import { faceOf } from './face.ts';
import { composeRender } from './notify-words.ts';
import type { Render } from './notify-words.ts';
import type { PeopleRoom } from './people.ts';
import type { PanelLinks } from './panel-links.ts';
import type { PhoneTargets } from './phone-targets.ts';
import { composePushChannels } from './push-channels.ts';
import type { PushChannelDeps } from './push-channels.ts';
import { composeReach, composeTelling } from './told.ts';
import type { ReachDeps, ReachRoom } from './told.ts';

/** What a channel is made of. */
export type ChannelParts = { readonly readOf: (id: ChannelId) => ReadChannel; readonly fence: Fence; readonly render: Render };

/** The ways to reach people, one in a line. */
const makers: readonly ((parts: ChannelParts) => Channel)[] = [
  ({ readOf, fence, render }) => new MailChannel({ read: readOf('mail'), fence, render }),
  ({ readOf, fence, render }) => new Gotify({ read: readOf('gotify'), fence, render }),
  ({ readOf, fence, render }) => new Ntfy({ read: readOf('ntfy'), fence, render }),
];

type NotificationDeps = Omit<ReachDeps, 'secrets' | 'linkOf'> & {
  readonly storage: Storage;
  readonly outbox: Outbox;
  readonly secrets: Readonly<Record<'channels' | 'targets', SealedSecrets>>;
  readonly people: PeopleRoom['people'];
  readonly links: PanelLinks;
  readonly fence: Fence;
  readonly isOwnPhone: PhoneTargets['isOwnPhone'];
} & Pick<PushChannelDeps, 'devices' | 'phones' | 'actionKey'>;

export type NotificationRoom = {
  readonly face: RoomFace;
  /** How many deliveries ended how since the start. */
  readonly counts: () => ChannelHealth['counts'];
  readonly watchAlerts: (alerts: OpenAlerts) => void;
  /** By these the buttons of notifications do what people could do in the panel: every endpoint of the house. */
  readonly actBy: (routes: readonly Route[]) => void;
};

const dayMs = 86_400_000;

export function composeNotifications(deps: NotificationDeps): NotificationRoom {
  const { storage, outbox, secrets, people, clock, newId, events, stack, options, links, fence } = deps;
  const linkOf = links.of;
  const { db, writes } = storage;
  const log = deps.log.child({ room: 'notify' });
  const reach = composeReach({ ...deps, linkOf, secrets: secrets.targets });
  const health = new ChannelHealth({ onChanged: (channel) => events.emit('notification-settings.changed', { channel }) });
  const hasten = (id: ChannelId) => void writes.write(() => outbox.hasten(id)).catch(() => {});
  const channels = new Channels({
    store: new ChannelStore(db),
    secrets: secrets.channels,
    writes,
    clock,
    onSaved(channel) {
      health.renew(channel);
      hasten(channel);
      events.emit('notification-settings.changed', { channel });
    },
  });
  const render = composeRender(deps);
  const push = composePushChannels({ ...deps, log, channels, render });
  const made = makers.map((make) => make({ readOf: (id) => () => channels.saved(id), fence, render }));
  channels.use([...made, ...push.channels]);
  stack.defer(() => channels.stop());
  const store = new DeliveryStore(db);
  const languageOf = (personId: PersonId) => reach.preferences.of(personId).language ?? options.house.language;
  const sending = new Sending({
    channelOf: (id) => channels.get(id),
    maxAttachmentBytes: (id) => maxAttachmentBytes(channels, id),
    openTarget: (id) => reach.targets.opened(id),
    content: reach.content,
    ...{ languageOf, linkOf, clock, newId, log },
  });
  const settleTarget = targetSettler(reach, { clock, events });
  const canBeAsked = (id: ChannelId) => id === 'mail' && mailServiceOf(channels) === 'postmark';
  const handlers = deliveryHandlers({ store, sending, health, clock, events, canBeAsked, settleTarget });
  for (const [kind, handler] of handlers) outbox.register(kind, handler);
  const deliveries = new Deliveries({
    ...{ store, outbox, writes, clock, newId, events, log },
    channelsFor: (told, now) => reach.reach.channelsFor(told, now),
    problemOf: (id) => channels.problem(id),
    gathersMails: (personId) => reach.preferences.of(personId).gatherMails,
    isUrgent: ({ kind, item }) => kind === 'alert' && isUrgentAlert(item.alertId),
    tellNow: (targetId, notification) => sending.tellNow(targetId, notification),
  });
  keepClean(deliveries, deps, reach);
  const available = () =>
    channels.ids.map((channel) => ({ channel, isSetUp: channels.isSetUp(channel), problem: channels.problem(channel) ?? null }));
  const telling = composeTelling({
    ...deps,
    room: reach,
    deliveries,
    available,
    async tryTarget(targetId) {
      const target = sending.openTarget(targetId);
      if (target === undefined) return { isDelivered: false, reason: 'no-target', detail: 'There is no such target any more' };
      const { isDelivered, reason, detail } = await sending.try(target);
      return { isDelivered, reason, detail };
    },
  });
  const nameOf = (personId: PersonId) => people.byId(personId)?.name ?? '';
  const routes = [
    ...telling.routes,
    ...deliveryRoutes({ deliveries, nameOf, targetNameOf: (id) => reach.targets.byId(id)?.name ?? '' }),
    ...channelRoutes({ channels, health, sending, waiting: (id) => store.waiting(id), clock, log }),
  ];
  let all: readonly Route[] = [];
  routes.push(...push.answer({ reach, deliveries, languageOf, hasten, routes: () => all }));
  const failing = (id: ChannelId) => (channels.problem(id) === 'not-set-up' ? undefined : health.failing(id));
  const face = faceOf({
    routes,
    alerts: channelAlerts(failing),
    probes: { notifications: () => notificationHealth(failing, (id) => store.waiting(id)) },
  });
  return { face, counts: () => health.counts, watchAlerts: telling.watchAlerts, actBy: (every) => void (all = every) };
}

function mailServiceOf(channels: Channels): 'smtp' | 'postmark' | undefined {
  const settings = mailSettings.safeParse(channels.saved('mail')?.settings);
  return settings.success ? settings.data.service : undefined;
}

/** Other channels attach nothing, and open no file: what there is may be as large as it is. */
function maxAttachmentBytes(channels: Channels, id: ChannelId): number {
  const settings = id === 'mail' ? mailSettings.safeParse(channels.saved('mail')?.settings) : undefined;
  return settings?.success === true ? settings.data.maxAttachmentBytes : Number.MAX_SAFE_INTEGER;
}

/** What a target is known for after an attempt there; a browser that unsubscribed is told nothing more. */
function targetSettler({ targetStore }: ReachRoom, { clock, events }: Pick<AppContext, 'clock' | 'events'>) {
  return (id: TargetId, outcome: Outcome): void => {
    const target = targetStore.byId(id);
    if (target === undefined) return;
    const isDelivered = outcome.kind === 'delivered';
    const problem = isDelivered ? undefined : outcome.reason;
    targetStore.settle(id, { problem, deliveredAt: isDelivered ? clock.now() : undefined });
    const isGone = outcome.kind === 'permanent' && outcome.isTargetGone === true && target.channel === 'web-push';
    if (isGone) targetStore.update({ ...target, problem, isEnabled: false });
    if (isGone || problem !== target.problem)
      setImmediate(() => events.emit('notification-target.changed', { targetId: id, personId: target.personId }));
  };
}

/** What waits for whom or what is no more is not sent; what is long over is let go. */
function keepClean(deliveries: Deliveries, deps: NotificationDeps, { targets }: ReachRoom): void {
  const { storage, people, events, clock, stack } = deps;
  if (storage.mode !== 'normal') return;
  deliveries.settleOrphans();
  people.onRemoved([(personId) => (deliveries.forget(personId), () => {})]);
  stack.defer(
    events.on('notification-target.changed', ({ targetId }) => {
      if (targets.byId(targetId) === undefined) void storage.writes.write(() => deliveries.cancelWithoutTarget()).catch(() => {});
    }),
  );
  const pruning = clock.every(dayMs, () => deliveries.prune());
  stack.defer(() => pruning.cancel());
}
