import { CoreClient, restCall } from './core-client.ts';

/** The owner of every house of the tests, and somebody who may not administer it. */
export const owner = { username: 'owner', password: 'owner-word' };
export const guest = { username: 'guest', password: 'guest-word' };

export type MqttBroker = { readonly host: string; readonly port: number; readonly username?: string; readonly password?: string };
type Step = { readonly step: string; readonly done: boolean };
type Flow = {
  readonly flow_id: string;
  readonly type: string;
  readonly errors?: unknown;
  readonly data_schema: readonly { readonly name: string }[];
};

/** Answers what a new house asks its first user, and makes the guest. Returns a token of the owner that lasts. */
export async function onboard(url: string): Promise<string> {
  const steps = await restCall<Step[]>(url, 'GET', '/api/onboarding').catch(() => []);
  const isOpen = (step: string) => steps.some((one) => one.step === step && !one.done);
  const client_id = `${url}/`;
  const code = isOpen('user') ? await createOwner(url) : await signIn(url);
  const grant = { grant_type: 'authorization_code', code, client_id };
  const { access_token: token } = await restCall<{ access_token: string }>(url, 'POST', '/auth/token', {
    body: grant,
    isForm: true,
  });
  const answers = { core_config: {}, analytics: {}, integration: { client_id, redirect_uri: client_id } };
  for (const [step, body] of Object.entries(answers)) {
    if (isOpen(step)) await restCall(url, 'POST', `/api/onboarding/${step}`, { body, token });
  }
  using client = await CoreClient.connect(url, token);
  await confirmHttp(client);
  if (isOpen('user')) {
    await createGuest(client);
    await leaveInternet(client);
  }
  const lasting = { type: 'auth/long_lived_access_token', client_name: `tests ${Date.now()}`, lifespan: 365 };
  return await client.command<string>(lasting);
}

async function createOwner(url: string): Promise<string> {
  const body = { client_id: `${url}/`, name: 'Owner', language: 'en', ...owner };
  return (await restCall<{ auth_code: string }>(url, 'POST', '/api/onboarding/users', { body })).auth_code;
}

async function signIn(url: string): Promise<string> {
  const client_id = `${url}/`;
  const body = { client_id, handler: ['homeassistant', null], redirect_uri: client_id };
  const { flow_id } = await restCall<Flow>(url, 'POST', '/auth/login_flow', { body });
  const answer = { client_id, ...owner };
  return (await restCall<{ result: string }>(url, 'POST', `/auth/login_flow/${flow_id}`, { body: answer })).result;
}

/**
 * Where it listens by configuration.yaml is on trial: unconfirmed, Home Assistant restarts after five minutes and listens elsewhere. Releases
 * before 2026.11 may not know the command and need none.
 */
async function confirmHttp(client: CoreClient): Promise<void> {
  await client.command({ type: 'http/config/promote' }).catch((error: Error) => {
    if (!error.message.includes('unknown_command') && !error.message.includes('nothing_to_promote')) throw error;
  });
}

/** Takes away what the onboarding adds and what would ask the internet at each start. */
async function leaveInternet(client: CoreClient): Promise<void> {
  const asking = ['met', 'radio_browser'];
  const entries = '/api/config/config_entries/entry';
  for (let tenth = 0; asking.length > 0 && tenth < 100; tenth += 1) {
    const there = await client.rest<{ entry_id: string; domain: string }[]>('GET', entries);
    for (const { domain, entry_id: id } of there.filter((one) => asking.includes(one.domain))) {
      await client.rest('DELETE', `${entries}/${id}`);
      asking.splice(asking.indexOf(domain), 1);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function createGuest(client: CoreClient): Promise<void> {
  const { user } = await client.command<{ user: { id: string } }>({
    type: 'config/auth/create',
    name: 'Guest',
    group_ids: ['system-users'],
    local_only: false,
  });
  await client.command({ type: 'config/auth_provider/homeassistant/create', user_id: user.id, ...guest });
}

/** Adds the MQTT integration as its form is filled in; a broker without MQTT 5 gets 3.1.1, where the form offers the choice. */
export async function addMqtt(client: CoreClient, { host, port, ...login }: MqttBroker): Promise<void> {
  const entries = await client.rest<unknown[]>('GET', '/api/config/config_entries/entry?domain=mqtt');
  if (entries.length > 0) return;
  const flows = '/api/config/config_entries/flow';
  let last: Flow | undefined;
  for (const protocol of [undefined, '3.1.1']) {
    const form = await client.rest<Flow>('POST', flows, { handler: 'mqtt' });
    const asked = new Set(form.data_schema.map(({ name }) => name));
    last = await client.rest<Flow>('POST', `${flows}/${form.flow_id}`, {
      broker: host,
      port,
      ...login,
      ...(asked.has('other_settings') ? { other_settings: { set_client_cert: false, set_ca_cert: 'off' } } : {}),
      ...(protocol !== undefined && asked.has('protocol') ? { protocol } : {}),
    });
    if (last.type === 'create_entry') return;
    await client.rest('DELETE', `${flows}/${form.flow_id}`);
  }
  throw new Error(`Home Assistant does not connect to the broker: ${JSON.stringify(last?.errors)}`);
}

/** Resolves when it serves, and with a token when all integrations are set up too. */
export async function untilItServes(url: string, token: string, hasEnded: () => boolean): Promise<void> {
  const limit = performance.now() + 180_000;
  while (!(await serves(url, token))) {
    if (hasEnded() || performance.now() > limit) throw new Error(`No answer at ${url}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function serves(url: string, token: string): Promise<boolean> {
  try {
    if (token === '') return (await fetch(`${url}/manifest.json`)).ok;
    const { state } = await restCall<{ state: string }>(url, 'GET', '/api/config', { token });
    return state === 'RUNNING';
  } catch {
    return false;
  }
}
