// Owns that administrators are told of alerts: when one begins, when it is over, and of a flood once a day.
// Called by app.ts with the watch over all alerts, once that has begun.
// Must stay true: what was told is kept with what is told; where nothing can be kept, that is told without being kept, once.
import { parseTime } from '#base/clock.ts';
import type { Clock, Timer } from '#base/clock.ts';
import type { Log } from '#base/log.ts';
import type { AlertEntry } from '#contract/observation.ts';
import type { WriteBatch } from '#storage/write-batch.ts';
import { decideAlerts, isUrgentAlert } from './alert-episodes.ts';
import type { AlertDecision, AlertNews, Episode, OpenAlert } from './alert-episodes.ts';
import type { Recipients } from './recipients.ts';
import type { ToldDeliveries, ToTell } from './to-tell.ts';
import type { ToldAlertStore } from './told-alert-store.ts';

/** Of system/alert-watch.ts. */
export type OpenAlerts = { readonly open: readonly AlertEntry[]; onChanged(listener: () => void): () => void };

export type ToldAlertsDeps = {
  readonly store: ToldAlertStore;
  readonly writes: Pick<WriteBatch, 'write'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly recipients: Pick<Recipients, 'ofAlerts'>;
  readonly deliveries: Pick<ToldDeliveries, 'tell' | 'tellUnkept'>;
};

/** An attack changes them many times a second. */
const gatherMs = 1_000;
/** For what ends or is due without a change. */
const pollMs = 30_000;

export class ToldAlerts {
  readonly #deps: ToldAlertsDeps;
  readonly #startedAt: number;
  #alerts: OpenAlerts | undefined;
  #gathering: Timer | undefined;
  #polling: Timer | undefined;
  #unsubscribe = () => {};
  /** Alerts that were told without being kept, until they are over. */
  #unkept = new Set<string>();

  constructor(deps: ToldAlertsDeps) {
    this.#deps = deps;
    this.#startedAt = deps.clock.monotonic();
  }

  watch(alerts: OpenAlerts): void {
    this.#alerts = alerts;
    this.#unsubscribe = alerts.onChanged(() => this.#changed());
    this.#polling = this.#deps.clock.every(pollMs, () => this.#changed());
    this.#changed();
  }

  stop(): void {
    this.#unsubscribe();
    this.#polling?.cancel();
    this.#gathering?.cancel();
  }

  /** The machine's clock was set. */
  clockSet(byMs: number): void {
    const { writes, store, log } = this.#deps;
    writes.write(() => store.shift(byMs)).catch((error: unknown) => log.warn({ err: error }, 'Times of told alerts not moved'));
  }

  #changed(): void {
    this.#gathering ??= this.#deps.clock.after(gatherMs, () => {
      this.#gathering = undefined;
      void this.#check();
    });
  }

  /** Never rejects. */
  async #check(): Promise<void> {
    const { writes, log } = this.#deps;
    const open = (this.#alerts?.open ?? []).map(toOpen);
    this.#unkept = new Set(open.map(keyOf).filter((key) => this.#unkept.has(key)));
    try {
      await writes.write(() => this.#tell(open));
    } catch (error) {
      log.warn({ err: error }, 'What people were told of alerts could not be kept');
      this.#tellUnkept(open);
    }
  }

  #tell(open: readonly OpenAlert[]): void {
    const { store, deliveries } = this.#deps;
    const { saved, removed, told } = this.#decide(open);
    for (const one of removed) store.remove(one);
    for (const one of saved) store.save(one);
    const toTell = told.filter(({ item }) => !this.#unkept.has(keyOf(item))).flatMap((news) => this.#toTell(news));
    if (toTell.length > 0) deliveries.tell(toTell);
  }

  /** That nothing can be saved cannot be saved. */
  #tellUnkept(open: readonly OpenAlert[]): void {
    const { told } = this.#decide(open.filter(({ alertId }) => alertId === 'storage-failed'));
    const news = told.filter(({ item }) => item.alertId === 'storage-failed' && !this.#unkept.has(keyOf(item)));
    for (const { item } of news) this.#unkept.add(keyOf(item));
    const toTell = news.flatMap((one) => this.#toTell(one));
    if (toTell.length > 0) this.#deps.deliveries.tellUnkept(toTell);
  }

  #decide(open: readonly OpenAlert[]): AlertDecision {
    const { clock } = this.#deps;
    return decideAlerts({ episodes: this.#episodes(), open, runningMs: clock.monotonic() - this.#startedAt }, clock.now());
  }

  #episodes(): readonly Episode[] {
    try {
      return this.#deps.store.all();
    } catch (error) {
      // A file that cannot be read is what most needs to be told.
      this.#deps.log.warn({ err: error }, 'Which alerts were told is not known');
      return [];
    }
  }

  #toTell({ item, ...keys }: AlertNews): readonly ToTell[] {
    const isUrgent = isUrgentAlert(item.alertId);
    return this.#deps.recipients
      .ofAlerts()
      .map((personId) => ({ notification: { kind: 'alert', item }, personId, isUrgent, ...keys }));
  }
}

function toOpen({ alertId, about, values, since }: AlertEntry): OpenAlert {
  return { alertId, about, values, since: parseTime(since) ?? 0 };
}

function keyOf({ alertId, about }: Pick<OpenAlert, 'alertId' | 'about'>): string {
  return `${alertId} ${about}`;
}
