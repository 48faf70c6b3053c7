// Home Assistant's app on a phone, as far as Core knows it: it registers, gets its notifications where the makers' push service would be, and says
// which button was pressed.
// Called by the flow of notifications.
// Must stay true: it asks Core for nothing but what the app asks for.
import { startHttpPeer } from '#testing/peers/http-peer.ts';
import type { HttpPeer } from '#testing/peers/http-peer.ts';
import { restCall } from './core-client.ts';
import type { CoreClient } from './core-client.ts';

export type CompanionPush = {
  readonly title?: string;
  readonly message: string;
  readonly data?: {
    readonly tag?: string;
    readonly url?: string;
    readonly actions?: readonly { readonly action: string; readonly title: string }[];
  } & Readonly<Record<string, unknown>>;
  readonly push_token: string;
};

type Registered = { readonly webhook_id: string };
type Entry = { readonly entry_id: string };

const registrations = '/api/mobile_app/registrations';
const entries = '/api/config/config_entries/entry';

export class CompanionPhone implements AsyncDisposable {
  readonly name: string;
  /** In place of the push service of the makers. */
  readonly service: HttpPeer;
  readonly #url: string;
  readonly #webhookId: string;
  readonly #entry: string;

  private constructor(name: string, at: { url: string; webhookId: string; entry: string }, service: HttpPeer) {
    this.name = name;
    this.#url = at.url;
    this.#webhookId = at.webhookId;
    this.#entry = at.entry;
    this.service = service;
  }

  /** Of the user whose token `client` has. */
  static async register(client: CoreClient, name: string, manufacturer = 'Google'): Promise<CompanionPhone> {
    const before = await entriesOf(client);
    const service = await startHttpPeer();
    service.otherwise = { status: 201, headers: { 'content-type': 'application/json' }, body: '{"target":"phone"}' };
    const { webhook_id: webhookId } = await client.rest<Registered>('POST', registrations, {
      device_id: `device ${before.length + 1} of ${name}`,
      app_id: 'io.example.companion',
      app_name: 'Companion',
      app_version: '2026.11.1',
      device_name: name,
      manufacturer,
      model: 'Phone',
      os_name: manufacturer === 'Apple' ? 'iOS' : 'Android',
      os_version: '17',
      supports_encryption: false,
      app_data: { push_url: `${service.url}/push`, push_token: `token of ${name}` },
    });
    const entry = (await entriesOf(client)).find((one) => !before.includes(one)) ?? '';
    return new CompanionPhone(name, { url: client.url, webhookId, entry }, service);
  }

  /** What came, in order. */
  get pushes(): readonly CompanionPush[] {
    return this.service.requests.map(({ body }) => JSON.parse(body) as CompanionPush);
  }

  /** As when a button of a notification is touched. */
  async press(action: string): Promise<void> {
    const event = { event_type: 'mobile_app_notification_action', event_data: { action } };
    await restCall(this.#url, 'POST', `/api/webhook/${this.#webhookId}`, { body: { type: 'fire_event', data: event } });
  }

  /** As when somebody removes it there. */
  async removeFrom(client: CoreClient): Promise<void> {
    if ((await entriesOf(client)).includes(this.#entry)) await client.rest('DELETE', `${entries}/${this.#entry}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.service.close();
  }
}

async function entriesOf(client: CoreClient): Promise<readonly string[]> {
  const there = await client.rest<Entry[]>('GET', `${entries}?domain=mobile_app`);
  return there.map(({ entry_id: id }) => id);
}
