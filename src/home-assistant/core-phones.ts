// Owns the phones with Home Assistant's app and its notify entities: who has which, what is shown on them, and which button was pressed.
// Composed by app/home-assistant-core.ts.
// Must stay true: what is for one person's phone reaches no other that has the same name; nothing here rejects but with a CoreError.
import { isRecord } from '#base/json.ts';
import type { CoreConnection } from './core-connection.ts';
import { CoreError } from './core-connection.ts';
import { readAppPhones, readPhones } from './core-phone-list.ts';
import type { AppPhone, CorePhone } from './core-phone-list.ts';
import type { CoreFetch } from './core-rest.ts';
import { clearData, phoneData } from './phone-message.ts';
import type { PhoneMessage } from './phone-message.ts';

/**
 * `accepted`: Home Assistant took it; whether the phone got it, it does not say. `gone`: there is no such phone any more. `away`: later it
 * may work. `forbidden`: our token is refused. `refused`: it will not take it.
 */
export type Pushed =
  | { readonly kind: 'accepted'; readonly note?: string }
  | { readonly kind: 'gone' | 'away' | 'forbidden' | 'refused'; readonly message: string };

type Deps = { readonly core: CoreConnection; readonly coreFetch: CoreFetch };

/** It waits itself for what sends to the phone, ten seconds at most. */
const sendLimitMs = 20_000;

/** Of an entity: whether it shows titles too. */
const showsTitle = 1;

export class CorePhones {
  readonly #deps: Deps;
  readonly #stops: (() => void)[];
  readonly #listeners = new Set<(action: string) => void>();
  readonly #startListeners = new Set<() => void>();
  /** What is known since the last change; undefined: to be asked again. */
  #known: Promise<readonly AppPhone[]> | undefined;

  constructor(deps: Deps) {
    this.#deps = deps;
    const { core } = deps;
    const forget = () => (this.#known = undefined);
    this.#stops = [
      core.onConnected(forget),
      core.subscribe({ type: 'subscribe_events', event_type: 'device_registry_updated' }, forget),
      core.subscribe({ type: 'subscribe_events', event_type: 'mobile_app_notification_action' }, (event) => this.#pressed(event)),
      core.subscribe({ type: 'subscribe_events', event_type: 'homeassistant_started' }, () => this.#isStarted()),
    ];
  }

  get isConnected(): boolean {
    return this.#deps.core.isConnected;
  }

  /** Rejects with a CoreError. */
  list(): Promise<readonly CorePhone[]> {
    return readPhones(this.#deps.core);
  }

  /** Called with what a button of ours is called, whoever says that it was pressed. */
  onAction(listener: (action: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Called when the line is there, and again once Core has all its phones: it answers before it has. */
  onReady(listener: () => void): () => void {
    this.#startListeners.add(listener);
    const stop = this.#deps.core.onConnected(listener);
    return () => {
      this.#startListeners.delete(listener);
      stop();
    };
  }

  /** `sending` is called before it leaves. Never rejects. */
  show(target: string, message: PhoneMessage, sending: () => void): Promise<Pushed> {
    if (target.startsWith('notify.')) return this.#pushed(target, () => this.#toEntity(target, message, sending));
    return this.#pushed(target, () => this.#toPhone(target, (phone) => phoneData(message, phone?.isApple === true), sending));
  }

  /** Takes away what is shown under a tag. Never rejects. */
  clear(target: string, tag: string, sending: () => void): Promise<Pushed> {
    if (target.startsWith('notify.')) return Promise.resolve({ kind: 'accepted', note: 'There nothing is taken away again' });
    return this.#pushed(target, () => this.#toPhone(target, () => clearData(tag), sending));
  }

  stop(): void {
    for (const stop of this.#stops) stop();
  }

  async #toPhone(
    target: string,
    dataFor: (phone: AppPhone | undefined) => Readonly<Record<string, unknown>>,
    sending: () => void,
  ): Promise<Pushed> {
    const phone = (await this.#phones()).find((one) => one.target === target);
    if (phone?.isAmbiguous === true) {
      return { kind: 'refused', message: `Two phones in Home Assistant are called ${phone.name}: give one of them another name` };
    }
    sending();
    const data = dataFor(phone);
    await this.#deps.core.command({ type: 'call_service', domain: 'notify', service: target, service_data: data }, sendLimitMs);
    return { kind: 'accepted' };
  }

  /** What there is not, or is not available, Home Assistant passes over without a word. */
  async #toEntity(entityId: string, { title, body }: PhoneMessage, sending: () => void): Promise<Pushed> {
    const found = await this.#deps.coreFetch<unknown>(`/api/states/${entityId}`);
    const { state, attributes } = isRecord(found) ? found : {};
    if (state === 'unavailable') return { kind: 'away', message: `${entityId} is not available in Home Assistant` };
    const features = isRecord(attributes) ? Number(attributes['supported_features'] ?? 0) : 0;
    const text = [title, body].filter((line) => line !== '').join('\n');
    const data = (features & showsTitle) === 0 ? { message: text } : { title, message: body === '' ? title : body };
    sending();
    const target = { entity_id: entityId };
    const command = { type: 'call_service', domain: 'notify', service: 'send_message', service_data: data, target };
    await this.#deps.core.command(command, sendLimitMs);
    return { kind: 'accepted' };
  }

  #phones(): Promise<readonly AppPhone[]> {
    if (this.#known !== undefined) return this.#known;
    const asked = readAppPhones(this.#deps.core);
    this.#known = asked;
    asked.catch(() => {
      if (this.#known === asked) this.#known = undefined;
    });
    return asked;
  }

  async #pushed(target: string, send: () => Promise<Pushed>): Promise<Pushed> {
    try {
      return await send();
    } catch (error) {
      if (!(error instanceof CoreError)) throw error;
      const kind = error.code === 'not-found' && (await this.#isComing(target)) ? 'away' : kinds[error.code];
      return { kind, message: error.message };
    }
  }

  /** Whether what Core does not find is only not there yet: it knows its phones by name before it can send to them, at each of its starts. */
  async #isComing(target: string): Promise<boolean> {
    try {
      this.#known = undefined;
      if ((await this.#phones()).some((phone) => phone.target === target)) return true;
      const config = await this.#deps.core.command<unknown>({ type: 'get_config' });
      return isRecord(config) && typeof config['state'] === 'string' && config['state'] !== 'RUNNING';
    } catch (error) {
      if (error instanceof CoreError) return true;
      throw error;
    }
  }

  #isStarted(): void {
    for (const listener of this.#startListeners) listener();
  }

  #pressed(event: unknown): void {
    const data = isRecord(event) ? event['data'] : undefined;
    const action = isRecord(data) ? data['action'] : undefined;
    if (typeof action !== 'string' || action.length > maxAction) return;
    for (const listener of this.#listeners) listener(action);
  }
}

/** Longer than any button of ours is called. */
const maxAction = 200;

const kinds = { unavailable: 'away', 'not-found': 'gone', forbidden: 'forbidden', invalid: 'refused' } as const;
