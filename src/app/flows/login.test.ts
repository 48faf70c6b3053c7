import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createLog } from '#base/log.ts';
import { FakeClock } from '#testing/base/fake-clock.ts';
import { createApp } from '#app/app.ts';
import type { App } from '#app/app.ts';
import { parseOptions } from '#options/options.ts';

const log = createLog({ level: 'silent' });
const hourMs = 3_600_000;
const annas = { username: 'anna', password: 'kranich87zaun' };

type Sent = {
  readonly cookie?: string;
  readonly token?: string;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
};

/** A house on a clock that stands still, as browsers and scripts see it. */
class LoginHouse implements AsyncDisposable {
  readonly clock = new FakeClock();
  readonly folder = mkdtempSync(join(tmpdir(), 'gosip-login-'));
  readonly #options: Record<string, unknown>;
  app!: App;
  admin = '';
  setupToken = '';

  constructor(options: Record<string, unknown> = {}) {
    this.#options = options;
  }

  async open(): Promise<this> {
    const read = parseOptions({
      data_directory: this.folder,
      sip_listen: ['udp:127.0.0.1:0'],
      http_host: '127.0.0.1',
      http_port: 0,
      media: 'direct',
      ...this.#options,
    });
    if (read.kind === 'problems') throw new Error(read.problems.join('; '));
    this.app = await createApp(read.options, { log, clock: this.clock, isReplyStrict: true });
    this.admin = this.app.adminToken ?? this.admin;
    this.setupToken = this.app.setupToken ?? this.setupToken;
    return this;
  }

  async restart(): Promise<void> {
    await this.app[Symbol.asyncDispose]();
    await this.open();
  }

  send(method: string, path: string, { cookie, token, body, headers = {} }: Sent = {}): Promise<Response> {
    const all = {
      ...(cookie === undefined ? {} : { Cookie: cookie, 'X-GoSIP-Request': '1' }),
      ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...headers,
    };
    const content = body === undefined ? {} : { body: JSON.stringify(body) };
    return fetch(`http://127.0.0.1:${this.app.http.port}/api${path}`, { method, headers: all, ...content });
  }

  async addPerson(person: object = { ...annas, name: 'Anna' }): Promise<string> {
    const response = await this.send('POST', '/users', { token: this.admin, body: person });
    expect(response.status).toBe(201);
    return ((await response.json()) as { id: string }).id;
  }

  logIn(credentials: object = annas, headers: Record<string, string> = {}): Promise<Response> {
    return this.send('POST', '/auth/login', { body: credentials, headers });
  }

