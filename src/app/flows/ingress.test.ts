import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  anna,
  ben,
  guest,
  listed,
  ownAddress,
  SupervisedHouse,
  supervisorAddress,
} from '#testing/home-assistant/supervised-house.ts';
import type { ProxyUser } from '#testing/home-assistant/ingress-proxy.ts';

// The panel in Home Assistant: what comes by Core and the Supervisor, and nothing else.
let house: SupervisedHouse;
beforeAll(async () => {
  house = await SupervisedHouse.start();
  await until(async () => (await me(house.proxy.openSession(ben))).me.role === 'admin');
});
afterAll(() => house[Symbol.asyncDispose]());

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 50));
}

type Me = { kind: string; role: string; scope: string; person: { id: string; name: string; username: string; role: string } };
async function me(cookie: string, headers: Record<string, string> = {}) {
  const response = await house.ask(cookie, '/api/auth/me', { headers });
  return { status: response.status, me: (await response.json()) as Me };
}
const as = (user: ProxyUser | undefined) => house.proxy.openSession(user);

/** Bytes as they are, from an address of our choice, to the ingress listener itself. */
function raw(from: string, lines: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: ownAddress, port: house.supervisor.app.ingressPort, localAddress: from });
    let text = '';
    socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
    socket.on('end', () => resolve(text));
    socket.on('error', reject);
    socket.write(`${['GET /api/auth/me HTTP/1.1', 'Host: x', ...lines, 'Connection: close', '', ''].join('\r\n')}`);
  });
}
const statusOf = (answer: string) => Number(answer.split(' ')[1]);

describe('somebody who opens the panel in Home Assistant for the first time', () => {
  it('is a person of the house from then on, with their name from there', async () => {
    const first = await me(as(anna));
    const person = { name: 'Anna Müller', username: 'anna', role: 'user' };
    expect(first).toMatchObject({ status: 200, me: { kind: 'ingress', role: 'user', scope: 'all', person } });
    expect((await me(as(anna))).me.person.id).toBe(first.me.person.id);
  });

  it('is one person, however many requests their page sends at once', async () => {
    const eve = { id: 'e1b2c3d4e5f60718293a4b5c6d7e8f90', username: 'anna', name: 'Eve' };
    house.users.push(listed(eve, 'system-users'));
    await until(async () => (await me(as(eve))).status === 200);
    const seen = await Promise.all(Array.from({ length: 8 }, () => me(as(eve))));
    expect(new Set(seen.map((one) => one.me.person.id)).size).toBe(1);
    expect(seen[0]?.me.person).toMatchObject({ name: 'Eve', username: 'anna-2' });
  });

  it('is the person whom an administrator linked to them', async () => {
    const admin = as(ben);
    const dora = { id: 'd1b2c3d4e5f60718293a4b5c6d7e8f90', username: 'dora', name: 'Dora' };
    house.users.push(listed(dora, 'system-users'));
    const body = { username: 'grandma', name: 'Grandma' };
    const made = (await (await house.ask(admin, '/api/users', { method: 'POST', body })).json()) as { id: string };
    const change = { method: 'PATCH', body: { homeAssistantUserId: dora.id } };
    expect((await house.ask(admin, `/api/users/${made.id}`, change)).status).toBe(200);
    await until(async () => (await me(as(dora))).status === 200);
    expect((await me(as(dora))).me.person).toMatchObject({ id: made.id, name: 'Grandma' });
    const listedThere = (await (await house.ask(admin, '/api/home-assistant/users')).json()) as { items: object[] };
    expect(listedThere.items).toContainEqual(expect.objectContaining({ id: dora.id, personId: made.id, isAdmin: false }));
  });
});

