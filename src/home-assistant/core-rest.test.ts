import { afterEach, beforeEach, expect, it } from 'vitest';
import { FakeClock } from '#testing/base/fake-clock.ts';
import { FakeCore } from '#testing/home-assistant/fake-core.ts';
import { CoreError } from './core-connection.ts';
import { coreFetch } from './core-rest.ts';

let core: FakeCore;
const clock = new FakeClock();

beforeEach(async () => {
  core = await FakeCore.start();
});

afterEach(async () => {
  await core.end();
  expect(clock.pending).toBe(0);
});

const ask = (path: string, token = core.token) => coreFetch({ url: core.url, token }, clock)<unknown>(path);

async function refusalOf(work: Promise<unknown>): Promise<CoreError> {
  const error = await work.catch((rejection: unknown) => rejection);
  expect(error).toBeInstanceOf(CoreError);
  return error as CoreError;
}

it('brings the answer of Core, and spells headers as they are given', async () => {
  core.rest.set('/api/stt/', () => ({ status: 200, body: { text: 'hello' } }));
  const post = { method: 'POST', headers: { 'X-Speech-Content': 'language=en' }, body: new Uint8Array([1, 2]) } as const;
  await expect(coreFetch({ url: core.url, token: core.token }, clock)('/api/stt/stt.x', post)).resolves.toEqual({
    text: 'hello',
  });
  expect(core.requests[0]?.rawHeaders).toContain('X-Speech-Content');
  expect([...core.requests[0]!.body]).toEqual([1, 2]);
});

it.each([
  [400, 'invalid'],
  [403, 'forbidden'],
  [404, 'not-found'],
  [415, 'invalid'],
  [500, 'unavailable'],
  [302, 'unavailable'],
])('makes one kind of error of status %i', async (status, code) => {
  core.rest.set('/api/', () => ({ status, body: { message: 'No way.' } }));
  expect(await refusalOf(ask('/api/config'))).toMatchObject({ code });
});

it('says what to do where the token is refused', async () => {
  expect(await refusalOf(ask('/api/config', 'wrong'))).toMatchObject({
    code: 'forbidden',
    message: expect.stringContaining('home_assistant_token'),
  });
});

it('is unavailable where Core answers no JSON, behind a Supervisor without Core, and where nobody is', async () => {
  core.rest.set('/api/', () => ({ status: 200, body: '<html>' }));
  expect(await refusalOf(ask('/api/config'))).toMatchObject({ code: 'unavailable' });
  core.fault = 'bad-gateway';
  expect(await refusalOf(ask('/api/config'))).toMatchObject({ code: 'unavailable' });
  await core.end();
  expect(await refusalOf(ask('/api/config'))).toMatchObject({ code: 'unavailable' });
});

it('does not wait for ever for a silent server', async () => {
  core.fault = 'silent';
  const asked = refusalOf(ask('/api/config'));
  await clock.advanceAsync(15_000);
  expect(await asked).toMatchObject({ code: 'unavailable' });
});