  /** The cookie of a new session, as a browser sends it back. */
  async session(credentials: object = annas, headers: Record<string, string> = {}): Promise<string> {
    const response = await this.logIn(credentials, headers);
    expect(response.status).toBe(200);
    return (response.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
  }

  async statusAs(cookie: string, path = '/auth/me'): Promise<number> {
    return (await this.send('GET', path, { cookie })).status;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.app[Symbol.asyncDispose]();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

async function messageOf(response: Response) {
  return ((await response.json()) as { error: { code: string; message: string } }).error;
}

describe('signing in', () => {
  let house: LoginHouse;
  let annaId: string;
  beforeEach(async () => {
    house = await new LoginHouse().open();
    annaId = await house.addPerson();
  });
  afterEach(() => house[Symbol.asyncDispose]());

  it('gives the browser a cookie that no script reads and no other site sends, for our API alone', async () => {
    const response = await house.logIn({ username: ' Anna ', password: annas.password });
    expect(await response.json()).toMatchObject({ person: { id: annaId, username: 'anna', hasPassword: true } });
    expect(response.headers.get('set-cookie')).toMatch(
      /^gosip_session=[\w-]{43}; Path=\/api; Max-Age=86400; HttpOnly; SameSite=Strict$/,
    );
    const me = await house.send('GET', '/auth/me', { cookie: (response.headers.get('set-cookie') ?? '').split(';')[0] ?? '' });
    expect(await me.json()).toMatchObject({ kind: 'session', role: 'user', person: { id: annaId } });
  });

  it.each([
    ['a wrong password', { ...annas, password: 'kranich87zäun' }],
    ['an unknown name', { ...annas, username: 'nobody' }],
    ['a password that begins with the right one', { ...annas, password: `${annas.password}x` }],
    ['an empty one', { ...annas, password: '' }],
    ['one that is longer than any can be', { ...annas, password: 'x'.repeat(900) }],
  ])('is refused alike for %s', async (_what, credentials) => {
    const response = await house.logIn(credentials);
    expect([response.status, response.headers.get('set-cookie')]).toEqual([401, null]);
    expect(await messageOf(response)).toMatchObject({
      code: 'AUTHENTICATION_ERROR',
      message: 'Wrong username or password',
    });
  });

  it('ends with the logout, and takes the cookie away', async () => {
    const cookie = await house.session();
    const response = await house.send('POST', '/auth/logout', { cookie });
    expect([response.status, response.headers.get('set-cookie')]).toEqual([
      204,
      'gosip_session=; Path=/api; Max-Age=0; HttpOnly; SameSite=Strict',
    ]);
    expect(await house.statusAs(cookie)).toBe(401);
  });

  it('lasts 24 hours from the last use, also over a restart, and is not prolonged by an open stream', async () => {
    const [used, idle, streaming] = [await house.session(), await house.session(), await house.session()];
    const stream = await house.send('GET', '/events', { cookie: streaming });
    house.clock.suspend(20 * hourMs);
    const renewed = await house.send('GET', '/auth/me', { cookie: used });
    expect(renewed.headers.get('set-cookie')).toContain('Max-Age=86400');
    expect((await house.send('GET', '/auth/me', { cookie: used })).headers.get('set-cookie')).toBeNull();
    await house.restart();
    house.clock.suspend(4 * hourMs);
    expect(await Promise.all([used, idle, streaming].map((one) => house.statusAs(one)))).toEqual([200, 401, 401]);
    await stream.body?.cancel().catch(() => {});
    house.clock.suspend(20 * hourMs);
    expect(await house.statusAs(used)).toBe(200);
  });

  it('keeps as much time as it had when the clock of the machine is set', async () => {
    const cookie = await house.session();
    house.clock.jump(48 * hourMs);
    await house.clock.advanceAsync(2_000);
    expect(await house.statusAs(cookie)).toBe(200);
  });

  it('shows people where they are signed in, and lets them end it; an administrator sees and ends all', async () => {
    await house.addPerson({ username: 'ben', password: 'tulpen-am-fenster', name: 'Ben' });
    const bens = await house.session({ username: 'ben', password: 'tulpen-am-fenster' });
    const [here, there] = [await house.session(annas, { 'User-Agent': 'Kitchen tablet' }), await house.session()];
    type Listed = { items: { id: string; personId: string; isCurrent: boolean; userAgent: string }[]; total: number };
    const list = async (sent: Sent, query = '') =>
      (await (await house.send('GET', `/auth/sessions${query}`, sent)).json()) as Listed;
    const annasOwn = await list({ cookie: here }, '?order=asc&sort=createdAt');
    expect([annasOwn.total, annasOwn.items.map((one) => one.personId)]).toEqual([2, [annaId, annaId]]);
    expect(annasOwn.items.find((one) => one.isCurrent)?.userAgent).toBe('Kitchen tablet');
    const bensOwn = await list({ cookie: bens });
    expect((await list({ cookie: here }, `?personId=${bensOwn.items[0]?.personId}`)).total).toBe(0);
    expect((await list({ token: house.admin })).total).toBe(3);
    const other = annasOwn.items.find((one) => !one.isCurrent)?.id;
    expect((await house.send('DELETE', `/auth/sessions/${other}`, { cookie: bens })).status).toBe(404);
    expect(await house.statusAs(there)).toBe(200);
    expect((await house.send('DELETE', `/auth/sessions/${other}`, { cookie: here })).status).toBe(204);
    expect([await house.statusAs(there), await house.statusAs(here)]).toEqual([401, 200]);
    expect((await house.send('DELETE', `/users/${annaId}/sessions`, { token: house.admin })).status).toBe(204);
    expect([await house.statusAs(here), await house.statusAs(bens)]).toEqual([401, 200]);
  });

  it('ends with the person', async () => {
    const cookie = await house.session();
    expect((await house.send('DELETE', `/users/${annaId}`, { token: house.admin })).status).toBe(204);
    expect(await house.statusAs(cookie)).toBe(401);
  });

  it('gives a session the role that its person has now', async () => {
    const cookie = await house.session();
    expect(await house.statusAs(cookie, '/users')).toBe(403);
    await house.send('PATCH', `/users/${annaId}`, { token: house.admin, body: { role: 'admin' } });
    expect(await house.statusAs(cookie, '/users')).toBe(200);
  });

  it('ends every other session with a new password, and all with one from an administrator', async () => {
    const [here, there] = [await house.session(), await house.session()];
    const change = (body: object) => house.send('POST', '/auth/password', { cookie: here, body });
    const wrong = await change({ currentPassword: 'wrong', newPassword: 'tulpen-am-fenster' });
    expect([wrong.status, await wrong.json()]).toMatchObject([400, { error: { details: [{ field: 'currentPassword' }] } }]);
    const bad = await change({ currentPassword: annas.password, newPassword: 'password1' });
    expect([bad.status, await bad.json()]).toMatchObject([400, { error: { details: [{ field: 'newPassword' }] } }]);
    expect((await change({ currentPassword: annas.password, newPassword: 'tulpen-am-fenster' })).status).toBe(204);
    expect([await house.statusAs(here), await house.statusAs(there)]).toEqual([200, 401]);
    expect((await house.logIn()).status).toBe(401);
    const again = await house.session({ ...annas, password: 'tulpen-am-fenster' });
    await house.send('PATCH', `/users/${annaId}`, { token: house.admin, body: { password: 'schaukelpferd-44' } });
    expect([await house.statusAs(here), await house.statusAs(again)]).toEqual([401, 401]);
  });

  it('makes an address wait after five wrong passwords, over a restart, and leaves sessions and tokens alone', async () => {
    const cookie = await house.session();
    const wrong = { ...annas, password: 'wrong' };
    for (let count = 0; count < 5; count += 1) expect((await house.logIn(wrong)).status).toBe(401);
    const locked = await house.logIn();
    expect([locked.status, locked.headers.get('retry-after')]).toEqual([429, '900']);
    expect((await messageOf(locked)).code).toBe('RATE_LIMITED');
    expect([await house.statusAs(cookie), (await house.send('GET', '/users', { token: house.admin })).status]).toEqual([
      200, 200,
    ]);
    house.clock.advance(60_000);
    await house.restart();
    const still = await house.logIn();
    expect([still.status, still.headers.get('retry-after')]).toEqual([429, '840']);
    house.clock.advance(14 * 60_000);
    expect((await house.logIn()).status).toBe(200);
  });

  it('counts wrong passwords that are tried at the same time, and those before a restart', async () => {
    const wrong = { ...annas, password: 'wrong' };
    for (let count = 0; count < 3; count += 1) await house.logIn(wrong);
    await house.restart();
    const statuses = await Promise.all(Array.from({ length: 6 }, async () => (await house.logIn(wrong)).status));
    expect(statuses.toSorted((a, b) => a - b)).toEqual([401, 401, 429, 429, 429, 429]);
  });

  it('shows the administrator who has to wait, and lets them in by one request', async () => {
    const events = await house.send('GET', '/events', { token: house.admin });
    for (let count = 0; count < 5; count += 1) await house.logIn({ ...annas, password: 'wrong' });
    type Lockouts = { items: { id: string; source: string; kind: string; lockedUntil: string }[] };
    const list = async () =>
      ((await (await house.send('GET', '/auth/lockouts', { token: house.admin })).json()) as Lockouts).items;
    const [lockout] = await list();
    const until = new Date(house.clock.now() + 15 * 60_000).toISOString();
    expect(lockout).toMatchObject({ source: '127.0.0.1', kind: 'password', failures: 5, lockedUntil: until });
    expect((await house.send('DELETE', `/auth/lockouts/${lockout?.id}`, { token: house.admin })).status).toBe(204);
    expect(await list()).toEqual([]);
    expect((await house.logIn()).status).toBe(200);
    let seen = '';
    for await (const chunk of events.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      seen += chunk;
      if (seen.includes('login.locked')) break;
    }
    expect(seen).toContain('"source":"127.0.0.1"');
  });

  it.each(['anna', 'nobody-of-that-name'])(
    'alerts the administrator to an address that guesses the password of %s, until it is over or unlocked',
    async (username) => {
      type Alerts = Record<'open' | 'past', { alertId: string; about: string; message: string }[]>;
      const alerts = async () => (await (await house.send('GET', '/system/alerts', { token: house.admin })).json()) as Alerts;
      const guess = async () => {
        for (let count = 0; count < 5; count += 1) await house.logIn({ username, password: 'sesame-42' });
        await expect.poll(async () => (await alerts()).open.length).toBe(1);
      };
      await guess();
      const { open } = await alerts();
      expect(open).toMatchObject([{ alertId: 'login-locked', about: '127.0.0.1 (password)' }]);
      expect(open[0]?.message).toMatch(
        /^5 logins by password from 127\.0\.0\.1 failed.*until \S+Z.*DELETE \/api\/auth\/lockouts\/lockout_/,
      );
      expect(JSON.stringify(open)).not.toMatch(new RegExp(`${username}|sesame`));
      const id = /lockout_[\w-]+/.exec(open[0]?.message ?? '')?.[0];
      await house.send('DELETE', `/auth/lockouts/${id}`, { token: house.admin });
      expect(await alerts()).toMatchObject({ open: [], past: [{ alertId: 'login-locked' }] });
      await guess();
      house.clock.advance(15 * 60_000 + 60_000);
      expect(await alerts()).toMatchObject({ open: [], past: [{}, {}] });
    },
  );

  it('counts wrong API tokens apart, so that an old script keeps nobody from signing in', async () => {
    const statusOf = async (token: string) => (await house.send('GET', '/auth/me', { token })).status;
    for (let count = 0; count < 5; count += 1) expect(await statusOf('gosip_old')).toBe(401);
    expect([await statusOf('gosip_old'), await statusOf(house.admin), (await house.logIn()).status]).toEqual([429, 200, 200]);
    house.clock.advance(15 * 60_000);
    expect(await statusOf('gosip_old')).toBe(401);
  });

  it('lets a token that may only read change nothing', async () => {
    const make = async (scope: string) => {
      const body = { name: scope, role: 'admin', scope };
      return ((await (await house.send('POST', '/api-tokens', { token: house.admin, body })).json()) as { token: string }).token;
    };
    const [reads, all] = [await make('read'), await make('all')];
    expect((await house.send('GET', '/users', { token: reads })).status).toBe(200);
    const refused = await house.send('PATCH', `/users/${annaId}`, { token: reads, body: { name: 'X' } });
    expect([refused.status, (await messageOf(refused)).message]).toEqual([403, 'This API token is read-only']);
    expect((await house.send('PATCH', `/users/${annaId}`, { token: all, body: { name: 'X' } })).status).toBe(200);
  });
});

describe('a page of another site', () => {
  let house: LoginHouse;
  let annaId: string;
  let cookie: string;
  beforeAll(async () => {
    house = await new LoginHouse({ http_public_url: 'https://phone.example.org' }).open();
    annaId = await house.addPerson();
  });
  afterAll(() => house[Symbol.asyncDispose]());
  beforeEach(async () => {
    await house.send('PATCH', `/users/${annaId}`, { token: house.admin, body: { password: annas.password } });
    cookie = await house.session();
  });

  const origin = () => `http://127.0.0.1:${house.app.http.port}`;
  const rename = (headers: Record<string, string>, type = 'application/json') =>
    fetch(`${origin()}/api/auth/password`, {
      method: 'POST',
      headers: { Cookie: cookie, 'Content-Type': type, ...headers },
      body: JSON.stringify({ currentPassword: annas.password, newPassword: 'tulpen-am-fenster' }),
    }).then((response) => response.status);

  it.each([
    ['the browser says cross-site', { 'Sec-Fetch-Site': 'cross-site' }],
    ['the browser says same-site: another port or name of this house', { 'Sec-Fetch-Site': 'same-site' }],
    ['the origin is another one', { Origin: 'https://evil.example' }],
    ['the origin is hidden', { Origin: 'null' }],
    ['the origin has another port', { Origin: 'http://127.0.0.1:1' }],
    ['the origin only begins like ours', { Origin: 'https://phone.example.org.evil.example' }],
    ['our header does not help it', { Origin: 'https://evil.example', 'X-GoSIP-Request': '1' }],
    ['nothing says which page it was', {}],
  ])('changes nothing with the cookie of a session: %s', async (_how, headers) => {
    expect(await rename(headers)).toBe(403);
    expect((await house.logIn()).status).toBe(200);
  });

  it.each([
    ['the browser says same-origin', { 'Sec-Fetch-Site': 'same-origin' }],
    ['the origin is the one we were reached by', 'own origin'],
    ['the origin is the configured one', { Origin: 'https://phone.example.org' }],
    ['a program adds our header', { 'X-GoSIP-Request': '1' }],
  ])('is not what this is: %s', async (_how, headers) => {
    expect(await rename(typeof headers === 'string' ? { Origin: origin() } : headers)).toBe(204);
  });

  it('needs JSON or our header, which a form cannot send', async () => {
    const ended = (headers: Record<string, string>) =>
      fetch(`${origin()}/api/auth/logout`, { method: 'POST', headers: { Cookie: cookie, Origin: origin(), ...headers } });
    expect((await ended({ 'Content-Type': 'text/plain' })).status).toBe(403);
    expect((await ended({})).status).toBe(403);
    expect((await ended({ 'X-GoSIP-Request': '1' })).status).toBe(204);
  });

  it('does not sign anybody in, with an account of its own', async () => {
    expect((await house.logIn(annas, { Origin: 'https://evil.example' })).status).toBe(403);
    expect((await house.logIn(annas, { Origin: origin() })).status).toBe(200);
  });

  it('is never allowed to read or to send more than a form may', async () => {
    for (const method of ['GET', 'OPTIONS']) {
      const response = await house.send(method, '/auth/me', {
        cookie,
        headers: { Origin: 'https://evil.example', 'Access-Control-Request-Method': 'POST' },
      });
      const allowed = [...response.headers.keys()].filter((name) => name.startsWith('access-control-'));
      expect(allowed).toEqual([]);
      expect(response.headers.get('cross-origin-resource-policy')).toBe('same-origin');
    }
  });

  it('is not in the way of API tokens', async () => {
    const headers = { Origin: 'https://scripts.example' };
    expect(
      (await house.send('POST', '/users', { token: house.admin, headers, body: { username: 'ben', name: 'Ben' } })).status,
    ).toBe(201);
  });
});

describe('behind a reverse proxy of the house', () => {
  let house: LoginHouse;
  beforeEach(async () => {
    house = await new LoginHouse({ http_trusted_proxies: ['127.0.0.1', '10.1.0.0/16'] }).open();
    await house.addPerson();
  });
  afterEach(() => house[Symbol.asyncDispose]());

  it('sends the cookie over TLS alone, for the path that the browser sees', async () => {
    const forwarded = { 'X-Forwarded-Proto': 'https', 'X-Forwarded-Prefix': '/gosip', 'X-Forwarded-For': '192.0.2.7' };
    const { headers } = await house.logIn(annas, forwarded);
    expect(headers.get('set-cookie')).toContain('; Path=/gosip/api; Max-Age=86400; HttpOnly; SameSite=Strict; Secure');
    const mean = await house.logIn(annas, { 'X-Forwarded-Prefix': '/x; Domain=evil.example' });
    expect(mean.headers.get('set-cookie')).toContain('; Path=/api; ');
  });

  it('takes the name that the browser used for our own', async () => {
    const headers = { Origin: 'https://home.example.org', 'X-Forwarded-Host': 'home.example.org' };
    expect((await house.logIn(annas, headers)).status).toBe(200);
    expect((await house.logIn(annas, { ...headers, 'X-Forwarded-Host': 'other.example.org' })).status).toBe(403);
  });

  it('makes the client wait that guesses, not its neighbours, and believes nobody about where they are', async () => {
    const from = (forwardedFor: string) => ({ 'X-Forwarded-For': forwardedFor });
    const wrong = { ...annas, password: 'wrong' };
    // What stands before the last hop that is no proxy of ours, the client wrote.
    for (let count = 0; count < 5; count += 1) await house.logIn(wrong, from(`203.0.113.${count}, 192.0.2.7, 10.1.0.9`));
    expect((await house.logIn(annas, from('192.0.2.7'))).status).toBe(429);
    expect((await house.logIn(annas, from('192.0.2.8'))).status).toBe(200);
    expect((await house.logIn(annas, from('203.0.113.1'))).status).toBe(200);
    for (let count = 0; count < 5; count += 1) await house.logIn(wrong, from(`[2001:db8:0:1::${count}]:443`));
    expect((await house.logIn(annas, from('2001:db8:0:1:ffff::1'))).status).toBe(429);
    expect((await house.logIn(annas, from('2001:db8:1::1'))).status).toBe(200);
  });
});

it('believes no X-Forwarded header of somebody who is no proxy of the house', async () => {
  await using house = await new LoginHouse().open();
  await house.addPerson();
  const wrong = { ...annas, password: 'wrong' };
  for (let count = 0; count < 5; count += 1) await house.logIn(wrong, { 'X-Forwarded-For': `192.0.2.${count}` });
  expect((await house.logIn(annas, { 'X-Forwarded-For': '192.0.2.99' })).status).toBe(429);
});

describe('a house without people', () => {
  const first = { username: 'anna', name: 'Anna', password: 'kranich87zaun' };
  let house: LoginHouse;
  beforeEach(async () => {
    house = await new LoginHouse().open();
  });
  afterEach(() => house[Symbol.asyncDispose]());

  const setUp = (body: object) => house.send('POST', '/system/setup', { body });
  const isOpen = async () => ((await (await house.send('GET', '/system/setup')).json()) as { isOpen: boolean }).isOpen;

  it('gets its first administrator by the setup token, and is closed for good afterwards', async () => {
    expect(await isOpen()).toBe(true);
    const made = await setUp({ ...first, token: house.setupToken });
    expect([made.status, await made.json()]).toMatchObject([
      201,
      { person: { username: 'anna', role: 'admin', hasPassword: true } },
    ]);
    const cookie = (made.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
    expect(await house.statusAs(cookie, '/users')).toBe(200);
    expect((await setUp({ ...first, username: 'eve', token: house.setupToken })).status).toBe(409);
    const { items } = (await (await house.send('GET', '/users', { token: house.admin })).json()) as { items: { id: string }[] };
    expect((await house.send('DELETE', `/users/${items[0]?.id}`, { token: house.admin })).status).toBe(204);
    await house.restart();
    expect([await isOpen(), house.app.setupToken]).toEqual([false, undefined]);
    expect((await setUp({ ...first, token: house.setupToken })).status).toBe(409);
  });

  it('shows the token once, keeps only its hash, and takes no other one', async () => {
    const { setupToken } = house;
    await house.restart();
    expect([typeof setupToken, house.app.setupToken]).toEqual(['string', undefined]);
    expect((await setUp({ ...first, token: `${setupToken}x` })).status).toBe(401);
    const bad = await setUp({ ...first, password: 'short', token: setupToken });
    expect([bad.status, await bad.json()]).toMatchObject([400, { error: { details: [{ field: 'password' }] } }]);
    expect((await setUp({ ...first, token: setupToken })).status).toBe(201);
  });

  it('makes an address wait that guesses the token', async () => {
    for (let count = 0; count < 5; count += 1) expect((await setUp({ ...first, token: 'guess' })).status).toBe(401);
    expect((await setUp({ ...first, token: house.setupToken })).status).toBe(429);
  });

  it('makes one first administrator, however many are made at the same time', async () => {
    const names = ['anna', 'ben', 'cleo'];
    const statuses = await Promise.all(
      names.map(async (username) => (await setUp({ ...first, username, token: house.setupToken })).status),
    );
    expect(statuses.toSorted((a, b) => a - b)).toEqual([201, 409, 409]);
  });

  it('is closed too once an administrator got a password otherwise', async () => {
    await house.addPerson({ ...annas, name: 'Anna', role: 'admin' });
    expect([await isOpen(), (await setUp({ ...first, username: 'eve', token: house.setupToken })).status]).toEqual([false, 409]);
  });
});
