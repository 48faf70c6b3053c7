import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AnyEndpoint } from '#contract/endpoint.ts';
import { AuthorizationHouse } from '#testing/harness/authorization-house.ts';
import type { Belongings, Sent } from '#testing/harness/authorization-house.ts';
import { rowOf } from '#testing/harness/authorization-rows.ts';
import type { RuledRow } from '#testing/harness/authorization-rows.ts';

// Every endpoint of the real house, as everybody who may come along.
let house: AuthorizationHouse;
let endpoints: readonly AnyEndpoint[];
beforeAll(async () => {
  house = await AuthorizationHouse.start();
  endpoints = house.app.routes.map(({ endpoint }) => endpoint).toSorted((a, b) => order(a) - order(b));
});
afterAll(() => house[Symbol.asyncDispose]());

/** What makes something comes first, then what reads it; what removes it, and at the very end what ends a session. */
function order({ id, method }: AnyEndpoint): number {
  if (id === 'logOut' || id === 'endSession') return 3;
  if (method === 'DELETE' || id === 'hangUpCall') return 2;
  return method === 'GET' ? 1 : 0;
}

const nowhere = (path: string) => path.replace(/:\w+/g, 'nothing');
const statusOf = async ({ method, path }: AnyEndpoint, sent: Sent) => (await house.send(method, nowhere(path), sent)).status;
const guarded = () => endpoints.filter(({ access }) => access !== 'public');

function pathOf({ path }: AnyEndpoint, { params }: RuledRow, of: Belongings): string {
  const values = params?.(of) ?? {};
  return path.replace(/:(\w+)/g, (_all, name: string) => encodeURIComponent(values[name] ?? ''));
}

/** Everything that names a person, in whatever reply. */
function tracesOf({ name, personId, number, token: _token, cookie: _cookie, ...ids }: Belongings): readonly string[] {
  const named = ['person', 'number', 'phone', 'caller', 'reply', 'reason', 'contact', 'group', 'chain'].map(
    (kind) => `${name}-${kind}`,
  );
  return [...named, personId, number, ...Object.values(ids)];
}

describe('without a valid sign-in', () => {
  it.each([
    ['nothing', () => ({})],
    ['a wrong token', () => ({ token: 'gosip_wrong' })],
    ['a token that has expired', () => ({ token: house.plantExpired().token })],
    ['a session that nobody has', () => ({ cookie: 'gosip_session=wrong' })],
    ['an empty session', () => ({ cookie: 'gosip_session=' })],
  ])('nothing that is not public answers: %s', async (_what, credentials) => {
    const sent = credentials();
    const seen = await Promise.all(guarded().map(async (one) => [one.id, await statusOf(one, sent)]));
    // An address that sends wrong tokens has to wait after a while.
    const expected = guarded().map(({ id }) => [id, 'token' in sent ? expect.toBeOneOf([401, 429]) : 401]);
    expect(seen).toEqual(expected);
  });

  it('nothing at all answers a user whom Home Assistant does not know, nor one whom it does not name', async () => {
    const stranger = { id: '01b2c3d4e5f60718293a4b5c6d7e8f90' };
    const seen = await Promise.all(endpoints.map((one) => statusOf(one, { ingress: stranger })));
    expect(seen).toEqual(endpoints.map(() => 403));
  });

  it('a session that has expired is none', async () => {
    const cookie = 'gosip_session=old';
    expect(await Promise.all(guarded().map((one) => statusOf(one, { cookie })))).toEqual(guarded().map(() => 401));
  });
});

