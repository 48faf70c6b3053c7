// Owns the notifications in Home Assistant that tell of what is wrong in the house now.
// Composed by app/home-assistant-core.ts with the alerts of all rooms.
// Must stay true: one notification for each alert and what it is about; it goes when the alert is over, and comes again after Core has started anew.
import { isRecord } from '#base/json.ts';
import { createHash } from 'node:crypto';
import type { Clock, Timer } from '#base/clock.ts';
import type { Log } from '#base/log.ts';
import type { AlertEntry } from '#contract/observation.ts';
import type { CoreConnection } from './core-connection.ts';

export type OpenAlerts = {
  readonly open: readonly Pick<AlertEntry, 'alertId' | 'title' | 'about' | 'message'>[];
  /** Called when `open` has changed. Returns the function that ends it. */
  onChanged(listener: () => void): () => void;
};

export type CoreNotificationsDeps = {
  readonly core: CoreConnection;
  readonly clock: Clock;
  readonly log: Log;
  readonly alerts: OpenAlerts;
  /** The page of this app as Home Assistant's users reach it; undefined where that is not known. Never rejects. */
  readonly page: () => Promise<string | undefined>;
};

const prefix = 'gosip_';
/** After what Core refused while the line is up. */
const retryMs = 60_000;

export class CoreNotifications {
  readonly #deps: CoreNotificationsDeps;
  readonly #stops: (() => void)[];
  /** What Core shows, by id; undefined: not known. */
  #shown: Map<string, string> | undefined;
  #isRunning = false;
  #isWanted = false;
  #isStopped = false;
  #timer: Timer | undefined;

  constructor(deps: CoreNotificationsDeps) {
    this.#deps = deps;
    this.#stops = [
      deps.alerts.onChanged(() => void this.#sync()),
      deps.core.onConnected(() => {
        // They live in Core's memory.
        this.#shown = undefined;
        void this.#sync();
      }),
    ];
  }

  stop(): void {
    this.#isStopped = true;
    this.#timer?.cancel();
    for (const stop of this.#stops) stop();
  }

  async #sync(): Promise<void> {
    this.#isWanted = true;
    if (this.#isRunning) return;
    this.#isRunning = true;
    this.#timer?.cancel();
    try {
      while (this.#isWanted && !this.#isStopped && this.#deps.core.isConnected) {
        this.#isWanted = false;
        await this.#once();
      }
    } catch (error) {
      this.#shown = undefined;
      this.#deps.log.warn({ err: error }, 'Alerts could not be shown in Home Assistant; trying again later');
      if (!this.#isStopped) this.#timer = this.#deps.clock.after(retryMs, () => void this.#sync());
    } finally {
      this.#isRunning = false;
    }
  }

  async #once(): Promise<void> {
    const { alerts, page } = this.#deps;
    const link = await page();
    const wanted = new Map(alerts.open.map((one) => [idOf(one), { title: `GoSIP: ${one.title}`, message: textOf(one, link) }]));
    const shown = (this.#shown ??= await this.#find());
    for (const id of [...shown.keys()].filter((one) => !wanted.has(one))) {
      await this.#call('dismiss', { notification_id: id });
      shown.delete(id);
    }
    for (const [id, { title, message }] of wanted) {
      if (shown.get(id) === message) continue;
      await this.#call('create', { notification_id: id, title, message });
      shown.set(id, message);
    }
  }

  /** Those of ours that are there already, also from before our own start. */
  async #find(): Promise<Map<string, string>> {
    const reply = await this.#deps.core.command<unknown>({ type: 'persistent_notification/get' });
    const found = new Map<string, string>();
    for (const one of Array.isArray(reply) ? reply : []) {
      if (!isRecord(one)) continue;
      const { notification_id: id, message } = one;
      if (typeof id === 'string' && id.startsWith(prefix)) found.set(id, typeof message === 'string' ? message : '');
    }
    return found;
  }

  #call(service: 'create' | 'dismiss', data: Readonly<Record<string, string>>): Promise<unknown> {
    return this.#deps.core.command({ type: 'call_service', domain: 'persistent_notification', service, service_data: data });
  }
}

function idOf({ alertId, about }: { readonly alertId: string; readonly about: string }): string {
  return `${prefix}${alertId}_${createHash('sha256').update(about).digest('hex').slice(0, 12)}`;
}

function textOf({ message }: { readonly message: string }, link: string | undefined): string {
  // Home Assistant reads Markdown, and what strangers sent may stand in a message.
  const text = message.replaceAll(/[\\`*_{}[\]<>()#!|~]/g, String.raw`\$&`);
  return link === undefined ? text : `${text}\n\n[Open GoSIP](${link})`;
}
