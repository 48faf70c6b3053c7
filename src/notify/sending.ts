// Owns how a delivery is made of what is kept: its target opened, what it says read now, how loud it is.
// Called by delivery-handler.ts for what the outbox sends, and by whoever tries a target or a channel.
// Must stay true: what was deleted, heard or is over meanwhile is not told; nothing is written here.
import type { Clock } from '#base/clock.ts';
import type { NewId, PersonId, TargetId } from '#base/ids.ts';
import type { Log } from '#base/log.ts';
import type { HouseLanguage } from '#contract/languages.ts';
import type { ChannelId, DeliveryReason } from '#contract/notification-kinds.ts';
import { panelPaths } from '#contract/panel-paths.ts';
import type { KeptDelivery } from './delivery.ts';
import type { Attempt, Channel, Delivery, Outcome } from './kinds/channel.ts';
import type { Content, PanelLink, Told } from './kinds/content.ts';
import { tagOf } from './kinds/notification.ts';
import type { Notification } from './kinds/notification.ts';
import type { Target } from './kinds/target.ts';
import { mannerOf } from './manner.ts';

export type SendingDeps = {
  readonly channelOf: (id: ChannelId) => Channel;
  /** Of all attachments of a letter together; what is not attached may be as large as it is. */
  readonly maxAttachmentBytes: (id: ChannelId) => number;
  /** With its secret. */
  readonly openTarget: (id: TargetId) => Target | undefined;
  readonly content: Content;
  readonly languageOf: (personId: PersonId) => HouseLanguage;
  readonly linkOf: (path: string, personId: PersonId) => PanelLink;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly log: Log;
};

/** What becomes of those that are sent together: `untold` are not to be told any more. */
export type Prepared = {
  readonly delivery: Delivery | undefined;
  readonly untold: readonly { readonly kept: KeptDelivery; readonly reason: 'gone' | 'obsolete' }[];
};

/** How one attempt ended that somebody waits for. */
export type Tried = { readonly isDelivered: boolean; readonly reason: DeliveryReason | null; readonly detail: string };
export type TriedInFull = Tried & { readonly reply: string | null };

const tryMs = 20_000;

export class Sending {
  readonly #deps: SendingDeps;

  constructor(deps: SendingDeps) {
    this.#deps = deps;
  }

  channelOf(id: ChannelId): Channel {
    return this.#deps.channelOf(id);
  }

  openTarget(id: TargetId): Target | undefined {
    return this.#deps.openTarget(id);
  }

  /** All of one target, the oldest first. */
  prepare(all: readonly KeptDelivery[], target: Target): Prepared {
    const { content, maxAttachmentBytes, languageOf } = this.#deps;
    const read = all.map((kept) => ({
      kept,
      told: content.of(kept.notification, kept.personId, maxAttachmentBytes(target.channel)),
    }));
    const untold = read.flatMap(({ kept, told }) => (typeof told === 'string' ? [{ kept, reason: told }] : []));
    const [first, ...others] = read.flatMap(({ kept, told }) => (typeof told === 'string' ? [] : [{ kept, told }]));
    if (first === undefined) return { delivery: undefined, untold };
    const told = [first.told, ...others.map((one) => one.told)] as const;
    const { id, notification, resentFrom } = first.kept;
    const delivery: Delivery = {
      id,
      target,
      language: languageOf(target.personId),
      told,
      tag: others.length === 0 ? tagOf(notification) : `several:${target.id}`,
      messageId: resentFrom ?? id,
      ...mannerOf(told),
    };
    return { delivery, untold };
  }

  /** What a service is asked about: what it says is of no account. */
  inDoubt(kept: KeptDelivery, target: Target): Delivery {
    const { id, notification, resentFrom } = kept;
    return { ...this.#testOf(target), id, tag: tagOf(notification), messageId: resentFrom ?? id };
  }

  /** One attempt at something of which nothing can be kept. */
  async tellNow(targetId: TargetId, notification: Notification): Promise<void> {
    const { openTarget, content, log, newId } = this.#deps;
    const target = openTarget(targetId);
    const told = target === undefined ? 'gone' : content.of(notification, target.personId, 0);
    if (target === undefined || typeof told === 'string') return;
    const delivery = {
      ...this.#testOf(target),
      id: newId('dlv'),
      told: [told],
      tag: tagOf(notification),
      ...mannerOf([told]),
    } as const;
    const outcome = await this.#attempt(delivery);
    log.info({ channel: target.channel, outcome: outcome.kind }, 'Told without being kept');
  }

  /** One test now. Never rejects. */
  async try(target: Target): Promise<TriedInFull> {
    const problem = this.channelOf(target.channel).problem();
    if (problem !== undefined)
      return { isDelivered: false, reason: problem, detail: 'This channel cannot send anything', reply: null };
    const outcome = await this.#attempt(this.#testOf(target));
    const reply = outcome.reply === undefined ? null : [outcome.reply.status, outcome.reply.reply].filter(Boolean).join('\n');
    if (outcome.kind === 'delivered') return { isDelivered: true, reason: null, detail: outcome.note ?? '', reply };
    return { isDelivered: false, reason: outcome.reason, detail: outcome.detail, reply };
  }

  async #attempt(delivery: Delivery): Promise<Outcome> {
    const abort = new AbortController();
    const timer = this.#deps.clock.after(tryMs, () => abort.abort());
    const attempt: Attempt = { signal: abort.signal, commit: () => {} };
    try {
      return await this.channelOf(delivery.target.channel).deliver(delivery, attempt);
    } catch (error) {
      this.#deps.log.error({ err: error, channel: delivery.target.channel }, 'A channel failed');
      return { kind: 'permanent', reason: 'unexpected', detail: 'GoSIP made a mistake: the log says which' };
    } finally {
      timer.cancel();
    }
  }

  #testOf(target: Target): Delivery {
    const { newId, languageOf, linkOf } = this.#deps;
    const id = newId('dlv');
    const told: readonly [Told] = [{ kind: 'test', link: linkOf(panelPaths.notifications(), target.personId) }];
    return {
      id,
      target,
      language: languageOf(target.personId),
      told,
      tag: `test:${target.id}`,
      messageId: id,
      ...mannerOf(told),
    };
  }
}
