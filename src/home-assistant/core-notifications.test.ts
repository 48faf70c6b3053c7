import { beforeEach, expect, it, vi } from 'vitest';
import { createLog } from '#base/log.ts';
import { FakeClock } from '#testing/base/fake-clock.ts';
import { FakeCoreConnection } from '#testing/home-assistant/fake-core-connection.ts';
import { CoreError } from './core-connection.ts';
import { CoreNotifications } from './core-notifications.ts';
import type { OpenAlerts } from './core-notifications.ts';

type Shown = { readonly notification_id: string; readonly title: string; readonly message: string };

const clock = new FakeClock();
let core: FakeCoreConnection;
/** As Core has them in its memory. */
let shown: Map<string, Shown>;
let open: OpenAlerts['open'];
let changed: () => void;
let calls: string[];

const full = { alertId: 'storage-failed' as const, title: 'The disk is full', about: 'disk', message: 'Free some space' };

beforeEach(() => {
  core = new FakeCoreConnection();
  [shown, open, calls] = [new Map(), [], []];
  core.replies.set('persistent_notification/get', () => [...shown.values()]);
  core.replies.set('call_service', ({ service, service_data: data }) => {
    const one = data as Shown;
    calls.push(String(service));
    if (service === 'create') shown.set(one.notification_id, one);
    else shown.delete(one.notification_id);
    return null;
  });
});

function start(page: () => Promise<string | undefined> = async () => '/app/a0d7b954_gosip'): CoreNotifications {
  const alerts: OpenAlerts = {
    get open() {
      return open;
    },
    onChanged(listener) {
      changed = listener;
      return () => {};
    },
  };
  return new CoreNotifications({ core, clock, log: createLog({ level: 'silent' }), alerts, page });
}

function raise(...alerts: OpenAlerts['open']): void {
  open = alerts;
  changed();
}

const messages = () => [...shown.values()].map(({ message }) => message);
const until = (texts: readonly string[]) => vi.waitFor(() => expect(messages()).toEqual(texts));
const link = '\n\n[Open GoSIP](/app/a0d7b954_gosip)';

it('tells of an alert once, with the way to the app, and takes it back when it is over', async () => {
  start();
  raise(full);
  await until([`Free some space${link}`]);
  expect([...shown.values()][0]).toMatchObject({
    title: 'GoSIP: The disk is full',
    notification_id: expect.stringMatching(/^gosip_storage-failed_[0-9a-f]{12}$/),
  });
  raise(full, { ...full, about: 'card', message: 'Free the card' });
  await until([`Free some space${link}`, `Free the card${link}`]);
  raise();
  await until([]);
  expect(calls).toEqual(['create', 'create', 'dismiss', 'dismiss']);
});

it('says it in new words in the same place', async () => {
  start();
  raise(full);
  await until([`Free some space${link}`]);
  raise({ ...full, message: 'Free more' });
  await until([`Free more${link}`]);
});

it('tells again after Core has started anew, and not where it only lost the line', async () => {
  start();
  raise(full);
  await until([`Free some space${link}`]);
  core.disconnect();
  core.connect();
  await vi.waitFor(() => expect(core.sent.filter(({ type }) => type === 'persistent_notification/get')).toHaveLength(2));
  expect(calls).toEqual(['create']);
  core.disconnect();
  shown.clear();
  core.connect();
  await until([`Free some space${link}`]);
});

it('takes back what was over while the house or Core was away, and leaves what is not its own', async () => {
  shown.set('gosip_old_000000000000', { notification_id: 'gosip_old_000000000000', title: '', message: 'Old' });
  shown.set('update', { notification_id: 'update', title: '', message: 'Theirs' });
  start();
  await until(['Theirs']);
});

it('tries again where Core refuses, and links nowhere where its page is not known', async () => {
  const create = core.replies.get('call_service')!;
  core.replies.set('call_service', () => {
    throw new CoreError('unavailable', 'Home Assistant says: no', { reason: 'home_assistant_error' });
  });
  const notifications = start(async () => undefined);
  raise(full);
  await vi.waitFor(() => expect(clock.pending).toBe(1));
  core.replies.set('call_service', create);
  clock.advance(60_000);
  await until(['Free some space']);
  notifications.stop();
  expect(clock.pending).toBe(0);
});

it('shows what strangers sent as text, not as a link of theirs', async () => {
  start();
  raise({ ...full, message: 'Tries from [Free](http://evil.example) <img>' });
  await until([String.raw`Tries from \[Free\]\(http://evil.example\) \<img\>` + link]);
});
