// Owns what is set up of each way to reach people: its settings, and its secrets.
// Called by its routes, and by the channels, which read their own.
// Must stay true: memory has what the database has; a secret is sealed on the disk and never shown again.
import { AppError } from '#base/errors.ts';
import type { Clock } from '#base/clock.ts';
import { notificationChannels } from '#contract/notification-kinds.ts';
import type { ChannelId, DeliveryReason } from '#contract/notification-kinds.ts';
import type { SealedSecrets } from '#storage/sealed-secrets.ts';
import type { WriteBatch } from '#storage/write-batch.ts';
import type { ChannelStore } from './channel-store.ts';
import type { Channel, SavedChannel, UnsavedChannel } from './kinds/channel.ts';

export type ChannelsDeps = {
  readonly store: ChannelStore;
  readonly secrets: SealedSecrets;
  readonly writes: Pick<WriteBatch, 'write'>;
  readonly clock: Pick<Clock, 'now'>;
  /** Its settings were saved. */
  readonly onSaved: (id: ChannelId) => void;
};

/** `null` takes a secret away; one that is not named stays. */
export type ChannelChange = {
  readonly isEnabled: boolean;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly secrets: Readonly<Record<string, string | null | undefined>>;
};

export type SavedAt = SavedChannel & { readonly changedAt: number };

/** Of these there is nothing to set up: they work as soon as somebody has a target there. */
const needsNothing: readonly ChannelId[] = ['home-assistant', 'web-push'];

export class Channels {
  readonly #deps: ChannelsDeps;
  readonly #channels = new Map<ChannelId, Channel>();
  readonly #known = new Map<ChannelId, SavedAt | undefined>();

  constructor(deps: ChannelsDeps) {
    this.#deps = deps;
  }

  /** Each reads its settings through `saved`, so that they are made after this. */
  use(channels: readonly Channel[]): void {
    for (const channel of channels) this.#channels.set(channel.id, channel);
  }

  /** Throws where there is no such channel, which is a fault of ours. */
  get(id: ChannelId): Channel {
    const channel = this.#channels.get(id);
    if (channel === undefined) throw new Error(`There is no channel ${id}`);
    return channel;
  }

  get ids(): readonly ChannelId[] {
    return notificationChannels;
  }

  /** Why nothing can be sent by it; undefined where it can. */
  problem(id: ChannelId): DeliveryReason | undefined {
    const channel = this.#channels.get(id);
    return channel === undefined ? 'not-set-up' : channel.problem();
  }

  isSetUp(id: ChannelId): boolean {
    return this.saved(id) !== undefined;
  }

  /** Undefined before it was set up, where that is needed. */
  saved(id: ChannelId): SavedAt | undefined {
    if (!this.#known.has(id)) this.#known.set(id, this.#read(id));
    return (
      this.#known.get(id) ??
      (needsNothing.includes(id) ? { isEnabled: true, settings: {}, secrets: {}, changedAt: 0 } : undefined)
    );
  }

  /** Throws `invalid` for settings by which nothing can be sent. */
  async save(id: ChannelId, change: ChannelChange): Promise<void> {
    const details = this.#channels.get(id)?.wrongSettings?.(change.settings) ?? [];
    if (details.length > 0) throw new AppError('invalid', 'Nothing can be sent by these settings', { details });
    await this.#deps.writes.write(() => this.#put(id, change));
    this.#known.delete(id);
    this.#channels.get(id)?.changed?.();
    this.#deps.onSaved(id);
  }

  /** What a channel makes for itself, such as its keys; inside a write. */
  keep(id: ChannelId, { settings, secrets }: Pick<ChannelChange, 'settings' | 'secrets'>): void {
    this.#put(id, { settings, secrets, isEnabled: this.saved(id)?.isEnabled ?? true });
    this.#known.delete(id);
  }

  /** What would be saved, for a try. */
  unsaved(id: ChannelId, { settings, secrets }: Pick<ChannelChange, 'settings' | 'secrets'>): UnsavedChannel {
    return { settings: { ...this.#ownSettings(id), ...settings }, secrets: this.#secretsWith(id, secrets) };
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#channels.values()].flatMap((channel) => channel.stop?.() ?? []));
  }

  #put(id: ChannelId, { isEnabled, settings, secrets }: ChannelChange): void {
    const { store, secrets: sealed, clock } = this.#deps;
    const all = this.#secretsWith(id, secrets);
    store.put({ id, isEnabled, settings: { ...this.#ownSettings(id), ...settings }, changedAt: clock.now() });
    sealed.save(id, Object.keys(all).length === 0 ? undefined : JSON.stringify(all));
  }

  /** Of a channel that has none to set, those that it made for itself. */
  #ownSettings(id: ChannelId): Readonly<Record<string, unknown>> {
    return needsNothing.includes(id) ? (this.saved(id)?.settings ?? {}) : {};
  }

  /** With those that are kept; where the house's key does not open these, only with those given. */
  #secretsWith(id: ChannelId, given: ChannelChange['secrets']): Readonly<Record<string, string>> {
    const kept = this.saved(id)?.secrets ?? {};
    const all = { ...(kept === 'locked' ? {} : kept), ...given };
    return Object.fromEntries(Object.entries(all).filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
  }

  #read(id: ChannelId): SavedAt | undefined {
    const { store, secrets } = this.#deps;
    const kept = store.get(id);
    if (kept === undefined) return undefined;
    const { isEnabled, settings, changedAt, hasSecret } = kept;
    const opened = hasSecret ? secrets.read(id) : '{}';
    const opens = opened === undefined ? 'locked' : (JSON.parse(opened) as Readonly<Record<string, string>>);
    return { isEnabled, settings, secrets: opens, changedAt };
  }
}