describe('an administrator', () => {
  // The requests are for what is not there, with no body: any answer but a refusal or a fault will do.
  const isServed = (status: number) => status < 500 && ![401, 403, 429].includes(status);
  // What would end the house, or the sign-in that is used.
  const isHarmless = ({ id }: AnyEndpoint) => id !== 'logOut';

  it.each([
    ['with an API token', () => ({ token: house.admin })],
    ['with a session', () => ({ cookie: house.adminCookie })],
    ['as an administrator of Home Assistant', () => ({ ingress: house.inHomeAssistant.admin })],
  ])('is served everywhere %s', async (_how, credentials) => {
    const asked = guarded().filter(isHarmless);
    const seen = await Promise.all(asked.map(async (one) => [one.id, await statusOf(one, credentials())]));
    expect(seen).toEqual(asked.map(({ id }) => [id, expect.toSatisfy(isServed)]));
  });

  it('changes nothing with a token that may only read', async () => {
    const { token = '' } = await house.make('/api-tokens', { name: 'Reads', role: 'admin', scope: 'read' });
    const seen = await Promise.all(guarded().map(async (one) => [one.id, await statusOf(one, { token })]));
    const expected = guarded().map(({ id, method }) => [id, method === 'GET' ? expect.toSatisfy(isServed) : 403]);
    expect(seen).toEqual(expected);
  });
});