describe('what somebody may do in the panel', () => {
  it('is everything for an administrator of Home Assistant', async () => {
    expect((await me(as(ben))).me).toMatchObject({ role: 'admin', scope: 'all' });
    expect((await house.ask(as(ben), '/api/users')).status).toBe(200);
  });

  it('is to see their own and change it for a user', async () => {
    const cookie = as(anna);
    expect((await house.ask(cookie, '/api/users')).status).toBe(403);
    const { person } = (await me(cookie)).me;
    const body = { isOn: true };
    expect((await house.ask(cookie, `/api/dnd/persons/${person.id}`, { method: 'PUT', body })).status).toBe(200);
    const other = (await me(as(ben))).me.person;
    expect((await house.ask(cookie, `/api/dnd/persons/${other.id}`, { method: 'PUT', body })).status).toBe(404);
  });

  it('is to see and change nothing for a read-only user', async () => {
    const cookie = as(guest);
    const { person, scope } = (await me(cookie)).me;
    expect(scope).toBe('read');
    const refused = await house.ask(cookie, `/api/dnd/persons/${person.id}`, { method: 'PUT', body: { isOn: true } });
    expect([refused.status, await refused.text()]).toEqual([403, expect.stringContaining('change nothing')]);
    expect((await house.ask(cookie, '/api/calls')).status).toBe(200);
  });

  it('is nothing for a user who was switched off or removed there', async () => {
    const former = { id: 'f1b2c3d4e5f60718293a4b5c6d7e8f90', name: 'Former' };
    house.users.push(listed(former, 'system-admin', { is_active: false }));
    await until(async () => (await (await house.ask(as(former), '/api/auth/me')).text()).includes('switched off'));
    expect((await me(as(former))).status).toBe(403);
    const removed = await house.ask(as({ id: '01b2c3d4e5f60718293a4b5c6d7e8f90' }), '/api/auth/me');
    expect([removed.status, await removed.text()]).toEqual([403, expect.stringContaining('does not know this user any more')]);
  });

  it('does not depend on a token or a session that the browser sends along', async () => {
    const headers = { Authorization: `Bearer ${house.app.adminToken}` };
    expect((await me(as(anna), headers)).me).toMatchObject({ kind: 'ingress', role: 'user' });
    expect((await me(as(anna), { Authorization: 'Bearer wrong' })).me.kind).toBe('ingress');
    expect((await me(as(undefined), headers)).status).toBe(403);
    expect((await me(`${as(anna)}; gosip_session=x`)).me.kind).toBe('ingress');
  });

  it('is not to sign in or out, which is Home Assistant’s', async () => {
    const body = { username: 'anna', password: 'x' };
    const answers = await Promise.all([
      house.ask(as(anna), '/api/auth/login', { method: 'POST', body }),
      house.ask(as(anna), '/api/auth/logout', { method: 'POST', body: {} }),
      house.ask(as(anna), '/api/system/setup', { method: 'POST', body }),
    ]);
    expect(answers.map(({ status, headers }) => [status, headers.get('set-cookie')])).toEqual([
      [404, null],
      [404, null],
      [405, null],
    ]);
  });
});

describe('a user of Home Assistant who wants to be another one', () => {
  const spellings = ['x-remote-user-id', 'X-REMOTE-USER-ID', 'X-Remote-User-ID', 'x-Remote-User-Id', 'X-remote-User-id'];

  it.each(spellings)(
    'is refused with a header %s of their own, which takes the place of the true one on the way',
    async (name) => {
      const { status, me: answer } = await me(as(anna), { [name]: ben.id });
      expect([status, JSON.stringify(answer)]).toEqual([403, expect.stringContaining('X-Remote-User-Id is not as')]);
    },
  );

  it.each(['x-remote-user-name', 'X-REMOTE-USER-DISPLAY-NAME'])('is refused with a header %s', async (name) => {
    expect((await me(as(anna), { [name]: 'Ben' })).status).toBe(403);
  });

  it('stays who they are with the header in the Supervisor’s own spelling, which it takes away', async () => {
    const { me: answer } = await me(as(anna), { 'X-Remote-User-Id': ben.id, 'X-Remote-User-Name': 'ben' });
    expect(answer.person.username).toBe('anna');
  });

  it('cannot choose the path that pages are made with', async () => {
    expect((await me(as(anna), { 'x-ingress-path': '/evil' })).status).toBe(200);
    const own = ['X-Remote-User-Id: ' + anna.id];
    expect(statusOf(await raw(supervisorAddress, [...own, 'X-Ingress-Path: /evil']))).toBe(403);
    expect(statusOf(await raw(supervisorAddress, [...own, 'X-Ingress-Path: /api/hassio_ingress/x7Kq-9_token']))).toBe(200);
  });

  it('is nobody where the Supervisor could not find out who they are', async () => {
    expect((await me(as(undefined))).status).toBe(403);
    expect((await house.ask(as(undefined), '/api/health')).status).toBe(403);
    expect((await house.ask(as(undefined), '/api/openapi.json')).status).toBe(403);
  });

  const upgrade = ['Upgrade: websocket', 'Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA=='];

  it('is refused on an upgrade too', async () => {
    const asked = (lines: readonly string[], from = supervisorAddress) => raw(from, [...upgrade, ...lines]).then(statusOf);
    expect(await asked([`x-remote-user-id: ${ben.id}`])).toBe(403);
    expect(await asked([`X-Remote-User-Id: ${anna.id}`, `x-remote-user-id: ${ben.id}`])).toBe(403);
    expect(await asked([`X-Remote-User-Id: ${anna.id}`, `X-Remote-User-Id: ${ben.id}`])).toBe(403);
    expect(await asked([])).toBe(403);
    expect(await asked([`X-Remote-User-Id: ${anna.id}`], '127.0.0.1')).toBe(403);
    // Nothing here takes an upgrade; with the right name it is a request as any other.
    expect(await asked([`X-Remote-User-Id: ${anna.id}`])).toBe(200);
  });

  it.each(['127.0.0.1', ownAddress, '127.0.33.7', '127.0.32.22'])(
    'is refused from %s, which is not the Supervisor',
    async (from) => {
      const answer = await raw(from, [`X-Remote-User-Id: ${ben.id}`]);
      expect([statusOf(answer), answer]).toEqual([403, expect.stringContaining('Only Home Assistant may connect here')]);
      expect(statusOf(await raw(from, [`Authorization: Bearer ${house.app.adminToken}`]))).toBe(403);
    },
  );

  it('does not reach the other listener as anybody', async () => {
    const response = await fetch(`http://127.0.0.1:${house.app.http.port}/api/auth/me`, {
      headers: { 'X-Remote-User-Id': ben.id },
    });
    expect(response.status).toBe(401);
  });
});

