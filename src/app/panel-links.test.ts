import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { PersonId } from '#base/ids.ts';
import { createLog } from '#base/log.ts';
import { openDatabase } from '#storage/database.ts';
import type { OpenedDatabase } from '#storage/database.ts';
import { HouseFacts } from '#storage/house-facts.ts';
import { WriteBatch } from '#storage/write-batch.ts';
import { FakeClock } from '#testing/base/fake-clock.ts';
import { FakeCoreConnection } from '#testing/home-assistant/fake-core-connection.ts';
import { composePanelLinks } from './panel-links.ts';

const log = createLog({ level: 'silent' });
const anna: PersonId = 'person_anna';
const ben: PersonId = 'person_ben';
const self = { slug: 'abc_gosip', address: '172.30.32.1', ingressPort: 5000, network: {} };

let db: OpenedDatabase['db'];
let core: FakeCoreConnection;
let stack: AsyncDisposableStack;

beforeEach(() => {
  ({ db } = openDatabase({ path: ':memory:', log, clock: new FakeClock() }));
  core = new FakeCoreConnection();
  core.replies.set('get_config', () => ({ external_url: 'https://ha.example.org', internal_url: 'http://ha.local:8123' }));
  stack = new AsyncDisposableStack();
});

afterEach(() => stack.disposeAsync());

type Given = {
  readonly publicUrl?: string;
  /** Undefined: no Supervisor started us. */
  readonly self?: () => Promise<typeof self>;
};

function start({ publicUrl, self: ask }: Given) {
  return composePanelLinks({
    options: { http: { publicUrl } } as never,
    log,
    stack,
    storage: { db, writes: new WriteBatch({ db, log, defer: (commit) => commit() }) },
    supervisor: ask === undefined ? undefined : { self: ask },
    core,
    people: { byId: (id) => (id === anna ? { homeAssistantUserId: 'user_anna' } : {}) as never },
  });
}

it('leads whoever signs in at Home Assistant to the panel there, and everybody else to its own address', async () => {
  const links = start({ publicUrl: 'https://gosip.example.org', self: async () => self });
  await vi.waitFor(() => expect(links.of('alerts', anna).url).toBe('https://ha.example.org/app/abc_gosip/alerts'));
  expect(links.of('alerts', ben).url).toBe('https://gosip.example.org/alerts');
  expect(links.inHomeAssistant('alerts')).toBe('/app/abc_gosip/alerts');
  expect(links.forDevices()).toBe('homeassistant://app/abc_gosip');
});

it('knows where the panel is right after a start, while Home Assistant and the Supervisor are away', async () => {
  const before = start({ self: async () => self });
  await vi.waitFor(() => expect(before.of('calls/call_1', ben).url).toBe('https://ha.example.org/app/abc_gosip/calls/call_1'));
  const facts = new HouseFacts(db);
  await vi.waitFor(() => expect([facts.get('app_page'), facts.get('home_assistant_url')]).not.toContain(undefined));
  core.disconnect();
  const after = start({ self: () => Promise.reject(new Error('away')) });
  expect(after.of('calls/call_1', ben).url).toBe('https://ha.example.org/app/abc_gosip/calls/call_1');
  await expect(after.lookUp()).resolves.toBeUndefined();
});

it('takes the address in the house where Home Assistant has none from outside, and none that is no web address', async () => {
  core.replies.set('get_config', () => ({ external_url: null, internal_url: 'http://ha.local:8123' }));
  const links = start({ self: async () => self });
  await vi.waitFor(() => expect(links.of('alerts', ben).url).toBe('http://ha.local:8123/app/abc_gosip/alerts'));
  core.replies.set('get_config', () => ({ external_url: 'javascript:alert(1)', internal_url: 'http://other.local:8123' }));
  core.connect();
  await vi.waitFor(() => expect(links.of('alerts', ben).url).toBe('http://other.local:8123/app/abc_gosip/alerts'));
});

it('gives no link into Home Assistant where the house is no app of it any more', async () => {
  const before = start({ self: async () => self });
  await vi.waitFor(() => expect(before.of('alerts', anna).url).toBeDefined());
  const after = start({});
  expect(after.of('alerts', anna)).toEqual({ path: 'alerts', url: undefined });
  expect(after.inHomeAssistant('alerts')).toBeUndefined();
  expect(start({ publicUrl: 'http://192.168.1.5:8080' }).inHomeAssistant('alerts')).toBe('http://192.168.1.5:8080/alerts');
});