describe('a user', () => {
  it.each([
    ['with an API token', () => ({ token: house.anna.token })],
    ['with a session', () => ({ cookie: house.anna.cookie })],
    ['as a user of Home Assistant', () => ({ ingress: house.inHomeAssistant.anna })],
    [
      'as a user of Home Assistant who sends an administrator’s token',
      () => ({
        ingress: house.inHomeAssistant.anna,
        token: house.admin,
      }),
    ],
  ])('reaches nothing that is for administrators %s', async (_how, credentials) => {
    const forAdmins = endpoints.filter(({ access }) => access === 'admin');
    const seen = await Promise.all(forAdmins.map(async (one) => [one.id, await statusOf(one, credentials())]));
    expect(seen).toEqual(forAdmins.map(({ id }) => [id, 403]));
  });

  it('finds a row in the table for everything they may call', () => {
    const without = endpoints.filter((one) => one.access === 'user' && rowOf(one) === undefined).map(({ id }) => id);
    expect(without, 'add a row to src/testing/harness/authorization-rows.ts').toEqual([]);
  });

  it('changes nothing where Home Assistant lets them look alone', async () => {
    // The endpoints that begin or end a session are not there.
    const asked = endpoints.filter(({ access, method, id }) => access === 'user' && method !== 'GET' && id !== 'logOut');
    const seen = await Promise.all(
      asked.map(async (one) => [one.id, await statusOf(one, { ingress: house.inHomeAssistant.guest })]),
    );
    expect(seen).toEqual(asked.map(({ id }) => [id, 403]));
  });

  /** Each user endpoint with its row. */
  const ruled = (...rules: readonly RuledRow['rule'][]) =>
    endpoints.flatMap((endpoint) => {
      const row = endpoint.access === 'user' ? rowOf(endpoint) : undefined;
      return row !== undefined && rules.includes(row.rule) ? [{ endpoint, row }] : [];
    });

  /** Anna with an API token, and through Home Assistant. */
  const hers = () => [{ token: house.anna.token }, { ingress: house.inHomeAssistant.anna }] as const;

  async function ask(endpoint: AnyEndpoint, row: RuledRow, { of, as }: { of: Belongings; as: Sent }) {
    const sent = row.body === undefined ? as : { ...as, body: row.body(of) };
    const response = await house.send(endpoint.method, pathOf(endpoint, row, of), sent);
    return { status: response.status, text: await response.text() };
  }

  it('is refused what is another person’s, as if it did not exist', async () => {
    const { ben } = house;
    for (const { endpoint, row } of ruled('own')) {
      for (const as of hers()) {
        const foreign = await ask(endpoint, row, { of: ben, as });
        const unknown = await house.send(endpoint.method, nowhere(endpoint.path).replace('/media/nothing', '/media/0'), {
          ...as,
          ...(row.body === undefined ? {} : { body: row.body(ben) }),
        });
        // What begins or ends a session is not there in Home Assistant.
        expect([endpoint.id, foreign.status, foreign.text]).toEqual([endpoint.id, 404, await unknown.text()]);
      }
    }
  });

  it('is refused a body that is about what is another person’s, and reads nothing of it in the refusal', async () => {
    const { ben } = house;
    for (const { endpoint, row } of ruled('refused')) {
      for (const as of hers()) {
        const foreign = await ask(endpoint, row, { of: ben, as });
        expect([endpoint.id, foreign.status]).toEqual([endpoint.id, expect.toBeOneOf([400, 403, 404])]);
        const known = JSON.stringify(row.body?.(ben));
        expect(tracesOf(ben).filter((trace) => foreign.text.includes(trace) && !known.includes(trace))).toEqual([]);
      }
    }
  });

  it('finds their own in every list and nothing of another person, and an administrator finds both', async () => {
    const { anna, ben } = house;
    const shown = async (endpoint: AnyEndpoint, row: RuledRow, as: Sent) => {
      const { status, text } = await ask(endpoint, row, { of: anna, as });
      const traces = (of: Belongings) => tracesOf(of).filter((trace) => text.includes(trace)).length;
      const { total, items } = (text.startsWith('{') ? JSON.parse(text) : {}) as {
        total?: number | { calls: number };
        items?: unknown[];
      };
      return {
        id: endpoint.id,
        status,
        hers: traces(anna) > 0,
        his: traces(ben) > 0,
        isCounted: items === undefined || total === items.length,
        count: typeof total === 'object' ? total.calls : total,
      };
    };
    for (const { endpoint, row } of ruled('list')) {
      const { id } = endpoint;
      const admins = { token: house.admin, ingress: house.inHomeAssistant.admin };
      for (const [as, admin] of [
        [hers()[0], { token: admins.token }],
        [hers()[1], { ingress: admins.ingress }],
      ] as const) {
        const { count, ...own } = await shown(endpoint, row, as);
        expect(own).toEqual({ id, status: 200, hers: true, his: false, isCounted: true });
        const all = await shown(endpoint, row, admin);
        // Counts are of what is shown: an administrator's are higher.
        const isLess = count === undefined || count < (all.count ?? 0);
        expect([id, all.hers, all.his, isLess]).toEqual([id, true, true, true]);
      }
    }
  });

  it('sees nothing of anybody with a token that belongs to no person', async () => {
    const { token = '' } = await house.make('/api-tokens', { name: 'Nobody', role: 'user' });
    for (const { endpoint, row } of ruled('list', 'own')) {
      const { status, text } = await ask(endpoint, row, { of: house.ben, as: { token } });
      const traces = tracesOf(house.ben).filter((trace) => text.includes(trace));
      expect([endpoint.id, traces]).toEqual([endpoint.id, []]);
      expect([endpoint.id, status]).toEqual([endpoint.id, row.rule === 'list' ? 200 : 404]);
    }
  });

  it('reaches all that is their own, with an API token, with a session and through Home Assistant', async () => {
    const served = (id: string) => [
      id,
      expect.toSatisfy((status: number) => status < 500 && ![400, 401, 403, 404].includes(status)),
    ];
    for (const { endpoint, row } of ruled('own', 'refused', 'self')) {
      const isOfSession = endpoint.id === 'logOut' || endpoint.id === 'endSession';
      const isOnce = endpoint.method === 'DELETE' || endpoint.id === 'changeOwnPassword' || endpoint.id === 'hangUpCall';
      if (!isOfSession && !isOnce) {
        for (const as of hers()) {
          const { status } = await ask(endpoint, row, { of: house.anna, as });
          expect([endpoint.id, status]).toEqual(served(endpoint.id));
        }
      }
      if (endpoint.id === 'endSession') continue;
      const { status } = await ask(endpoint, row, { of: house.anna, as: { cookie: house.anna.cookie } });
      expect([endpoint.id, status]).toEqual(served(endpoint.id));
    }
    // The last one signed out.
    expect((await house.send('GET', '/auth/me', { cookie: house.anna.cookie })).status).toBe(401);
    const { status } = await house.send('DELETE', `/auth/sessions/${house.ben.sessionId}`, { token: house.ben.token });
    expect(status).toBe(204);
  });
});