describe('a request that changes something', () => {
  const body = { isOn: false };
  const put = async (headers: Record<string, string>) => {
    const { person } = (await me(as(anna))).me;
    const path = `${house.proxy.url}/api/dnd/persons/${person.id}`;
    const response = await fetch(path, {
      method: 'PUT',
      headers: { Cookie: as(anna), 'Content-Type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
    return response.status;
  };

  it('must come from our own page', async () => {
    const origin = `http://127.0.0.1:${house.proxy.port}`;
    expect(await put({ Origin: origin })).toBe(200);
    expect(await put({ Origin: 'https://elsewhere.example' })).toBe(403);
    expect(await put({ Origin: origin, 'Sec-Fetch-Site': 'cross-site' })).toBe(200);
    expect(await put({ 'Sec-Fetch-Site': 'cross-site' })).toBe(403);
    expect(await put({})).toBe(403);
    expect(await put({ 'X-GoSIP-Request': '1' })).toBe(200);
  });
});

describe('the live stream in the panel', () => {
  it('brings an event at once, and none that is another person’s', async () => {
    const [{ me: hers }, { me: his }] = [await me(as(anna)), await me(as(ben))];
    const aborted = new AbortController();
    const stream = await fetch(`${house.proxy.url}/api/events`, {
      headers: { Cookie: as(anna), Accept: 'text/event-stream' },
      signal: aborted.signal,
    });
    expect([stream.status, stream.headers.get('content-type')]).toEqual([200, 'text/event-stream']);
    const reader = (stream.body as ReadableStream<Uint8Array>).getReader();
    let text = '';
    const read = async (wanted: string) => {
      while (!text.includes(wanted)) text += Buffer.from((await reader.read()).value ?? []).toString();
    };
    await read('connected');
    const turn = (id: string, isOn: boolean) => house.ask(as(ben), `/api/dnd/persons/${id}`, { method: 'PUT', body: { isOn } });
    await turn(his.person.id, true);
    await turn(hers.person.id, true);
    await read(hers.person.id);
    expect(text).not.toContain(his.person.id);
    aborted.abort();
  });
});

describe('an upload of more than the 16 MiB that Supervisor keeps in memory', () => {
  it('is streamed to us, as the restore of a backup is', async () => {
    const response = await fetch(`${house.proxy.url}/api/system/restore`, {
      method: 'POST',
      headers: { Cookie: as(ben), 'X-GoSIP-Request': '1', 'Content-Type': 'application/x-tar' },
      body: new Uint8Array(17 * 2 ** 20),
    });
    const text = await response.text();
    expect([response.status, text]).toEqual([400, expect.stringContaining('backup')]);
  });
});

describe('what Home Assistant’s proxies make of our replies', () => {
  it('is readable without the character set that they drop, and is not compressed by us', async () => {
    const response = await house.ask(as(anna), '/api/auth/me');
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(((await response.json()) as Me).person.name).toBe('Anna Müller');
    expect(response.headers.get('content-encoding')).toBeNull();
  });
});
