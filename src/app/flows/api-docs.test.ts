import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SimulatedPhone } from '#testing/peers/simulated-phone.ts';
import { ApiHouse, run } from '#testing/harness/api-house.ts';

const text = readFileSync(join(import.meta.dirname, '../../../docs/api.md'), 'utf8');
const requests = [...text.matchAll(/^curl .*$/gm)].map(([line]) => line);

describe('docs/api.md', () => {
  let house: ApiHouse;
  beforeAll(async () => {
    house = await ApiHouse.start();
  });
  afterAll(() => house[Symbol.asyncDispose]());

  const phones = new AsyncDisposableStack();
  afterAll(() => phones.disposeAsync());
  let phone = '';
  /** Three phones that answer by themselves; the id of the first. */
  beforeAll(async () => {
    const registrar = { host: '127.0.0.1', port: Number(house.app.sip[0]?.split(':').at(-1)) };
    for (const extension of ['30', '31', '32']) {
      const device = { name: `Phone ${extension}`, type: 'softphone', extension };
      const { id, username, secret: password } = await house.ask<Record<string, string>>('POST', '/devices', device);
      const login = { username: username ?? '', password: password ?? '' };
      const made = await SimulatedPhone.start({ address: '127.0.0.1', ...login, registrar, incomingCallAction: 'answer' });
      await phones.use(made).register();
      phone ||= id ?? '';
    }
  });

  /** The call that goes on between two phones. */
  async function callBetween(): Promise<string> {
    type Calls = { readonly items: readonly { id: string; state: string; caller: { deviceId: string | null } }[] };
    const find = async () => {
      const { items } = await house.ask<Calls>('GET', '/calls');
      return items.find(({ state, caller }) => state !== 'ringing' && caller.deviceId === phone)?.id;
    };
    await expect.poll(find, { timeout: 20_000 }).toBeDefined();
    return (await find()) ?? '';
  }

  it('shows the ten most wanted requests, one for watchdogs, three that change calls, and live events', () =>
    expect(requests).toHaveLength(15));

  it.each(requests)('shows what works: %s', async (line) => {
    const call = line.includes('$CALL') ? await callBetween() : '';
    // One of the two ways to fail may be given alone.
    const fails = line.includes('--fail') ? '' : '--fail-with-body';
    const shown = `${line} -sS ${fails} -w '\\n%{http_code} %{content_type}'`;
    const ran = await run('sh', ['-c', shown], {
      cwd: house.folder,
      env: { ...process.env, GOSIP: house.url.replace(/\/api$/, ''), TOKEN: house.token, PHONE: phone, CALL: call },
    });
    const isStream = line.includes('/events');
    // A stream stays open until curl has waited long enough.
    expect({ line, ...ran }).toMatchObject({ line, status: isStream ? 28 : 0 });
    expect(ran.output).toMatch(isStream ? /\n200 text\/event-stream/ : /\n20[01] (application\/json|text\/csv); charset=utf-8$/);
    if (line.includes('-o calls.csv')) {
      const lines = readFileSync(join(house.folder, 'calls.csv'), 'utf8').trimEnd().split('\r\n');
      expect(lines).toHaveLength(41);
    }
  });
});
