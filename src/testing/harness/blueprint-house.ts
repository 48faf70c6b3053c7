// A house in a real Home Assistant that holds its blueprints, with a tablet that takes notifications.
// Called by the flow of the blueprints.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { TwilioHarness, waitFor } from '#testing/harness/twilio-harness.ts';
import { HomeAssistantHarness } from './home-assistant-harness.ts';

/** What the Home Assistant app on a phone gets. */
export type Push = {
  readonly title?: string;
  readonly message: string;
  readonly data?: {
    readonly tag?: string;
    readonly image?: string;
    readonly actions?: readonly { readonly action: string; readonly title: string }[];
  };
};

type Blueprint = {
  readonly id: string;
  readonly domain: 'automation' | 'script';
  readonly path: string;
  readonly state: string;
  readonly supported: boolean;
};
type Inputs = Readonly<Record<string, unknown>>;

const tablet = {
  device_id: 'kitchen-tablet',
  app_id: 'house.gosip.test',
  app_name: 'Test',
  app_version: '1',
  device_name: 'Kitchen tablet',
  manufacturer: 'Test',
  model: 'Test',
  os_name: 'Test',
  os_version: '1',
  supports_encryption: false,
};

export class BlueprintHouse implements AsyncDisposable {
  readonly pushes: Push[] = [];
  readonly at: TwilioHarness;
  readonly harness: HomeAssistantHarness;
  readonly #stack: AsyncDisposableStack;
  readonly #made: { readonly domain: string; readonly id: string }[] = [];
  #blueprints: readonly Blueprint[] = [];

  private constructor(at: TwilioHarness, harness: HomeAssistantHarness, stack: AsyncDisposableStack) {
    this.at = at;
    this.harness = harness;
    this.#stack = stack;
  }

  static async start(environment: Record<string, string> = {}): Promise<BlueprintHouse> {
    await using stack = new AsyncDisposableStack();
    const harness = stack.use(await HomeAssistantHarness.start());
    const { url, token } = harness.core;
    // As Home Assistant has them: a house that learns them begins anew.
    const known = { GOSIP_TIME_ZONE: 'Europe/Berlin', GOSIP_LANGUAGE: 'en' };
    const core = { GOSIP_HOME_ASSISTANT_URL: url, GOSIP_HOME_ASSISTANT_TOKEN: token, ...known };
    const at = stack.use(await TwilioHarness.start({ environment: { ...harness.environment, ...core, ...environment } }));
    const house = new BlueprintHouse(at, harness, stack.move());
    try {
      await house.#registerTablet();
      return house;
    } catch (error) {
      await house[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Whether this Home Assistant is new enough for a blueprint. */
  has(blueprintId: string): boolean {
    return this.#blueprints.find(({ id }) => id === blueprintId)?.supported === true;
  }

  /** Through our API, as the panel does it; those that this Home Assistant is new enough for. */
  async install(): Promise<readonly Blueprint[]> {
    const { house } = this.at;
    const list = () => house.api<{ blueprints: Blueprint[] }>('GET', '/blueprints');
    for (const { id } of (await list()).blueprints.filter(({ supported }) => supported))
      await house.api('POST', `/blueprints/${id}/install`, { replace: true });
    this.#blueprints = (await list()).blueprints;
    return this.#blueprints;
  }

  /** What somebody makes of a blueprint, where this Home Assistant is new enough; its id is that of the blueprint. */
  async make(blueprintId: string, input: Inputs = {}): Promise<void> {
    const { domain, path } = this.#blueprints.find(({ id }) => id === blueprintId) ?? {};
    if (domain === undefined) throw new Error(`There is no blueprint ${blueprintId}`);
    if (!this.has(blueprintId)) return;
    const id = `gosip_${blueprintId}`;
    await this.rest('POST', `/api/config/${domain}/config/${id}`, { alias: id, use_blueprint: { path, input } });
    this.#made.push({ domain, id });
    await waitFor(id, 20, () => this.harness.entities.state(`${domain}.${id}`));
  }

  rest<Reply>(method: string, path: string, body?: unknown): Promise<Reply> {
    return this.harness.entities.client.rest(method, path, body);
  }

  /** What a script replies. */
  async run<Reply>(script: string, data: object): Promise<Reply> {
    const path = `/api/services/script/gosip_${script}?return_response`;
    return (await this.rest<{ service_response: Reply }>('POST', path, data)).service_response;
  }

  fire(event: string, data: object = {}): Promise<unknown> {
    return this.rest('POST', `/api/events/${event}`, data);
  }

  /** The id of a device in Home Assistant, by its identifier there. */
  async deviceId(identifier: string): Promise<string> {
    return waitFor(`the device ${identifier}`, 20, async () => {
      const all = await this.harness.entities.client.command<{ id: string; identifiers: string[][] }[]>({
        type: 'config/device_registry/list',
      });
      return all.find(({ identifiers }) => identifiers.some(([, one]) => one === identifier))?.id;
    });
  }

  tabletId(): Promise<string> {
    return this.deviceId(tablet.device_id);
  }

  pushed(what: string, fits: (push: Push) => boolean): Promise<Push> {
    return waitFor(what, 20, () => this.pushes.find(fits));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { domain, id } of this.#made) await this.rest('DELETE', `/api/config/${domain}/config/${id}`).catch(() => {});
    await this.#stack.disposeAsync();
  }

  async #registerTablet(): Promise<void> {
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        this.pushes.push(JSON.parse(Buffer.concat(chunks).toString()) as Push);
        response.writeHead(201, { 'content-type': 'application/json' }).end('{}');
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    this.#stack.defer(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const app_data = { push_token: 'token', push_url: `http://127.0.0.1:${port}/push` };
    await this.rest('POST', '/api/mobile_app/registrations', { ...tablet, app_data });
    this.#stack.defer(async () => {
      const entries = await this.rest<{ entry_id: string }[]>('GET', '/api/config/config_entries/entry?domain=mobile_app');
      for (const { entry_id: id } of entries) await this.rest('DELETE', `/api/config/config_entries/entry/${id}`);
    });
  }
}
