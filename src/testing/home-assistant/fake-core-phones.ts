import type { FakeCore } from './fake-core.ts';
import { CoreRefusal } from './fake-core-session.ts';
import type { SessionMessage } from './fake-core-session.ts';

export type FakePhone = {
  readonly deviceId: string;
  /** As the phone calls itself. */
  readonly name: string;
  readonly target: string;
  readonly manufacturer?: string;
  /** Home Assistant's user, whose person has it. */
  readonly userId?: string;
};

export type FakePhoneCall = { readonly service: string; readonly data: Readonly<Record<string, unknown>> };

/** The phones of a fake Core: its lists tell of them, and what is sent to them is kept. */
export class FakeCorePhones {
  readonly calls: FakePhoneCall[] = [];
  /** What each call is refused with, while there is something. */
  refusal: CoreRefusal | undefined;
  /** As Core says how far its start is. */
  state = 'RUNNING';
  #phones: readonly FakePhone[];
  readonly #core: FakeCore;

  constructor(core: FakeCore, phones: readonly FakePhone[]) {
    this.#core = core;
    this.#phones = phones;
    const replies: Readonly<Record<string, (message: SessionMessage) => object>> = {
      'config/device_registry/list': () => this.#devices(),
      'person/list': () => ({ storage: this.#persons(), config: [] }),
      'config/entity_registry/get_entries': () => this.#entries(),
      get_config: () => ({ state: this.state }),
      get_services: () => ({ notify: Object.fromEntries(this.#phones.map(({ target }) => [target, {}])) }),
      get_states: () => [...core.states].map(([id, { state, attributes }]) => ({ entity_id: id, state, attributes })),
      call_service: (message) => this.#call(message),
    };
    for (const [type, reply] of Object.entries(replies)) core.commands.set(type, reply);
  }

  /** As when one is added or renamed. */
  set(phones: readonly FakePhone[]): void {
    this.#phones = phones;
    this.#core.fire('device_registry_updated', { action: 'update' });
  }

  of(target: string): readonly Readonly<Record<string, unknown>>[] {
    return this.calls.filter(({ service }) => service === target).map(({ data }) => data);
  }

  #call(message: SessionMessage): object {
    const { domain, service, service_data: data } = message;
    if (domain !== 'notify') return { context: {} };
    if (this.refusal !== undefined) throw this.refusal;
    if (service !== 'send_message' && !this.#phones.some(({ target }) => target === service))
      throw new CoreRefusal('not_found', `Service notify.${String(service)} not found.`);
    this.calls.push({ service: String(service), data: data as FakePhoneCall['data'] });
    return { context: {} };
  }

  #devices(): object {
    return this.#phones.map(({ deviceId, name, manufacturer = 'Google' }) => {
      return { id: deviceId, name, name_by_user: null, manufacturer, identifiers: [['mobile_app', deviceId]] };
    });
  }

  #persons(): readonly object[] {
    return this.#phones.flatMap(({ userId, deviceId }) =>
      userId === undefined ? [] : [{ id: userId, user_id: userId, device_trackers: [`device_tracker.${deviceId}`] }],
    );
  }

  #entries(): object {
    const entryOf = ({ deviceId }: FakePhone) => [
      `device_tracker.${deviceId}`,
      { platform: 'mobile_app', device_id: deviceId, id: deviceId },
    ];
    return Object.fromEntries(this.#phones.map(entryOf));
  }
}
