// Owns whether each channel works, by how the last attempts ended, and how many deliveries ended how.
// Called by delivery-handler.ts; alerts, health, metrics and the list of channels ask it.
// Must stay true: what concerns one target alone makes no channel fail.
import type { ChannelId } from '#contract/notification-kinds.ts';
import { notificationChannels } from '#contract/notification-kinds.ts';
import type { EndState } from './delivery.ts';
import type { Outcome } from './kinds/channel.ts';
import { concernsChannel } from './outcome.ts';

type State = { failures: number; failing: string | undefined };

export type ChannelHealthDeps = {
  /** Whether it works is another answer now. */
  readonly onChanged: (channel: ChannelId) => void;
};

/** In a row, of attempts that may succeed later. */
const maxFailures = 3;

export class ChannelHealth {
  readonly #deps: ChannelHealthDeps;
  readonly #states = new Map<ChannelId, State>(notificationChannels.map((id) => [id, { failures: 0, failing: undefined }]));
  readonly #counts = new Map<string, { readonly channel: ChannelId; readonly state: EndState; count: number }>();

  constructor(deps: ChannelHealthDeps) {
    this.#deps = deps;
  }

  /** Of every attempt but tests. */
  record(channel: ChannelId, outcome: Outcome): void {
    const state = this.#states.get(channel);
    if (state === undefined) return;
    if (outcome.kind === 'delivered') {
      state.failures = 0;
      this.#set(channel, state, undefined);
    } else if (concernsChannel(channel, outcome)) this.#set(channel, state, outcome.detail);
    else if (outcome.kind === 'temporary') {
      state.failures += 1;
      if (state.failures >= maxFailures) this.#set(channel, state, outcome.detail);
    }
  }

  /** Its settings were saved: what was wrong may be right. */
  renew(channel: ChannelId): void {
    const state = this.#states.get(channel);
    if (state === undefined) return;
    state.failures = 0;
    this.#set(channel, state, undefined);
  }

  count(channel: ChannelId, state: EndState, count: number): void {
    const key = `${channel} ${state}`;
    const counted = this.#counts.get(key) ?? { channel, state, count: 0 };
    counted.count += count;
    this.#counts.set(key, counted);
  }

  /** Why its last attempts failed, in words of the service; undefined where it works. */
  failing(channel: ChannelId): string | undefined {
    return this.#states.get(channel)?.failing;
  }

  /** Since the start. */
  get counts(): readonly { readonly channel: ChannelId; readonly state: EndState; readonly count: number }[] {
    return [...this.#counts.values()];
  }

  #set(channel: ChannelId, state: State, failing: string | undefined): void {
    const isChanged = (state.failing === undefined) !== (failing === undefined);
    state.failing = failing;
    if (isChanged) this.#deps.onChanged(channel);
  }
}
